#include "server/api/log_request.h"

#include <fmt/format.h>

#include <charconv>

namespace slipway::server {
namespace {

Error invalid(std::string message) { return {ErrorCode::kInvalid, std::move(message), ""}; }

constexpr int64_t kMostSeconds = INT64_MAX / 1'000'000'000;

Result<std::optional<int64_t>> read_number(const Exchange& exchange, std::string_view name,
                                           int64_t least, int64_t most = INT64_MAX) {
  const std::string text = exchange.parameter(std::string(name));
  if (text.empty()) return std::optional<int64_t>();
  int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || stopped != end) {
    return invalid(fmt::format("{} \"{}\" is not a number", name, text));
  }
  if (number < least) return invalid(fmt::format("{} {} is less than {}", name, number, least));
  if (number > most) return invalid(fmt::format("{} {} is more than {}", name, number, most));
  return std::optional(number);
}

// As text, and in the two parts in which a gateway of Argo Server's protocol takes it.
Result<std::optional<Time>> read_since_time(const Exchange& exchange) {
  const std::string text = exchange.parameter("logOptions.sinceTime");
  if (!text.empty()) {
    const auto time = parse_rfc3339(text);
    if (!time.ok()) {
      return invalid(fmt::format("logOptions.sinceTime \"{}\": {}", text, time.error().message));
    }
    return std::optional(*time);
  }
  TRY_ASSIGN(const auto seconds,
             read_number(exchange, "logOptions.sinceTime.seconds", 0, kMostSeconds));
  TRY_ASSIGN(const auto nanos, read_number(exchange, "logOptions.sinceTime.nanos", 0, 999'999'999));
  if (!seconds && !nanos) return std::optional<Time>();
  return std::optional(Time() + Duration::seconds(seconds.value_or(0)) +
                       Duration::nanoseconds(nanos.value_or(0)));
}

Result<LogCut> read_cut(const Exchange& exchange, Time now) {
  LogCut cut;
  cut.timestamps = exchange.parameter("logOptions.timestamps") == "true";
  TRY_ASSIGN(const auto tail, read_number(exchange, "logOptions.tailLines", 0));
  if (tail) cut.tail = static_cast<size_t>(*tail);
  TRY_ASSIGN(const auto limit, read_number(exchange, "logOptions.limitBytes", 1));
  if (limit) cut.limit = static_cast<uint64_t>(*limit);
  TRY_ASSIGN(cut.since, read_since_time(exchange));
  TRY_ASSIGN(const auto seconds, read_number(exchange, "logOptions.sinceSeconds", 1, kMostSeconds));
  if (seconds && cut.since) {
    return invalid("at most one of logOptions.sinceTime and logOptions.sinceSeconds may be given");
  }
  if (seconds) cut.since = now - Duration::seconds(*seconds);
  return cut;
}

}  // namespace

Result<LogRequest> read_log_request(const Exchange& exchange, Time now) {
  LogRequest request;
  request.ns = exchange.at("ns");
  request.workflow = exchange.at("name");
  request.container = exchange.parameter("logOptions.container");
  request.follow = exchange.parameter("logOptions.follow") == "true";
  request.raw = exchange.parameter("raw") == "true";
  // Kubernetes' words; a container is started once here, and each try of a step is a pod.
  if (exchange.parameter("logOptions.previous") == "true") {
    return invalid(
        fmt::format("previous terminated container \"{}\" not found: containers are "
                    "not restarted; name the node of the try whose log you want",
                    request.container.empty() ? "main" : request.container));
  }
  TRY_ASSIGN(request.cut, read_cut(exchange, now));
  if (const std::string grep = exchange.parameter("grep"); !grep.empty()) {
    auto pattern = expr::compile_regex(grep);
    if (!pattern.ok()) {
      return invalid(fmt::format("grep \"{}\": {}", grep, pattern.error().text()));
    }
    request.grep = std::move(*pattern);
  }
  TRY_ASSIGN(request.pods, expr::LabelSelector::parse(exchange.parameter("selector")));
  return request;
}

}  // namespace slipway::server
