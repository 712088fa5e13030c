// TraceExport: sends finished workflows to an OpenTelemetry collector, over OTLP/HTTP in JSON.
//
// Traces are for looking at, not for deciding: they are kept in memory, some, and those that a
// collector did not take in time are dropped, and said to be. What and when to send again is the
// protocol's: opentelemetry.io/docs/specs/otlp/#otlphttp-response.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "port/http_client.h"

namespace slipway::server {

struct TraceOptions {
  std::string url;  // of the traces, e.g. http://127.0.0.1:4318/v1/traces; empty: nothing is sent
  std::vector<std::pair<std::string, std::string>> headers;
  json::array resource;  // OTLP attributes: service.name and what else is given
  Duration timeout = Duration::seconds(10);
};

// From any thread. The ports outlive it, and `later` is not called any more when its destructor has
// returned; answers that come then are ignored.
class TraceExport {
 public:
  using Later = std::function<void(Duration, std::function<void()>)>;
  using Tell = std::function<void(const std::string&)>;

  TraceExport(port::HttpClient& http, Later later, TraceOptions options, Tell tell);
  ~TraceExport();

  // The spans of one workflow (views::workflow_spans).
  void add(json::array spans);

  // For the end: what waits is sent now, whatever pause a collector was given, and tried again as
  // ever. `done` is called once, from any thread, when nothing waits any more; perhaps never.
  void flush(std::function<void()> done);
  size_t waiting_spans() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace slipway::server
