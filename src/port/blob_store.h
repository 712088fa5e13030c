// Artifacts by key. Keys are Argo's ("<workflow>/<pod>/<artifact>.tgz"): slash-separated, no "..".
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace slipway::port {

struct BlobInfo {
  std::string key;
  int64_t size_bytes = 0;
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // The file at `path` becomes the content of `key`, whole or not at all.
  virtual Status put_file(const std::string& key, const std::string& path) = 0;
  virtual Status get_file(const std::string& key, const std::string& path) = 0;  // kNotFound
  virtual Result<std::string> get(const std::string& key, uint64_t offset, size_t max_bytes) = 0;
  virtual Result<BlobInfo> stat(const std::string& key) = 0;  // kNotFound
  virtual Status remove(const std::string& key) = 0;          // absent is success
  // All keys that start with `prefix`, and no others, sorted.
  virtual Result<std::vector<BlobInfo>> list(const std::string& prefix) = 0;
};

}  // namespace slipway::port
