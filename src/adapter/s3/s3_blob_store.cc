#include "adapter/s3/s3_blob_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "adapter/archive/fd.h"
#include "adapter/s3/encryption.h"
#include "adapter/s3/upload.h"

namespace slipway::adapter {
namespace {

constexpr size_t kListedKeys = 4'000'000;

Status check_key(const std::string& key) {
  constexpr size_t kKeyBytes = 1024;
  if (!key.empty() && key.size() <= kKeyBytes) return {};
  return Error{ErrorCode::kInvalid,
               key.empty()
                   ? std::string("s3: the artifact has no key")
                   : fmt::format("s3: the key \"{}\" is longer than {} bytes", key, kKeyBytes)};
}

// Whoever asked takes the keys for what is below the prefix, and makes paths of them.
Status check_listing(const S3Listing& listing, const std::string& prefix, const S3Place& place) {
  for (const port::BlobInfo& blob : listing.blobs) {
    if (blob.key.starts_with(prefix)) continue;
    return Error{ErrorCode::kInvalid,
                 fmt::format("GET {}: the listing of \"{}\" has the key \"{}\", which does not "
                             "start with that: the service is no S3 to be trusted",
                             describe(place, ""), prefix, blob.key)};
  }
  return {};
}

}  // namespace

Status S3BlobStore::put_file(const std::string& key, const std::string& path) {
  TRY(check_key(key));
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info;
  if (!file || ::fstat(file.get(), &info) != 0) return system_error("cannot open " + path);
  Status sent = upload(client_, key, file.get(), info.st_size);
  if (sent.ok() || client_.failure() != "NoSuchBucket" || !client_.place().create_bucket) {
    return sent;
  }
  TRY(client_.create_bucket());
  return upload(client_, key, file.get(), info.st_size);
}

Status S3BlobStore::get_file(const std::string& key, const std::string& path) {
  TRY(check_key(key));
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file) return system_error("cannot make " + path);
  TRY_ASSIGN(S3Pairs headers, decryption_headers(client_.place(), key));
  TRY(client_.call(
      {.method = "GET", .key = key, .headers = std::move(headers), .into = file.get()}));
  return {};
}

Result<std::string> S3BlobStore::get(const std::string& key, uint64_t offset, size_t max_bytes) {
  TRY(check_key(key));
  TRY_ASSIGN(S3Pairs headers, decryption_headers(client_.place(), key));
  headers.emplace_back("range", fmt::format("bytes={}-{}", offset, offset + max_bytes - 1));
  auto reply = client_.call({.method = "GET", .key = key, .headers = std::move(headers)});
  if (reply.ok()) return std::move(reply->body);
  if (client_.failure() == "InvalidRange") return std::string();  // behind the end
  return reply.error();
}

Result<port::BlobInfo> S3BlobStore::stat(const std::string& key) {
  TRY(check_key(key));
  TRY_ASSIGN(S3Pairs headers, decryption_headers(client_.place(), key));
  TRY_ASSIGN(const S3Reply reply,
             client_.call({.method = "HEAD", .key = key, .headers = std::move(headers)}));
  port::BlobInfo info{key, 0};
  const std::string_view length = reply.header("content-length");
  std::from_chars(length.data(), length.data() + length.size(), info.size_bytes);
  return info;
}

Status S3BlobStore::remove(const std::string& key) {
  TRY(check_key(key));
  const auto removed = client_.call({.method = "DELETE", .key = key});
  if (removed.ok() || removed.error().code == ErrorCode::kNotFound) return {};
  return removed.error();
}

Result<std::vector<port::BlobInfo>> S3BlobStore::list(const std::string& prefix) {
  std::vector<port::BlobInfo> found;
  std::string token;
  do {
    S3Call page{.method = "GET", .key = "", .query = {{"list-type", "2"}, {"prefix", prefix}}};
    if (!token.empty()) page.query.emplace_back("continuation-token", token);
    TRY_ASSIGN(const S3Reply reply, client_.call(page));
    TRY_ASSIGN(S3Listing listing, read_listing(reply.body));
    if (!listing.next.empty() && listing.next == token) {
      return Error{ErrorCode::kInvalid, fmt::format("GET {}: the listing repeats a page",
                                                    describe(client_.place(), ""))};
    }
    token = std::move(listing.next);
    TRY(check_listing(listing, prefix, client_.place()));
    if (found.size() + listing.blobs.size() > kListedKeys) {
      return Error{ErrorCode::kLimit,
                   fmt::format("GET {}: there are more than {} keys below \"{}\"",
                               describe(client_.place(), ""), kListedKeys, prefix)};
    }
    std::move(listing.blobs.begin(), listing.blobs.end(), std::back_inserter(found));
  } while (!token.empty());
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return found;
}

}  // namespace slipway::adapter
