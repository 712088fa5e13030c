#include "core/workflow/plan_action.h"

#include <fmt/format.h>

#include "core/workflow/plan_env.h"

namespace slipway::workflow {
namespace {

using Type = pod::Action::Type;

// Where an action is written, for messages: "container main: livenessProbe".
struct Place {
  const PlanContext& context;
  const json::object& container;
  std::string_view field;

  Error error(ErrorCode code, std::string_view what) const {
    return plan_error(
        context, code,
        fmt::format("container {}: {}: {}", get_string(container, "name"), field, what));
  }
};

Result<int> action_port(const Place& place, const json::object& action) {
  const json::value* given = find(action, "port");
  const std::string text = given != nullptr ? scalar_text(*given) : "";
  for (const json::value& item : list_of(place.container, "ports")) {
    if (item.is_object() && !text.empty() && get_string(item.get_object(), "name") == text) {
      return static_cast<int>(get_int(item.get_object(), "containerPort"));
    }
  }
  char* end = nullptr;
  const long port = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || port < 1 || port > 65535) {
    return place.error(ErrorCode::kInvalid,
                       fmt::format("port \"{}\" is neither a number nor the name of one of the "
                                   "container's ports",
                                   text));
  }
  return static_cast<int>(port);
}

Result<pod::Action> exec_action(const Place& place, const json::object& exec) {
  pod::Action action;
  for (const json::value& word : list_of(exec, "command")) {
    action.command.push_back(scalar_text(word));
  }
  if (action.command.empty()) {
    return place.error(ErrorCode::kInvalid, "exec.command has no words");
  }
  return action;
}

Result<pod::Action> http_action(const Place& place, const json::object& get) {
  pod::Action action{.type = Type::kHttp};
  action.host = get_string(get, "host");
  action.path = get_string(get, "path", "/");
  action.scheme = get_string(get, "scheme", "HTTP");
  for (const json::value& header : list_of(get, "httpHeaders")) {
    if (!header.is_object()) continue;
    action.headers.push_back(
        {get_string(header.get_object(), "name"), get_string(header.get_object(), "value")});
  }
  TRY_ASSIGN(action.port, action_port(place, get));
  return action;
}

Result<pod::Action> tcp_action(const Place& place, const json::object& tcp) {
  pod::Action action{.type = Type::kTcp};
  action.host = get_string(tcp, "host");
  TRY_ASSIGN(action.port, action_port(place, tcp));
  return action;
}

Result<pod::Action> sleep_action(const Place& place, const json::object& sleep) {
  const int64_t seconds = get_int(sleep, "seconds", -1);
  if (seconds < 0 || seconds > 1'000'000) {
    return place.error(ErrorCode::kInvalid, "sleep.seconds is not a number of seconds");
  }
  return pod::Action{.type = Type::kSleep, .pause = Duration::seconds(seconds)};
}

Result<pod::Action> probe_action(const Place& place, const json::object& from,
                                 const std::vector<pod::EnvVar>& env) {
  if (const json::object* exec = find_object(from, "exec")) {
    TRY_ASSIGN(pod::Action action, exec_action(place, *exec));
    for (std::string& word : action.command) word = expand_variables(word, env);
    return action;
  }
  if (const json::object* get = find_object(from, "httpGet")) return http_action(place, *get);
  if (const json::object* tcp = find_object(from, "tcpSocket")) return tcp_action(place, *tcp);
  return place.error(ErrorCode::kUnsupported,
                     "a probe needs exec, httpGet or tcpSocket; grpc is not supported");
}

// Its command is taken as it is written, as by the kubelet.
Result<pod::Action> hook_action(const Place& place, const json::object& from) {
  if (const json::object* exec = find_object(from, "exec")) return exec_action(place, *exec);
  if (const json::object* get = find_object(from, "httpGet")) return http_action(place, *get);
  if (const json::object* sleep = find_object(from, "sleep")) return sleep_action(place, *sleep);
  return place.error(ErrorCode::kUnsupported,
                     "a hook needs exec, httpGet or sleep; Kubernetes runs no tcpSocket either");
}

// Kubernetes reads 0 as "not set" for all but initialDelaySeconds.
int count(const json::object& from, std::string_view key, int fallback) {
  const int64_t value = get_int(from, key, fallback);
  return value > 0 && value < 1'000'000 ? static_cast<int>(value) : fallback;
}

Result<pod::Probe> plan_probe(const Place& place, const json::object& from,
                              const std::vector<pod::EnvVar>& env) {
  pod::Probe probe;
  TRY_ASSIGN(probe.action, probe_action(place, from, env));
  probe.initial_delay_s = count(from, "initialDelaySeconds", 0);
  probe.period_s = count(from, "periodSeconds", 10);
  probe.timeout_s = count(from, "timeoutSeconds", 1);
  probe.failure_threshold = count(from, "failureThreshold", 3);
  probe.success_threshold = count(from, "successThreshold", 1);
  if (find(from, "terminationGracePeriodSeconds") != nullptr) {
    probe.grace = Duration::seconds(count(from, "terminationGracePeriodSeconds", 1));
  }
  return probe;
}

// Linux' names, as Kubernetes takes them: SIGINT, SIGRTMIN+3, SIGRTMAX-2.
bool is_signal(std::string_view name) {
  constexpr std::string_view kNames =
      " ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV "
      "STKFLT "
      "STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX ";
  if (!name.starts_with("SIG")) return false;
  name.remove_prefix(3);
  if (name.starts_with("RTMIN+") || name.starts_with("RTMAX-")) {
    const std::string_view step = name.substr(6);
    const bool digits = step.find_first_not_of("0123456789") == step.npos;
    return digits && (step.size() == 1 || (step.size() == 2 && step < "16"));
  }
  return name.find(' ') == name.npos && kNames.find(fmt::format(" {} ", name)) != kNames.npos;
}

}  // namespace

Status plan_probes(const PlanContext& context, const json::object& container,
                   pod::Container& planned) {
  const std::pair<std::string_view, std::optional<pod::Probe>&> probes[] = {
      {"readinessProbe", planned.readiness},
      {"startupProbe", planned.startup},
      {"livenessProbe", planned.liveness}};
  for (const auto& [field, probe] : probes) {
    const json::object* from = find_object(container, field);
    if (from == nullptr) continue;
    TRY_ASSIGN(probe, plan_probe({context, container, field}, *from, planned.env));
  }
  return {};
}

Status plan_lifecycle(const PlanContext& context, const json::object& container,
                      pod::Container& planned) {
  const json::object* lifecycle = find_object(container, "lifecycle");
  if (lifecycle == nullptr) return {};
  if (const json::object* hook = find_object(*lifecycle, "postStart")) {
    TRY_ASSIGN(planned.post_start, hook_action({context, container, "lifecycle.postStart"}, *hook));
  }
  if (const json::object* hook = find_object(*lifecycle, "preStop")) {
    TRY_ASSIGN(planned.pre_stop, hook_action({context, container, "lifecycle.preStop"}, *hook));
  }
  planned.stop_signal = get_string(*lifecycle, "stopSignal");
  if (!planned.stop_signal.empty() && !is_signal(planned.stop_signal)) {
    return Place{context, container, "lifecycle.stopSignal"}.error(
        ErrorCode::kInvalid,
        fmt::format("\"{}\" is no signal; write e.g. SIGINT or SIGRTMIN+3", planned.stop_signal));
  }
  return {};
}

Status plan_kill_command(const PlanContext& context, pod::Container& planned) {
  const std::string key = "workflows.argoproj.io/kill-cmd-" + planned.name;
  const auto found = context.annotations.find(key);
  if (found == context.annotations.end()) return {};
  const auto parsed = parse_json(found->second);
  std::string joined;
  bool good = parsed.ok() && parsed->is_array() && !parsed->get_array().empty();
  for (const json::value& word : good ? parsed->get_array() : json::array{}) {
    if (!word.is_string()) good = false;
    if (!good) break;
    planned.kill_command.push_back(str(word.get_string()));
    joined += " " + planned.kill_command.back();
  }
  if (!good) {
    return plan_error(context, ErrorCode::kInvalid,
                      fmt::format("the annotation {} is no list of words in JSON, such as "
                                  "[\"sh\", \"-c\", \"kill -%d 1\"]: {}",
                                  key, found->second));
  }
  // Argo's own commands, which only a process with a handler would hear: the plain signal does it.
  if (joined.ends_with(" kill -%d 1") || joined.ends_with("argoexec kill %d 1")) {
    planned.kill_command.clear();
  }
  return {};
}

}  // namespace slipway::workflow
