#include "adapter/blob/located_store.h"

#include "adapter/s3/s3_blob_store.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

Result<std::shared_ptr<port::BlobStore>> store_of(const pod::ArtifactLocation& location,
                                                  port::BlobStore& embedded) {
  if (location.type != pod::ArtifactLocation::Type::kS3) {
    return std::shared_ptr<port::BlobStore>(std::shared_ptr<void>(), &embedded);  // owns nothing
  }
  TRY_ASSIGN(S3Place place, read_s3_place(location.options));
  return std::shared_ptr<port::BlobStore>(std::make_shared<S3BlobStore>(std::move(place)));
}

std::string folder_prefix(std::string key) {
  while (key.ends_with('/')) key.pop_back();
  return key + '/';
}

}  // namespace slipway::adapter
