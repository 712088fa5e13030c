// Where in S3 something is: Argo's fields of an s3 artifact, read and checked. Pure.
#pragma once

#include <optional>
#include <string>

#include "adapter/s3/sign.h"
#include "base/json.h"
#include "base/result.h"

namespace slipway::adapter {

struct S3Encryption {
  bool enabled = false;
  std::string kms_key_id, kms_context;  // the context as JSON text
  std::string customer_password;        // SSE-C: every key has a key of its own made of it
};

struct S3Place {
  std::string endpoint;  // host[:port]
  bool secure = true;
  std::string region;  // empty: us-east-1 until the service names another
  std::string bucket;
  bool virtual_hosted = false;
  S3Credentials credentials;
  S3Encryption encryption;
  std::string ca;  // PEM; empty: the system's
  bool create_bucket = false, object_locking = false;

  // Of the bucket, or of `key` in it.
  std::string host() const;
  std::string path(std::string_view key) const;
  std::string url(std::string_view key, const S3Pairs& query) const;
};

// `options` has Argo's members; a Secret's value stands where its reference stood. kInvalid names
// the field and what it should hold.
Result<S3Place> read_s3_place(const json::object& options);

// "s3://bucket/key at host:port", for messages.
std::string describe(const S3Place& place, std::string_view key);

}  // namespace slipway::adapter
