#include "adapter/blob/http_file.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "adapter/archive/fd.h"

namespace slipway::adapter {
namespace {

constexpr long kConnectTimeoutS = 30;
constexpr long kStallTimeoutS = 60;
constexpr long kRedirects = 10;
constexpr size_t kShownAnswerBytes = 300;

struct Transfer {
  int fd = -1;
  CURL* curl = nullptr;
  std::string answer;  // the beginning of an error's body, for the message
  int write_error = 0;
};

size_t take(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const size_t bytes = size * count;
  long status = 0;
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
  if (transfer.fd < 0 || status >= 300) {
    const size_t room = kShownAnswerBytes - std::min(kShownAnswerBytes, transfer.answer.size());
    transfer.answer.append(data, std::min(bytes, room));
    return bytes;
  }
  if (!write_all(transfer.fd, data, bytes, "").ok()) {
    transfer.write_error = errno;
    return 0;
  }
  return bytes;
}

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

Status finish(const Transfer& transfer, CURLcode code, const std::string& url,
              const std::string& detail) {
  if (transfer.write_error != 0) return system_error("cannot keep " + url, transfer.write_error);
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return Error{ErrorCode::kTimeout, fmt::format("{} did not answer in time", url)};
  }
  if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT) {
    return Error{ErrorCode::kInvalid, fmt::format("{} is not an http or https address", url)};
  }
  if (code != CURLE_OK) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("{}: {}", url, detail.empty() ? curl_easy_strerror(code) : detail)};
  }
  long status = 0;
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200 && status < 300) return {};
  return Error{code_of(status), fmt::format("{} answered {}{}{}", url, status,
                                            transfer.answer.empty() ? "" : ": ", transfer.answer)};
}

class Request {
 public:
  explicit Request(const std::string& url, const std::vector<pod::EnvVar>& headers)
      : url_(url), curl_(curl_easy_init()) {
    transfer_.curl = curl_;
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
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &take);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &transfer_);
    for (const auto& header : headers) {
      headers_ = curl_slist_append(headers_, (header.name + ": " + header.value).c_str());
    }
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
  }
  ~Request() {
    curl_slist_free_all(headers_);
    curl_easy_cleanup(curl_);
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  Status get(int into) {
    transfer_.fd = into;
    return perform();
  }

  Status put(int from, int64_t size) {
    curl_easy_setopt(curl_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
    curl_easy_setopt(curl_, CURLOPT_READFUNCTION, &give);
    curl_easy_setopt(curl_, CURLOPT_READDATA, &from);
    return perform();
  }

 private:
  Status perform() { return finish(transfer_, curl_easy_perform(curl_), url_, detail_); }

  std::string url_;
  CURL* curl_;
  Transfer transfer_;
  curl_slist* headers_ = nullptr;
  char detail_[CURL_ERROR_SIZE] = {};
};

}  // namespace

Status download(const std::string& url, const std::vector<pod::EnvVar>& headers,
                const std::string& path) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!fd) return system_error("cannot make " + path);
  return Request(url, headers).get(fd.get());
}

Status upload(const std::string& url, const std::vector<pod::EnvVar>& headers,
              const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info;
  if (!fd || ::fstat(fd.get(), &info) != 0) return system_error("cannot open " + path);
  return Request(url, headers).put(fd.get(), info.st_size);
}

}  // namespace slipway::adapter
