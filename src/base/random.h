// Names and ids from an explicit seed. The seed is an argument, so the same input gives the same
// name again; entropy itself is read by the shell only.
#pragma once

#include <cstdint>
#include <string>

namespace slipway {

// SplitMix64: small, fast, and good enough for names; not for secrets.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next();
  uint64_t below(uint64_t bound);  // uniform in [0, bound); bound > 0

 private:
  uint64_t state_;
};

// Five characters of Kubernetes' alphabet, as its API server appends to generateName.
std::string random_suffix(Random& random);

// RFC 4122 version 4 text.
std::string random_uuid(Random& random);

// 32 hex digits, as Argo Events gives a CloudEvent (spec events.md, a5).
std::string random_hex32(Random& random);

}  // namespace slipway
