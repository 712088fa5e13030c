#include "adapter/s3/wire.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "adapter/archive/digest.h"
#include "adapter/archive/fd.h"
#include "base/assert.h"

namespace slipway::adapter {
namespace {

constexpr long kConnectTimeoutS = 30;
constexpr size_t kReplyBytes = 16u
                               << 20;  // a listing of 1000 keys of 1024 bytes, escaped, and room

Time wall_time() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return Time{now.tv_sec * 1'000'000'000ll + now.tv_nsec};
}

struct Transfer {
  const S3Call& call;
  CURL* curl;
  S3Reply reply = {};
  int64_t sent = 0;
  bool too_large = false;
  int file_error = 0;
};

size_t take_body(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const size_t bytes = size * count;
  long status = 0;
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
  if (transfer.call.into >= 0 && status >= 200 && status < 300) {
    if (write_all(transfer.call.into, data, bytes, "").ok()) return bytes;
    transfer.file_error = errno;
    return 0;
  }
  if (transfer.reply.body.size() + bytes > kReplyBytes) {
    transfer.too_large = true;
    return 0;
  }
  transfer.reply.body.append(data, bytes);
  return bytes;
}

size_t take_header(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  std::string_view line(data, size * count);
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    transfer.reply.headers.clear();  // of a 100 Continue
  } else if (const size_t colon = line.find(':'); colon != line.npos) {
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    transfer.reply.headers.emplace_back(line.substr(0, colon), value);
  }
  return size * count;
}

size_t give_file(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const auto wanted =
      std::min<int64_t>(static_cast<int64_t>(size * count), transfer.call.bytes - transfer.sent);
  const ssize_t n = ::pread(transfer.call.from, data, static_cast<size_t>(wanted),
                            transfer.call.offset + transfer.sent);
  if (n < 0) {
    transfer.file_error = errno;
    return CURL_READFUNC_ABORT;
  }
  transfer.sent += n;
  return static_cast<size_t>(n);
}

// libcurl sends again from the start when a kept connection turns out to be closed.
int rewind_file(void* user, curl_off_t offset, int) {
  static_cast<Transfer*>(user)->sent = offset;
  return CURL_SEEKFUNC_OK;
}

// Owned by one exchange.
struct HeaderLines {
  curl_slist* list = nullptr;
  ~HeaderLines() { curl_slist_free_all(list); }
  void add(const std::string& name, const std::string& value) {
    // libcurl wants "Name;" for a header without a value.
    list = curl_slist_append(list, (value.empty() ? name + ";" : name + ": " + value).c_str());
  }
};

void set_method(CURL* curl, const S3Call& call, Transfer& transfer) {
  if (call.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else if (call.from >= 0) {
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(call.bytes));
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &give_file);
    curl_easy_setopt(curl, CURLOPT_READDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, &rewind_file);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, &transfer);
  } else if (call.method == "PUT" || call.method == "POST") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.data());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  } else if (call.method != "GET") {
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  }
}

void set_trust(CURL* curl, const S3Place& place) {
  if (place.ca.empty()) return;
  curl_blob blob{const_cast<char*>(place.ca.data()), place.ca.size(), CURL_BLOB_COPY};
  curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
  curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);  // that one and no other
}

// Makes the headers too; they must live until the exchange is over.
void prepare(CURL* curl, const S3Place& place, const S3Call& call, Transfer& transfer,
             HeaderLines& lines) {
  S3Unsigned unsigned_request{
      .method = call.method,
      .path = place.path(call.key),
      .query = call.query,
      .headers = call.headers,
      .payload_sha256 = call.from >= 0 ? call.from_sha256 : sha256_hex(call.body)};
  unsigned_request.headers.emplace_back("host", place.host());
  unsigned_request.headers.emplace_back("x-amz-content-sha256", unsigned_request.payload_sha256);
  const std::string region = place.region.empty() ? "us-east-1" : place.region;
  for (const auto& [name, value] : unsigned_request.headers) lines.add(name, value);
  for (const auto& [name, value] :
       sign(unsigned_request, place.credentials, {region}, wall_time())) {
    lines.add(name, value);
  }
  // What libcurl would add of itself: a wait for 100 Continue, and the type of a form.
  for (const char* name : {"Expect:", "Accept:", "Content-Type:"}) {
    lines.list = curl_slist_append(lines.list, name);
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines.list);
  curl_easy_setopt(curl, CURLOPT_URL, place.url(call.key, call.query).c_str());
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);  // "a/../b" is a key like any other
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "slipway/" SLIPWAY_VERSION);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectTimeoutS);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  set_method(curl, call, transfer);
  set_trust(curl, place);
}

Result<S3Reply> conclude(Transfer& transfer, CURLcode code, const char* detail) {
  if (transfer.file_error != 0) {
    return system_error(
        transfer.call.into >= 0 ? "cannot keep what S3 sends" : "cannot read the file",
        transfer.file_error);
  }
  if (transfer.too_large) {
    return Error{ErrorCode::kLimit, fmt::format("the answer is larger than {} bytes", kReplyBytes)};
  }
  const std::string words = detail[0] != '\0' ? detail : curl_easy_strerror(code);
  if (code == CURLE_OPERATION_TIMEDOUT) return Error{ErrorCode::kTimeout, words};
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
    return Error{ErrorCode::kInvalid, words + "; caSecret names the certificate to trust"};
  }
  if (code != CURLE_OK) return Error{ErrorCode::kUnavailable, words};
  long status = 0;
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
  transfer.reply.status = static_cast<int>(status);
  return std::move(transfer.reply);
}

}  // namespace

std::string_view S3Reply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && ::strncasecmp(key.data(), name.data(), key.size()) == 0) {
      return value;
    }
  }
  return {};
}

S3Wire::S3Wire(S3Limits limits) : limits_(limits), curl_(curl_easy_init()) {
  SLIPWAY_ASSERT(curl_ != nullptr);
}

S3Wire::~S3Wire() { curl_easy_cleanup(curl_); }

Result<S3Reply> S3Wire::exchange(const S3Place& place, const S3Call& call) {
  if (call.into >= 0 && (::ftruncate(call.into, 0) != 0 || ::lseek(call.into, 0, SEEK_SET) < 0)) {
    return system_error("cannot keep what S3 sends");  // what an attempt before left
  }
  Transfer transfer{call, curl_};
  HeaderLines lines;
  char detail[CURL_ERROR_SIZE] = {};
  curl_easy_reset(curl_);
  prepare(curl_, place, call, transfer, lines);
  curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_TIME, limits_.stall_s);
  return conclude(transfer, curl_easy_perform(curl_), detail);
}

}  // namespace slipway::adapter
