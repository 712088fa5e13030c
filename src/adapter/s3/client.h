// Requests to one place in S3, tried again where that can help, with errors that say what to do.
#pragma once

#include "adapter/s3/answer.h"
#include "adapter/s3/wire.h"

namespace slipway::adapter {

// Blocks. One thread at a time.
class S3Client {
 public:
  S3Client(S3Place place, S3Limits limits)
      : place_(std::move(place)), limits_(limits), wire_(limits) {}

  // A 2xx, or an Error: kNotFound (the object), kUnauthorized, kUnavailable and kTimeout (after all
  // attempts), kInvalid. Each names the place, S3's code and message, and what to do.
  Result<S3Reply> call(const S3Call& call);

  // S3's own code of the last call that failed, e.g. NoSuchBucket; or empty.
  const std::string& failure() const { return failure_; }

  // The bucket of the place; that it is there already is success.
  Status create_bucket();

  const S3Place& place() const { return place_; }
  const S3Limits& limits() const { return limits_; }

 private:
  bool learn_region(const S3Reply& reply, const std::optional<S3Trouble>& trouble);

  S3Place place_;
  S3Limits limits_;
  S3Wire wire_;
  std::string failure_;
};

}  // namespace slipway::adapter
