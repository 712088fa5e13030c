#include "core/workflow/plan_container.h"

#include <fmt/format.h>

#include "core/expr/golang/golang.h"
#include "core/workflow/plan_action.h"
#include "core/workflow/plan_env.h"
#include "core/workflow/plan_security.h"
#include "core/workflow/plan_volume.h"

namespace slipway::workflow {
namespace {

Error container_error(const PlanContext& context, const json::object& container, ErrorCode code,
                      std::string_view what) {
  return plan_error(context, code,
                    fmt::format("container {}: {}", get_string(container, "name"), what));
}

Status refuse_what_is_not_done(const PlanContext& context, const json::object& container) {
  for (const std::string_view key : {"volumeDevices", "resizePolicy", "restartPolicyRules"}) {
    if (find(container, key) != nullptr) {
      return container_error(context, container, ErrorCode::kUnsupported,
                             fmt::format("{} is not supported by this server; remove it", key));
    }
  }
  return {};
}

std::vector<std::string> words(const json::object& container, std::string_view key,
                               const std::vector<pod::EnvVar>& env) {
  std::vector<std::string> result;
  for (const json::value& word : list_of(container, key)) {
    result.push_back(expand_variables(scalar_text(word), env));
  }
  return result;
}

Result<pod::PullPolicy> pull_policy(const PlanContext& context, const json::object& container) {
  // An unset policy is IfNotPresent also for :latest, so that imported images need no registry.
  const std::string policy = get_string(container, "imagePullPolicy");
  if (policy.empty() || policy == "IfNotPresent") return pod::PullPolicy::kIfNotPresent;
  if (policy == "Always") return pod::PullPolicy::kAlways;
  if (policy == "Never") return pod::PullPolicy::kNever;
  return container_error(
      context, container, ErrorCode::kInvalid,
      fmt::format("imagePullPolicy \"{}\" is not Always, IfNotPresent or Never", policy));
}

// containerSet.retryStrategy {retries, duration}: executions in all, and a fixed pause (rule 37).
Status plan_tries(const PlanContext& context, const json::object& container,
                  pod::Container& planned) {
  const json::object* strategy = find_object(container, "retryStrategy");
  if (strategy == nullptr) return {};
  const json::value* retries = find(*strategy, "retries");
  const std::string text = retries != nullptr ? scalar_text(*retries) : "1";
  char* end = nullptr;
  const long count = std::strtol(text.c_str(), &end, 10);
  if (end == text.c_str() || *end != '\0' || count < 0 || count > 10'000) {
    return container_error(context, container, ErrorCode::kInvalid,
                           fmt::format("retryStrategy.retries \"{}\" is not a count", text));
  }
  planned.tries = std::max(1, static_cast<int>(count));
  if (const std::string pause = get_string(*strategy, "duration"); !pause.empty()) {
    TRY_ASSIGN(planned.try_pause, expr::parse_go_duration(pause));
  }
  return {};
}

}  // namespace

Result<pod::Container> plan_container(const PlanContext& context, const json::object& pod_spec,
                                      const json::object& from, pod::Container::Role role) {
  pod::Container planned;
  planned.name = get_string(from, "name");
  planned.role = role;
  planned.image = get_string(from, "image");
  if (planned.name.empty()) {
    return plan_error(context, ErrorCode::kInvalid, "a container has no name");
  }
  if (planned.image.empty() && context.settings.runtime == pod::RuntimeKind::kOci) {
    return container_error(context, from, ErrorCode::kInvalid, "image is required");
  }
  TRY(refuse_what_is_not_done(context, from));
  TRY_ASSIGN(planned.pull_policy, pull_policy(context, from));
  TRY_ASSIGN(planned.env, plan_env(context, pod_spec, from));
  planned.command = words(from, "command", planned.env);
  planned.args = words(from, "args", planned.env);
  planned.working_dir = get_string(from, "workingDir");
  TRY_ASSIGN(planned.mounts, plan_mounts(context, pod_spec, from, planned.env));
  planned.mirrors_main = get_bool(from, "mirrorVolumeMounts");
  TRY_ASSIGN(planned.security, plan_security(context, pod_spec, from));
  TRY_ASSIGN(planned.resources, plan_resources(context, from));
  TRY(plan_probes(context, from, planned));
  TRY(plan_lifecycle(context, from, planned));
  TRY(plan_kill_command(context, planned));
  TRY(plan_tries(context, from, planned));
  for (const json::value& name : list_of(from, "dependencies")) {
    planned.depends_on.push_back(scalar_text(name));
  }
  planned.stdin = get_bool(from, "stdin");
  planned.tty = get_bool(from, "tty");
  if (const json::string* source = find_string(from, "source"))
    planned.script_source = str(*source);
  return planned;
}

}  // namespace slipway::workflow
