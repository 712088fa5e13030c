#include <fmt/format.h>

#include "core/workflow/plan_container.h"

namespace slipway::workflow {
namespace {

Result<int> probe_port(const PlanContext& context, const json::object& container,
                       const json::object& action) {
  const json::value* given = find(action, "port");
  const std::string text = given != nullptr ? scalar_text(*given) : "";
  for (const json::value& item : list_of(container, "ports")) {
    if (item.is_object() && !text.empty() && get_string(item.get_object(), "name") == text) {
      return static_cast<int>(get_int(item.get_object(), "containerPort"));
    }
  }
  char* end = nullptr;
  const long port = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || port < 1 || port > 65535) {
    return plan_error(context, ErrorCode::kInvalid,
                      fmt::format("container {}: probe port \"{}\" is neither a number nor the "
                                  "name of one of its ports",
                                  get_string(container, "name"), text));
  }
  return static_cast<int>(port);
}

Status plan_action(const PlanContext& context, const json::object& container,
                   const json::object& from, pod::Probe& probe) {
  if (const json::object* exec = find_object(from, "exec")) {
    probe.type = pod::Probe::Type::kExec;
    for (const json::value& word : list_of(*exec, "command")) {
      probe.command.push_back(scalar_text(word));
    }
    return {};
  }
  if (const json::object* get = find_object(from, "httpGet")) {
    probe.type = pod::Probe::Type::kHttp;
    probe.host = get_string(*get, "host");
    probe.path = get_string(*get, "path", "/");
    probe.scheme = get_string(*get, "scheme", "HTTP");
    for (const json::value& header : list_of(*get, "httpHeaders")) {
      if (!header.is_object()) continue;
      probe.headers.push_back(
          {get_string(header.get_object(), "name"), get_string(header.get_object(), "value")});
    }
    TRY_ASSIGN(probe.port, probe_port(context, container, *get));
    return {};
  }
  if (const json::object* tcp = find_object(from, "tcpSocket")) {
    probe.type = pod::Probe::Type::kTcp;
    probe.host = get_string(*tcp, "host");
    TRY_ASSIGN(probe.port, probe_port(context, container, *tcp));
    return {};
  }
  return plan_error(context, ErrorCode::kUnsupported,
                    fmt::format("container {}: a probe needs exec, httpGet or tcpSocket; grpc is "
                                "not supported",
                                get_string(container, "name")));
}

// Kubernetes reads 0 as "not set" for all but initialDelaySeconds.
int count(const json::object& from, std::string_view key, int fallback) {
  const int64_t value = get_int(from, key, fallback);
  return value > 0 && value < 1'000'000 ? static_cast<int>(value) : fallback;
}

}  // namespace

Result<pod::Probe> plan_probe(const PlanContext& context, const json::object& container,
                              const json::object& from) {
  pod::Probe probe;
  TRY(plan_action(context, container, from, probe));
  probe.initial_delay_s = count(from, "initialDelaySeconds", 0);
  probe.period_s = count(from, "periodSeconds", 10);
  probe.timeout_s = count(from, "timeoutSeconds", 1);
  probe.failure_threshold = count(from, "failureThreshold", 3);
  probe.success_threshold = count(from, "successThreshold", 1);
  return probe;
}

}  // namespace slipway::workflow
