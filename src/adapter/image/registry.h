// Talking to registries, done by the program skopeo.
#pragma once

#include <string>

#include "adapter/image/image_store.h"
#include "adapter/image/reference.h"

namespace slipway::adapter {

struct RegistryAccess {
  Reference reference;
  std::string auth_file;  // empty: skopeo's own default (this user's container logins)
  std::string scratch;    // folder for skopeo's temporary files
  bool plain_http = false;
  Duration timeout;  // of each call
};

// Errors of both: kNotFound, kUnauthorized, kUnavailable, kTimeout, kIo, with the registry's words.

// Digest of what the registry has under the reference: a manifest or an index of several platforms.
Result<std::string> registry_digest(const RegistryAccess& access);

// Writes the image `digest` for this machine as an OCI layout to `layout`; blobs go to `blobs`, and
// those already there are not fetched. Skopeo checks every digest.
Status registry_copy(const RegistryAccess& access, const std::string& digest,
                     const std::string& layout, const std::string& blobs);

// The credential whose registry (host, "*.host", or host/path) fits best; nullptr when none does.
const Credential* pick_credential(const std::vector<Credential>& credentials,
                                  const Reference& reference);

// The file that skopeo reads a credential from.
std::string print_auth_file(const Credential& credential, const Reference& reference);

// skopeo's stderr as an Error.
Error registry_error(const std::string& image, const std::string& text);

}  // namespace slipway::adapter
