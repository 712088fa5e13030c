// Container images on this machine: layers unpacked once, shared by every container.
//
// Lives under <data dir>/images and is shared by `slipway run`, the server and `slipway image`:
// several processes may use it at once (a lock file per image being changed). Transfers are done by
// `skopeo`; the credentials of a pull are given to it in a file of mode 0600 that is removed after.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "adapter/archive/fd.h"
#include "base/result.h"
#include "base/time.h"

namespace slipway::adapter {

struct ImageConfig {  // of the OCI image config
  std::vector<std::string> entrypoint, cmd;
  std::vector<std::string> env;  // "NAME=value"
  std::string working_dir, user, stop_signal;
  std::vector<std::string> volumes;  // folders that must not be on the image's layers, sorted
};

struct Image {
  std::string name;    // normalised: docker.io/library/busybox:1.36
  std::string digest;  // sha256:... of the manifest
  std::vector<std::string>
      layers;  // folders for overlayfs, lowest first; whiteouts in overlay form
  ImageConfig config;
  int64_t size_bytes = 0;
  Time created_at;  // when it came to this machine
};

// Keeps an image's layers from being removed while a pod stands on them; ends with the object or
// its process.
class ImageLease {
 public:
  // kNotFound when a layer is gone already.
  static Result<ImageLease> take(const Image& image);

 private:
  std::vector<Fd> layers_;  // shared locks on the folders
};

struct Credential {
  std::string registry, username, password;
};

enum class Pull { kAlways, kIfNotPresent, kNever };

struct EnsureOptions {
  Pull pull = Pull::kIfNotPresent;
  std::vector<Credential> credentials;
  bool insecure_loopback = true;  // plain HTTP to registries on 127.0.0.0/8 and localhost
  Duration timeout = Duration::seconds(600);
};

class ImageStore {
 public:
  explicit ImageStore(std::string data_dir);

  // The image, pulled first when the policy asks for it. Errors in Kubernetes' sense: kNotFound
  // (no such image), kUnauthorized, kUnavailable (registry: 429, 5xx, cannot connect), kTimeout,
  // kInvalid (bad reference). Each names the image and the registry's answer.
  Result<Image> ensure(const std::string& reference, const EnsureOptions& options);

  // Without any network: kNotFound when it is not here. Fast: one small file is read.
  Result<Image> find(const std::string& reference) const;

  // A rootfs tar (optionally compressed), a docker archive, an OCI archive or an OCI layout folder.
  // `config` overrides what the file brings (a rootfs tar brings none).
  Result<Image> import(const std::string& reference, const std::string& path,
                       const ImageConfig* config = nullptr);

  Result<std::vector<Image>> list() const;

  // Layers that no other image uses go too. kNotFound when absent.
  Status remove(const std::string& reference);

 private:
  std::string root_;
};

// "busybox" → "docker.io/library/busybox:latest"; kInvalid when it is no image reference.
Result<std::string> normalise_reference(const std::string& reference);

}  // namespace slipway::adapter
