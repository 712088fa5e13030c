// SHA-256 as container registries write it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace slipway::adapter {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void add(const void* data, size_t size);
  std::string hex();  // ends it: 64 digits

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view content);

// Standard alphabet with padding.
std::string base64(std::string_view content);

}  // namespace slipway::adapter
