#include "adapter/http/stream.h"

#include <curl/curl.h>

#include <memory>

namespace slipway::adapter {
namespace {

struct Reading {
  const std::function<bool(std::string_view)>& on_line;
  CURL* easy;
  std::string pending;  // an unfinished line, or the body of an error
  long status = 0;
  bool enough = false;
};

size_t on_bytes(char* data, size_t size, size_t count, void* context) {
  auto& reading = *static_cast<Reading*>(context);
  const size_t bytes = size * count;
  if (reading.status == 0) curl_easy_getinfo(reading.easy, CURLINFO_RESPONSE_CODE, &reading.status);
  reading.pending.append(data, bytes);
  if (reading.status / 100 != 2) return bytes;
  size_t start = 0;
  for (size_t end; (end = reading.pending.find('\n', start)) != std::string::npos;
       start = end + 1) {
    if (!reading.on_line(std::string_view(reading.pending).substr(start, end - start))) {
      reading.enough = true;
      return 0;
    }
  }
  reading.pending.erase(0, start);
  return bytes;
}

}  // namespace

Status stream_lines(const StreamRequest& request,
                    const std::function<bool(std::string_view line)>& on_line) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(),
                                                                 curl_easy_cleanup);
  curl_slist* list = nullptr;
  for (const auto& [name, value] : request.headers) {
    list = curl_slist_append(list, (name + ": " + value).c_str());
  }
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list,
                                                                            curl_slist_free_all);
  Reading reading{on_line, easy.get(), {}, 0, false};
  char what[CURL_ERROR_SIZE] = {};
  curl_easy_setopt(easy.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, on_bytes);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &reading);
  curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, what);
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_SSL_VERIFYPEER, request.insecure_skip_verify ? 0L : 1L);
  curl_easy_setopt(easy.get(), CURLOPT_SSL_VERIFYHOST, request.insecure_skip_verify ? 0L : 2L);
  const CURLcode code = curl_easy_perform(easy.get());
  if (reading.enough) return {};
  if (code != CURLE_OK) {
    return Error{ErrorCode::kUnavailable, what[0] != '\0' ? what : curl_easy_strerror(code),
                 request.url};
  }
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &reading.status);
  if (reading.status / 100 != 2) {
    return Error{reading.status == 404 ? ErrorCode::kNotFound : ErrorCode::kInvalid,
                 reading.pending, ""};
  }
  if (!reading.pending.empty()) on_line(reading.pending);
  return {};
}

}  // namespace slipway::adapter
