#include "server/trace_export.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/task/response.h"
#include "core/view/trace.h"

namespace slipway::server {
namespace {

constexpr size_t kWaitingSpans = 50'000;  // beyond it the oldest traces are dropped
constexpr size_t kRequestSpans = 512;     // after which a request takes no more traces
constexpr Duration kFirstPause = Duration::seconds(1), kLongestPause = Duration::seconds(60);

bool may_succeed_later(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

struct TraceExport::State : std::enable_shared_from_this<State> {
  State(port::HttpClient& client, Later run_later, TraceOptions given, Tell say)
      : http(client),
        later(std::move(run_later)),
        options(std::move(given)),
        tell(std::move(say)) {}

  void add(json::array spans);
  void flush(std::function<void()> done);
  void tell_when_empty();
  void send_next();
  void on_answer(const Result<port::HttpResponse>& answer);
  void wait_then_send(Duration wait);
  void drop(size_t traces);
  void say(std::string line);

  port::HttpClient& http;
  const Later later;
  const TraceOptions options;
  const Tell tell;

  std::mutex mutex;
  std::deque<json::array> waiting;  // the first `in_flight` of them are being sent
  size_t waiting_spans = 0, in_flight = 0;
  bool paused = false, closed = false;
  Duration pause = kFirstPause;
  std::string trouble;            // said already
  std::function<void()> emptied;  // to be called when nothing waits
};

// With the lock held.
void TraceExport::State::drop(size_t traces) {
  for (; traces > 0 && !waiting.empty(); --traces) {
    waiting_spans -= waiting.front().size();
    waiting.pop_front();
  }
}

void TraceExport::State::say(std::string line) {
  if (std::exchange(trouble, line) != line && !line.empty()) tell(line);
}

void TraceExport::State::add(json::array spans) {
  {
    const std::lock_guard lock(mutex);
    waiting_spans += spans.size();
    waiting.push_back(std::move(spans));
    while (waiting_spans > kWaitingSpans && waiting.size() > in_flight + 1) {
      const auto oldest = waiting.begin() + static_cast<ptrdiff_t>(in_flight);
      waiting_spans -= oldest->size();
      waiting.erase(oldest);
      say(fmt::format("traces: {} does not keep up; the oldest traces are dropped", options.url));
    }
  }
  send_next();
}

void TraceExport::State::flush(std::function<void()> done) {
  {
    const std::lock_guard lock(mutex);
    emptied = std::move(done);
    paused = false;
    pause = kFirstPause;
  }
  send_next();
  tell_when_empty();
}

void TraceExport::State::tell_when_empty() {
  std::function<void()> done;
  {
    const std::lock_guard lock(mutex);
    if (!waiting.empty()) return;
    done = std::exchange(emptied, {});
  }
  if (done) done();
}

void TraceExport::State::send_next() {
  port::HttpRequest request;
  {
    const std::lock_guard lock(mutex);
    if (closed || paused || in_flight > 0 || waiting.empty()) return;
    json::array spans;
    while (in_flight < waiting.size() && spans.size() < kRequestSpans) {
      const json::array& next = waiting[in_flight++];
      spans.insert(spans.end(), next.begin(), next.end());
    }
    request.body = print_json(views::trace_request(options.resource, std::move(spans)));
  }
  request.method = "POST";
  request.url = options.url;
  request.headers = options.headers;
  request.headers.emplace_back("Content-Type", "application/json");
  request.timeout = options.timeout;
  request.follow_redirects = false;
  http.send(std::move(request), [weak = weak_from_this()](Result<port::HttpResponse> answer) {
    if (const auto self = weak.lock()) self->on_answer(answer);
  });
}

void TraceExport::State::on_answer(const Result<port::HttpResponse>& answer) {
  {
    const std::lock_guard lock(mutex);
    if (closed) return;  // so is what runs things later, or will be
    const size_t sent = std::exchange(in_flight, 0);
    if (answer.ok() && answer->status >= 200 && answer->status < 300) {
      drop(sent);
      pause = kFirstPause;
      say("");
    } else if (answer.ok() && !may_succeed_later(answer->status)) {
      drop(sent);
      say(fmt::format("traces: {} answers {}; what it refuses is dropped: {}", options.url,
                      answer->status, answer->body.substr(0, 200)));
    } else {
      wait_then_send(answer.ok() ? task::retry_after(answer->headers).value_or(pause) : pause);
      pause = std::min(pause * 2, kLongestPause);
      say(fmt::format(
          "traces: {} can not be reached and is tried again: {}", options.url,
          answer.ok() ? fmt::format("HTTP status {}", answer->status) : answer.error().text()));
    }
  }
  send_next();
  tell_when_empty();
}

// With the lock held.
void TraceExport::State::wait_then_send(Duration wait) {
  paused = true;
  later(wait, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    {
      const std::lock_guard lock(self->mutex);
      self->paused = false;
    }
    self->send_next();
  });
}

TraceExport::TraceExport(port::HttpClient& http, Later later, TraceOptions options, Tell tell)
    : state_(std::make_shared<State>(http, std::move(later), std::move(options), std::move(tell))) {
}

TraceExport::~TraceExport() {
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
}

void TraceExport::add(json::array spans) { state_->add(std::move(spans)); }

void TraceExport::flush(std::function<void()> done) { state_->flush(std::move(done)); }

size_t TraceExport::waiting_spans() const {
  const std::lock_guard lock(state_->mutex);
  return state_->waiting_spans;
}

}  // namespace slipway::server
