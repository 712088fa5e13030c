#include "adapter/http/client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/assert.h"

namespace slipway::adapter {
namespace {

// One request on its way. Owned by the loop from start to answer.
struct Call {
  port::HttpRequest request;
  port::HttpDone done;
  port::HttpResponse response;
  curl_slist* headers = nullptr;
  bool too_large = false;
  char error[CURL_ERROR_SIZE] = {};

  ~Call() { curl_slist_free_all(headers); }
};

size_t on_body(char* data, size_t size, size_t count, void* context) {
  auto& call = *static_cast<Call*>(context);
  const size_t bytes = size * count;
  if (call.response.body.size() + bytes > call.request.max_response_bytes) {
    call.too_large = true;
    return 0;
  }
  call.response.body.append(data, bytes);
  return bytes;
}

size_t on_header(char* data, size_t size, size_t count, void* context) {
  auto& call = *static_cast<Call*>(context);
  std::string_view line(data, size * count);
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    call.response.headers.clear();  // of the redirect or 100 Continue before
  } else if (const size_t colon = line.find(':'); colon != std::string_view::npos) {
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    call.response.headers.emplace_back(std::string(line.substr(0, colon)), std::string(value));
  }
  return size * count;
}

CURL* prepare(Call& call) {
  CURL* easy = curl_easy_init();
  SLIPWAY_ASSERT(easy != nullptr);
  const port::HttpRequest& request = call.request;
  for (const auto& [name, value] : request.headers) {
    // libcurl wants "Name;" for a header without a value.
    const std::string line = value.empty() ? name + ";" : name + ": " + value;
    call.headers = curl_slist_append(call.headers, line.c_str());
  }
  // Without this libcurl waits a second for 100 Continue on larger bodies.
  call.headers = curl_slist_append(call.headers, "Expect:");
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  // As for Go programs: the authorities that are trusted instead of the system's.
  const char* trusted = std::getenv("SSL_CERT_FILE");
  if (trusted != nullptr && *trusted != '\0') curl_easy_setopt(easy, CURLOPT_CAINFO, trusted);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call.headers);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.to_milliseconds()));
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, request.follow_redirects ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 10L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, request.insecure_skip_verify ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, request.insecure_skip_verify ? 0L : 2L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &call);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &call);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call.error);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  return easy;
}

Error failure(const Call& call, CURLcode code) {
  const std::string what = call.error[0] != '\0' ? call.error : curl_easy_strerror(code);
  if (call.too_large) {
    return {ErrorCode::kLimit,
            fmt::format("the answer is larger than {} bytes", call.request.max_response_bytes),
            call.request.url};
  }
  const ErrorCode kind = code == CURLE_OPERATION_TIMEDOUT ? ErrorCode::kTimeout
                         : code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL
                             ? ErrorCode::kInvalid
                             : ErrorCode::kUnavailable;
  return {kind, what, call.request.url};
}

}  // namespace

struct CurlHttpClient::Loop {
  Loop() : multi(curl_multi_init()) {
    thread = std::thread([this] { run(); });
  }
  ~Loop() {
    stopping = true;
    curl_multi_wakeup(multi);
    thread.join();
    curl_multi_cleanup(multi);
  }

  void run() {
    while (!stopping) {
      start_waiting();
      int running = 0;
      curl_multi_perform(multi, &running);
      finish_done();
      curl_multi_poll(multi, nullptr, 0, 10'000, nullptr);
    }
    start_waiting();
    for (auto& [easy, call] : calls) {
      curl_multi_remove_handle(multi, easy);
      curl_easy_cleanup(easy);
      call->done(
          Error{ErrorCode::kUnavailable, "the HTTP client is shutting down", call->request.url});
    }
  }

  void start_waiting() {
    std::vector<std::unique_ptr<Call>> starting;
    {
      const std::lock_guard lock(mutex);
      starting.swap(waiting);
    }
    for (auto& call : starting) {
      CURL* easy = prepare(*call);
      curl_multi_add_handle(multi, easy);
      calls.emplace(easy, std::move(call));
    }
  }

  void finish_done() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      const CURLcode code = message->data.result;
      const auto found = calls.find(easy);
      SLIPWAY_ASSERT(found != calls.end());
      const std::unique_ptr<Call> call = std::move(found->second);
      calls.erase(found);
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      curl_multi_remove_handle(multi, easy);
      curl_easy_cleanup(easy);
      if (code != CURLE_OK) {
        call->done(failure(*call, code));
      } else {
        call->response.status = static_cast<int>(status);
        call->done(std::move(call->response));
      }
    }
  }

  CURLM* multi;
  std::mutex mutex;
  std::vector<std::unique_ptr<Call>> waiting;              // guarded by mutex
  std::unordered_map<CURL*, std::unique_ptr<Call>> calls;  // the loop thread's own
  std::atomic<bool> stopping{false};
  std::thread thread;
};

CurlHttpClient::CurlHttpClient() : loop_(std::make_unique<Loop>()) {}
CurlHttpClient::~CurlHttpClient() = default;

void CurlHttpClient::send(port::HttpRequest request, port::HttpDone done) {
  auto call = std::make_unique<Call>();
  call->request = std::move(request);
  call->done = std::move(done);
  {
    const std::lock_guard lock(loop_->mutex);
    loop_->waiting.push_back(std::move(call));
  }
  curl_multi_wakeup(loop_->multi);
}

Result<port::HttpResponse> send_and_wait(port::HttpClient& client, port::HttpRequest request) {
  std::promise<Result<port::HttpResponse>> answered;
  client.send(std::move(request),
              [&](Result<port::HttpResponse> result) { answered.set_value(std::move(result)); });
  return answered.get_future().get();
}

}  // namespace slipway::adapter
