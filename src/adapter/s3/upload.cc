#include "adapter/s3/upload.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "adapter/archive/digest.h"
#include "adapter/archive/fd.h"
#include "adapter/s3/encryption.h"

namespace slipway::adapter {
namespace {

constexpr int64_t kParts = 10'000;  // S3 takes no more

Result<std::string> digest_of(int file, int64_t offset, int64_t bytes) {
  Sha256 digest;
  std::string buffer(1 << 20, '\0');
  while (bytes > 0) {
    const auto wanted = std::min<int64_t>(bytes, static_cast<int64_t>(buffer.size()));
    const ssize_t n = ::pread(file, buffer.data(), static_cast<size_t>(wanted), offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot read the file");
    if (n == 0) return Error{ErrorCode::kConflict, "the file was cut while it was read"};
    digest.add(buffer.data(), static_cast<size_t>(n));
    offset += n;
    bytes -= n;
  }
  return digest.hex();
}

// One PUT of a stretch of the file.
Result<S3Reply> put(S3Client& client, S3Call call, int file, int64_t offset, int64_t bytes) {
  call.method = "PUT";
  call.from = file;
  call.offset = offset;
  call.bytes = bytes;
  TRY_ASSIGN(call.from_sha256, digest_of(file, offset, bytes));
  return client.call(call);
}

class Parts {
 public:
  Parts(S3Client& client, const std::string& key, int file, int64_t bytes)
      : client_(client),
        key_(key),
        file_(file),
        bytes_(bytes),
        part_bytes_(std::max(client.limits().part_bytes, (bytes + kParts - 1) / kParts)) {}

  Status send() {
    TRY_ASSIGN(S3Pairs headers, encryption_headers(client_.place(), key_));
    TRY_ASSIGN(const S3Reply begun, client_.call({.method = "POST",
                                                  .key = key_,
                                                  .query = {{"uploads", ""}},
                                                  .headers = std::move(headers)}));
    id_ = text_of(begun.body, "UploadId").value_or("");
    if (id_.empty()) {
      return Error{ErrorCode::kInvalid,
                   fmt::format("POST {}: the answer has no UploadId: {}",
                               describe(client_.place(), key_), begun.body.substr(0, 200))};
    }
    Status sent = send_parts();
    if (sent.ok()) sent = complete();
    if (sent.ok()) return sent;
    Error error = sent.error();
    const auto given_up =
        client_.call({.method = "DELETE", .key = key_, .query = {{"uploadId", id_}}});
    if (!given_up.ok() && given_up.error().code != ErrorCode::kNotFound) {
      error.message += fmt::format("; its parts stay: {}", given_up.error().message);
    }
    return error;
  }

 private:
  Status send_parts() {
    TRY_ASSIGN(const S3Pairs headers, decryption_headers(client_.place(), key_));
    int number = 1;
    for (int64_t offset = 0; offset < bytes_; offset += part_bytes_, ++number) {
      TRY_ASSIGN(const S3Reply part,
                 put(client_,
                     {.key = key_,
                      .query = {{"partNumber", std::to_string(number)}, {"uploadId", id_}},
                      .headers = headers},
                     file_, offset, std::min(part_bytes_, bytes_ - offset)));
      list_ += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", number,
                           escape_xml(part.header("etag")));
    }
    return {};
  }

  Status complete() {
    TRY(client_.call({.method = "POST",
                      .key = key_,
                      .query = {{"uploadId", id_}},
                      .body = fmt::format("<CompleteMultipartUpload "
                                          "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                                          "{}</CompleteMultipartUpload>",
                                          list_)}));
    return {};
  }

  S3Client& client_;
  const std::string& key_;
  int file_;
  int64_t bytes_, part_bytes_;
  std::string id_, list_;
};

}  // namespace

Status upload(S3Client& client, const std::string& key, int file, int64_t bytes) {
  if (bytes > client.limits().part_bytes) return Parts(client, key, file, bytes).send();
  TRY_ASSIGN(S3Pairs headers, encryption_headers(client.place(), key));
  TRY(put(client, {.key = key, .headers = std::move(headers)}, file, 0, bytes));
  return {};
}

}  // namespace slipway::adapter
