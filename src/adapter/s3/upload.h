// A file into S3: in one request, or in parts when it is large.
#pragma once

#include "adapter/s3/client.h"

namespace slipway::adapter {

// Reads `file` twice, first for the digest that is signed. Parts that were sent are given up when
// one fails, so that nobody pays for them.
Status upload(S3Client& client, const std::string& key, int file, int64_t bytes);

}  // namespace slipway::adapter
