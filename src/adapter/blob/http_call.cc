#include "adapter/blob/http_call.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "adapter/archive/fd.h"

namespace slipway::adapter {
namespace {

constexpr long kConnectTimeoutS = 30;
constexpr long kStallTimeoutS = 60;
constexpr long kRedirects = 10;
constexpr size_t kShownAnswerBytes = 300;
constexpr size_t kAnswerBytes = 1u << 20;

size_t give(char* data, size_t size, size_t count, void* user) {
  const ssize_t n = ::read(*static_cast<int*>(user), data, size * count);
  return n < 0 ? CURL_READFUNC_ABORT : static_cast<size_t>(n);
}

ErrorCode code_of(long status) {
  if (status == 404 || status == 410) return ErrorCode::kNotFound;
  if (status == 401 || status == 403) return ErrorCode::kUnauthorized;
  if (status == 429 || status >= 500) return ErrorCode::kUnavailable;
  return ErrorCode::kInvalid;
}

curl_blob copy_of(const std::string& bytes) {
  return {const_cast<char*>(bytes.data()), bytes.size(), CURL_BLOB_COPY};
}

}  // namespace

HttpCall::HttpCall(const std::string& url, const std::vector<pod::EnvVar>& headers)
    : url_(url), curl_(curl_easy_init()) {
  curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl_, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl_, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl_, CURLOPT_MAXREDIRS, kRedirects);
  curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT, kConnectTimeoutS);
  curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_TIME, kStallTimeoutS);
  curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl_, CURLOPT_USERAGENT, "slipway/" SLIPWAY_VERSION);
  curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, detail_);
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &HttpCall::take);
  curl_easy_setopt(curl_, CURLOPT_WRITEDATA, this);
  const char* trusted = std::getenv("SSL_CERT_FILE");
  if (trusted != nullptr && *trusted != '\0') curl_easy_setopt(curl_, CURLOPT_CAINFO, trusted);
  for (const auto& header : headers) {
    headers_ = curl_slist_append(headers_, (header.name + ": " + header.value).c_str());
  }
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
}

HttpCall::~HttpCall() {
  curl_slist_free_all(headers_);
  curl_easy_cleanup(curl_);
}

void HttpCall::show_certificate(const std::string& certificate, const std::string& key) {
  const curl_blob shown = copy_of(certificate), own = copy_of(key);
  curl_easy_setopt(curl_, CURLOPT_SSLCERT_BLOB, &shown);
  curl_easy_setopt(curl_, CURLOPT_SSLKEY_BLOB, &own);
}

Status HttpCall::get(int into, int64_t max_bytes) {
  into_ = into;
  room_ = max_bytes;
  return perform();
}

Status HttpCall::put(int from, int64_t size) {
  curl_easy_setopt(curl_, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
  curl_easy_setopt(curl_, CURLOPT_READFUNCTION, &give);
  curl_easy_setopt(curl_, CURLOPT_READDATA, &from);
  return perform();
}

Result<std::string> HttpCall::post(const std::string& form) {
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(form.size()));
  curl_easy_setopt(curl_, CURLOPT_COPYPOSTFIELDS, form.c_str());
  TRY(perform());
  return std::move(answer_);
}

size_t HttpCall::take(char* data, size_t size, size_t count, void* self) {
  auto& call = *static_cast<HttpCall*>(self);
  const size_t bytes = size * count;
  long status = 0;
  curl_easy_getinfo(call.curl_, CURLINFO_RESPONSE_CODE, &status);
  if (call.into_ < 0 || status >= 300) {
    const size_t most = status >= 300 ? kShownAnswerBytes : kAnswerBytes;
    const size_t room = most - std::min(most, call.answer_.size());
    call.answer_.append(data, std::min(bytes, room));
    return bytes;
  }
  if (static_cast<int64_t>(bytes) > call.room_) {
    call.too_large_ = true;
    return 0;
  }
  call.room_ -= static_cast<int64_t>(bytes);
  if (!write_all(call.into_, data, bytes, "").ok()) {
    call.write_error_ = errno;
    return 0;
  }
  return bytes;
}

Status HttpCall::perform() { return outcome(curl_easy_perform(curl_)); }

Status HttpCall::outcome(CURLcode code) const {
  if (too_large_) return Error{ErrorCode::kLimit, fmt::format("{} sends too much", url_)};
  if (write_error_ != 0) return system_error("cannot keep " + url_, write_error_);
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return Error{ErrorCode::kTimeout, fmt::format("{} did not answer in time", url_)};
  }
  if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT) {
    return Error{ErrorCode::kInvalid, fmt::format("{} is not an http or https address", url_)};
  }
  if (code == CURLE_SSL_CERTPROBLEM) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{}: clientCertSecret and clientKeySecret are no certificate and its "
                             "key in PEM: {}",
                             url_, detail_)};
  }
  if (code != CURLE_OK) {
    return Error{
        ErrorCode::kUnavailable,
        fmt::format("{}: {}", url_, *detail_ == '\0' ? curl_easy_strerror(code) : detail_)};
  }
  long status = 0;
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200 && status < 300) return {};
  return Error{code_of(status), fmt::format("{} answered {}{}{}", url_, status,
                                            answer_.empty() ? "" : ": ", answer_)};
}

}  // namespace slipway::adapter
