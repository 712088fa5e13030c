// The headers of server-side encryption.
#pragma once

#include "adapter/s3/place.h"

namespace slipway::adapter {

// For what makes an object: SSE-S3, SSE-KMS or SSE-C.
Result<S3Pairs> encryption_headers(const S3Place& place, std::string_view key);

// For what reads one, or sends a part of one: SSE-C alone has to be told again.
Result<S3Pairs> decryption_headers(const S3Place& place, std::string_view key);

// The key of an object, from the password of the Secret: Argon2id with the salt bucket + key, one
// pass, 64 MiB, 4 lanes, as minio-go derives it, so that what Argo wrote can be read.
Result<std::string> customer_key(std::string_view password, std::string_view bucket,
                                 std::string_view key);

}  // namespace slipway::adapter
