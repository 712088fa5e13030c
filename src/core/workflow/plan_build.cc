#include "core/workflow/plan_build.h"

#include <fmt/format.h>

#include <set>

#include "core/workflow/plan_account.h"
#include "core/workflow/plan_artifact.h"
#include "core/workflow/plan_container.h"
#include "core/workflow/plan_credential.h"
#include "core/workflow/plan_deadline.h"
#include "core/workflow/plan_spec.h"
#include "core/workflow/plan_volume.h"

namespace slipway::workflow {
namespace {

using Role = pod::Container::Role;

constexpr size_t kHostnameBytes = 63;

std::vector<std::string> text_list(const json::object& from, std::string_view key) {
  std::vector<std::string> texts;
  for (const json::value& item : list_of(from, key)) texts.push_back(scalar_text(item));
  return texts;
}

// The template's own, whose end is the pod's: whatever else a podSpecPatch adds is ended with them.
std::set<std::string> main_names(const json::object& templ) {
  const json::object* set = find_object(templ, "containerSet");
  if (set == nullptr) return {"main"};
  std::set<std::string> names;
  for (const json::value& item : list_of(*set, "containers")) {
    if (item.is_object()) names.insert(get_string(item.get_object(), "name"));
  }
  return names;
}

Status plan_containers(const PlanContext& context, const json::object& spec, pod::PodPlan& plan) {
  const std::set<std::string> mains = main_names(context.templ);
  std::set<std::string> names;
  const auto add = [&](const json::object& from, Role role) -> Status {
    TRY_ASSIGN(pod::Container container, plan_container(context, spec, from, role));
    if (!names.insert(container.name).second) {
      return plan_error(context, ErrorCode::kInvalid,
                        fmt::format("two containers are called {}", container.name));
    }
    plan.containers.push_back(std::move(container));
    return {};
  };
  for (const json::value& item : list_of(spec, "initContainers")) {
    if (!item.is_object()) continue;
    // Kubernetes' native sidecars are init containers that are always restarted.
    const bool native = get_string(item.get_object(), "restartPolicy") == "Always";
    TRY(add(item.get_object(), native ? Role::kSidecar : Role::kInit));
    plan.containers.back().restarts = native;
  }
  for (const json::value& item : list_of(spec, "containers")) {
    if (!item.is_object()) continue;
    const bool main = mains.contains(get_string(item.get_object(), "name"));
    TRY(add(item.get_object(), main ? Role::kMain : Role::kSidecar));
  }
  for (const pod::Container& container : plan.containers) {
    if (container.role == Role::kMain) return {};
  }
  return plan_error(context, ErrorCode::kInvalid,
                    "podSpecPatch leaves no main container; patch its fields instead");
}

Status plan_network(const PlanContext& context, const json::object& spec, pod::PodPlan& plan) {
  plan.host_network = get_bool(spec, "hostNetwork");
  plan.host_pid = get_bool(spec, "hostPID");
  plan.host_ipc = get_bool(spec, "hostIPC");
  plan.share_pid = get_bool(spec, "shareProcessNamespace");
  if (plan.share_pid && plan.host_pid) {
    return plan_error(context, ErrorCode::kInvalid,
                      "shareProcessNamespace and hostPID exclude each other; remove one");
  }
  if (plan.host_network && !context.settings.allow_host_network) {
    return plan_error(
        context, ErrorCode::kUnauthorized,
        "hostNetwork is not allowed by this server; start it with --allow-host-network "
        "to allow it");
  }
  if ((plan.host_pid || plan.host_ipc) && !context.settings.allow_privileged) {
    return plan_error(context, ErrorCode::kUnauthorized,
                      "hostPID and hostIPC are not allowed by this server; start it with "
                      "--allow-privileged to allow them");
  }
  plan.hostname = get_string(spec, "hostname", context.pod_name).substr(0, kHostnameBytes);
  while (!plan.hostname.empty() && (plan.hostname.back() == '-' || plan.hostname.back() == '.')) {
    plan.hostname.pop_back();
  }
  for (const json::value& item : list_of(spec, "hostAliases")) {
    if (!item.is_object()) continue;
    plan.host_aliases.push_back(
        {get_string(item.get_object(), "ip"), text_list(item.get_object(), "hostnames")});
  }
  const json::object& dns = object_of(spec, "dnsConfig");
  plan.dns.policy = get_string(spec, "dnsPolicy", plan.dns.policy);
  plan.dns.nameservers = text_list(dns, "nameservers");
  plan.dns.searches = text_list(dns, "searches");
  for (const json::value& item : list_of(dns, "options")) {
    if (!item.is_object()) continue;
    const std::string name = get_string(item.get_object(), "name");
    const std::string value = get_string(item.get_object(), "value");
    plan.dns.options.push_back(value.empty() ? name : name + ":" + value);
  }
  return {};
}

Status plan_storage(const PlanContext& context, const json::object& spec, pod::PodPlan& plan) {
  for (const json::value& item : list_of(spec, "volumes")) {
    if (!item.is_object()) continue;
    TRY_ASSIGN(pod::Volume volume, plan_volume(context, spec, item.get_object()));
    plan.volumes.push_back(std::move(volume));
  }
  TRY_ASSIGN(const Repository repository, plan_repository(context));
  TRY_ASSIGN(plan.input_artifacts, plan_input_artifacts(context, repository));
  TRY_ASSIGN(plan.output_artifacts, plan_output_artifacts(context, repository));
  TRY_ASSIGN(plan.output_parameters, plan_output_parameters(context));
  TRY_ASSIGN(plan.log_location, plan_log_location(context, repository));
  return {};
}

Status plan_sysctls(const PlanContext& context, const json::object& spec, pod::PodPlan& plan) {
  for (const json::value& item : list_of(object_of(spec, "securityContext"), "sysctls")) {
    if (!item.is_object()) continue;
    const std::string name = get_string(item.get_object(), "name");
    // Others are the host's, not the pod's.
    const bool namespaced = name.starts_with("net.") || name.starts_with("fs.mqueue.") ||
                            name.starts_with("kernel.shm") || name.starts_with("kernel.msg") ||
                            name == "kernel.sem";
    if (!namespaced || (plan.host_network && name.starts_with("net."))) {
      return plan_error(context, ErrorCode::kUnauthorized,
                        fmt::format("sysctl {} would change the host and is not allowed", name));
    }
    plan.sysctls[name] = get_string(item.get_object(), "value");
  }
  return {};
}

}  // namespace

Result<pod::PodPlan> build_plan(const PlanContext& context) {
  TRY_ASSIGN(const json::object spec, pod_spec(context));
  pod::PodPlan plan;
  plan.id = context.node.pod_id;
  plan.workflow_uid = context.workflow_uid;
  plan.node_id = context.node.id;
  plan.ns = context.ns;
  plan.workflow_name = context.workflow_name;
  plan.pod_name = context.pod_name;
  plan.template_name = context.template_name();
  plan.runtime = context.settings.runtime;
  plan.labels = context.labels;
  plan.annotations = context.annotations;
  TRY(plan_containers(context, spec, plan));
  TRY(plan_network(context, spec, plan));
  name_api(context, plan);
  TRY(plan_storage(context, spec, plan));
  TRY(plan_sysctls(context, spec, plan));
  TRY_ASSIGN(plan.pull_credentials, plan_credentials(context, spec));
  TRY_ASSIGN(plan.active_deadline, plan_deadline(context, spec));
  plan.capture_result = context.capture_result;
  plan.grace = Duration::seconds(get_int(spec, "terminationGracePeriodSeconds", 30));
  const json::value* daemon = find(context.templ, "daemon");
  plan.daemon = daemon != nullptr && daemon->is_bool() && daemon->get_bool();
  return plan;
}

}  // namespace slipway::workflow
