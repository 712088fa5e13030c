// The embedded artifact store: one file per key under <data dir>/artifacts.
#pragma once

#include <string>

#include "port/blob_store.h"

namespace slipway::adapter {

// Writes are whole or not at all (temporary file, fsync, rename). Keys with "..", empty segments or
// control characters are kInvalid. Safe from any thread and process.
class DiskBlobStore : public port::BlobStore {
 public:
  explicit DiskBlobStore(std::string root);

  Status put_file(const std::string& key, const std::string& path) override;
  Status get_file(const std::string& key, const std::string& path) override;
  Result<std::string> get(const std::string& key, uint64_t offset, size_t max_bytes) override;
  Result<port::BlobInfo> stat(const std::string& key) override;
  Status remove(const std::string& key) override;
  Result<std::vector<port::BlobInfo>> list(const std::string& prefix) override;

 private:
  std::string root_;
};

}  // namespace slipway::adapter
