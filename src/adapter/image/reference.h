// Names of images: "busybox" means docker.io/library/busybox:latest.
#pragma once

#include <string>

#include "base/result.h"

namespace slipway::adapter {

struct Reference {
  std::string registry;    // "docker.io", "localhost:5000"
  std::string repository;  // "library/busybox"
  std::string tag;         // empty when a digest pins the image: the digest decides
  std::string digest;      // "sha256:..." or empty

  std::string repository_name() const { return registry + "/" + repository; }
  std::string name() const;  // normalised
  bool on_loopback() const;  // 127.0.0.0/8, ::1 or localhost, with any port
};

// The grammar of the distribution project's references. kInvalid says which part is wrong.
Result<Reference> parse_reference(const std::string& text);

}  // namespace slipway::adapter
