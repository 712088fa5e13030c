// One signed request to S3 and its answer, over libcurl; files are streamed.
#pragma once

#include <memory>
#include <string>

#include "adapter/s3/place.h"

namespace slipway::adapter {

struct S3Limits {
  int attempts = 5;                                    // of one request
  Duration first_pause = Duration::milliseconds(250);  // before the second; then twice that, ...
  long stall_s = 60;                                   // without a byte
  int64_t part_bytes = 16 << 20;  // larger files go in parts (S3 takes no less than 5 MiB)
};

struct S3Call {
  std::string method, key;
  S3Pairs query = {}, headers = {};
  std::string body = {};  // sent, unless a file is
  // A stretch of a file, with its digest.
  int from = -1;
  int64_t offset = 0, bytes = 0;
  std::string from_sha256 = {};
  int into = -1;  // where the body of a 2xx goes, from the file's start; or into S3Reply::body
};

struct S3Reply {
  int status = 0;
  S3Pairs headers;
  std::string body;

  std::string_view header(std::string_view name) const;  // without regard to case
};

// Keeps its connection. One thread at a time.
class S3Wire {
 public:
  explicit S3Wire(S3Limits limits);
  ~S3Wire();
  S3Wire(const S3Wire&) = delete;
  S3Wire& operator=(const S3Wire&) = delete;

  // Whatever the status. kUnavailable, kTimeout: no whole answer came; kIo: the file.
  Result<S3Reply> exchange(const S3Place& place, const S3Call& call);

 private:
  S3Limits limits_;
  void* curl_;
};

}  // namespace slipway::adapter
