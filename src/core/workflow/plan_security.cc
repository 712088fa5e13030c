#include "core/workflow/plan_security.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace slipway::workflow {
namespace {

// With any of these a process is as good as root on the host.
constexpr std::array<std::string_view, 9> kHostCapabilities{
    "ALL",      "SYS_ADMIN", "SYS_MODULE",      "SYS_RAWIO", "SYS_BOOT",
    "SYS_TIME", "MAC_ADMIN", "DAC_READ_SEARCH", "BPF"};

std::optional<int64_t> number(const json::object& pod, const json::object& own,
                              std::string_view key) {
  const json::object& from = find(own, key) != nullptr ? own : pod;
  if (find(from, key) == nullptr) return std::nullopt;
  return get_int(from, key);
}

bool flag(const json::object& pod, const json::object& own, std::string_view key, bool fallback) {
  return get_bool(own, key, get_bool(pod, key, fallback));
}

std::vector<std::string> capability_names(const json::object& capabilities, std::string_view key) {
  std::vector<std::string> names;
  for (const json::value& item : list_of(capabilities, key)) {
    std::string name = scalar_text(item);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    names.push_back(name.starts_with("CAP_") ? name.substr(4) : name);
  }
  return names;
}

Status refuse(const PlanContext& context, const json::object& container, std::string_view what) {
  return plan_error(context, ErrorCode::kUnauthorized,
                    fmt::format("container {} asks for {}, which this server does not allow; start "
                                "it with --allow-privileged to allow it",
                                get_string(container, "name"), what));
}

Status check_allowed(const PlanContext& context, const json::object& container,
                     const pod::SecurityContext& security) {
  if (context.settings.allow_privileged) return {};
  if (security.privileged) return refuse(context, container, "privileged: true");
  if (security.proc_unmasked) return refuse(context, container, "procMount: Unmasked");
  for (const std::string& name : security.capabilities.add) {
    if (std::find(kHostCapabilities.begin(), kHostCapabilities.end(), name) !=
        kHostCapabilities.end()) {
      return refuse(context, container, "the capability " + name);
    }
  }
  return {};
}

}  // namespace

Result<pod::SecurityContext> plan_security(const PlanContext& context, const json::object& pod_spec,
                                           const json::object& container) {
  const json::object& pod = object_of(pod_spec, "securityContext");
  const json::object& own = object_of(container, "securityContext");
  pod::SecurityContext security;
  security.run_as_user = number(pod, own, "runAsUser");
  security.run_as_group = number(pod, own, "runAsGroup");
  security.run_as_non_root = flag(pod, own, "runAsNonRoot", false);
  security.fs_group = number(pod, {}, "fsGroup");
  for (const json::value& group : list_of(pod, "supplementalGroups")) {
    if (group.is_number()) security.supplemental_groups.push_back(group.to_number<int64_t>());
  }
  security.privileged = get_bool(own, "privileged");
  security.read_only_root = get_bool(own, "readOnlyRootFilesystem");
  security.allow_privilege_escalation = get_bool(own, "allowPrivilegeEscalation", true);
  const json::object& profile =
      object_of(find(own, "seccompProfile") != nullptr ? own : pod, "seccompProfile");
  if (const std::string type = get_string(profile, "type"); type == "Localhost") {
    return plan_error(
        context, ErrorCode::kUnsupported,
        fmt::format("container {}: seccompProfile Localhost {} is not available here; "
                    "the types are RuntimeDefault and Unconfined",
                    get_string(container, "name"), get_string(profile, "localhostProfile")));
  }
  security.seccomp_unconfined = security.privileged || get_string(profile, "type") == "Unconfined";
  security.proc_unmasked = get_string(own, "procMount") == "Unmasked";
  const json::object& capabilities = object_of(own, "capabilities");
  security.capabilities = {capability_names(capabilities, "add"),
                           capability_names(capabilities, "drop")};
  TRY(check_allowed(context, container, security));
  return security;
}

}  // namespace slipway::workflow
