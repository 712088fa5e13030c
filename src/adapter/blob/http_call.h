// One HTTP request of an artifact, streamed from and to files.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

// Used once and by one thread. At most 10 redirects, http and https only; stalls of a minute are
// kTimeout. kNotFound (404, 410), kUnauthorized (401, 403), kUnavailable (429, 5xx, no connection),
// kInvalid (anything else). As for Go programs, the file that SSL_CERT_FILE names holds the
// authorities that are trusted instead of the system's.
class HttpCall {
 public:
  HttpCall(const std::string& url, const std::vector<pod::EnvVar>& headers);
  ~HttpCall();
  HttpCall(const HttpCall&) = delete;
  HttpCall& operator=(const HttpCall&) = delete;

  // In PEM; shown to a server that asks for one.
  void show_certificate(const std::string& certificate, const std::string& key);

  // kLimit when the answer's body goes on beyond `max_bytes`.
  Status get(int into, int64_t max_bytes = std::numeric_limits<int64_t>::max());
  Status put(int from, int64_t size);
  // The answer's body, at most 1 MiB of it.
  Result<std::string> post(const std::string& form);

 private:
  static size_t take(char* data, size_t size, size_t count, void* self);
  Status perform();
  Status outcome(CURLcode code) const;

  std::string url_;
  CURL* curl_;
  curl_slist* headers_ = nullptr;
  char detail_[CURL_ERROR_SIZE] = {};

  int into_ = -1;
  int64_t room_ = 0;  // for what is still to be written there
  bool too_large_ = false;
  int write_error_ = 0;
  std::string answer_;  // without a file to write to, or the beginning of an error's body
};

}  // namespace slipway::adapter
