// A bucket as a store of artifacts.
#pragma once

#include "adapter/s3/client.h"
#include "port/blob_store.h"

namespace slipway::adapter {

// Blocks; one thread at a time. Memory does not grow with the size of objects: files are read and
// written as they are sent, large ones in parts. Every payload is signed, so that what arrives is
// what was sent. A folder is what lies below "<key>/"; the markers of empty folders do not count.
class S3BlobStore : public port::BlobStore {
 public:
  explicit S3BlobStore(S3Place place, S3Limits limits = {}) : client_(std::move(place), limits) {}

  // Makes the bucket first when it is missing and the place says so.
  Status put_file(const std::string& key, const std::string& path) override;
  Status get_file(const std::string& key, const std::string& path) override;
  Result<std::string> get(const std::string& key, uint64_t offset, size_t max_bytes) override;
  Result<port::BlobInfo> stat(const std::string& key) override;
  Status remove(const std::string& key) override;
  Result<std::vector<port::BlobInfo>> list(const std::string& prefix) override;

 private:
  S3Client client_;
};

}  // namespace slipway::adapter
