#include "core/workflow/plan_account.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/pod/token.h"

namespace slipway::workflow {
namespace {

constexpr std::string_view kFolder = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr std::string_view kVolume = "kube-api-access";

// As the admission plugin writes it, so that one of the manifest's own reads the same.
json::object access_volume() {
  const auto item = [](std::string_view key, std::string_view path) {
    return json::array{json::object{{"key", key}, {"path", path}}};
  };
  const json::object field{{"apiVersion", "v1"}, {"fieldPath", "metadata.namespace"}};
  return {
      {"name", kVolume},
      {"projected",
       json::object{
           {"sources",
            json::array{{{"serviceAccountToken", json::object{{"path", "token"}}}},
                        {{"configMap", json::object{{"name", kRootCertificate},
                                                    {"items", item("ca.crt", "ca.crt")}}}},
                        {{"downwardAPI", json::object{{"items", json::array{json::object{
                                                                    {"path", "namespace"},
                                                                    {"fieldRef", field}}}}}}}}}}}};
}

bool mounts_at(const json::object& container, std::string_view path) {
  return std::ranges::any_of(list_of(container, "volumeMounts"), [&](const json::value& mount) {
    return mount.is_object() && get_string(mount.get_object(), "mountPath") == path;
  });
}

}  // namespace

void mount_account(const PlanContext& context, json::object& pod_spec) {
  if (!context.settings.pod_api) return;
  const json::value* wanted = find(pod_spec, "automountServiceAccountToken");
  if (wanted != nullptr && wanted->is_bool() && !wanted->get_bool()) return;
  bool mounted = false;
  for (const std::string_view key : {"initContainers", "containers"}) {
    json::value* containers = pod_spec.if_contains(key);
    if (containers == nullptr || !containers->is_array()) continue;
    for (json::value& item : containers->get_array()) {
      if (!item.is_object() || mounts_at(item.get_object(), kFolder)) continue;
      json::object& container = item.get_object();
      json::array mounts = list_of(container, "volumeMounts");
      mounts.push_back({{"name", kVolume}, {"mountPath", kFolder}, {"readOnly", true}});
      container["volumeMounts"] = std::move(mounts);
      mounted = true;
    }
  }
  if (!mounted) return;
  json::array volumes = list_of(pod_spec, "volumes");
  volumes.push_back(access_volume());
  pod_spec["volumes"] = std::move(volumes);
}

Result<std::string> account_token(const PlanContext& context, const json::object& pod_spec,
                                  std::string_view audience) {
  if (!context.settings.pod_api) {
    return plan_error(context, ErrorCode::kUnsupported,
                      "a service account's token needs a server that runs containers: `slipway "
                      "run` and plain processes have no API for pods");
  }
  const pod::Identity identity{
      context.ns,
      get_string(pod_spec, "serviceAccountName", context.settings.default_service_account),
      context.pod_name,
      context.node.pod_id,
      context.workflow_uid,
      context.node.id};
  return pod::sign_token(identity, audience.empty() ? pod::kTokenAudience : audience,
                         context.settings.pod_api->token_key, context.now);
}

void name_api(const PlanContext& context, pod::PodPlan& plan) {
  if (!context.settings.pod_api || plan.host_network) return;
  plan.host_aliases.push_back({context.settings.pod_api->host,
                               {"kubernetes.default.svc", "kubernetes.default", "kubernetes",
                                "kubernetes.default.svc.cluster.local"}});
}

std::vector<pod::EnvVar> service_variables(const PlanContext& context) {
  if (!context.settings.pod_api) return {};
  const std::string port = std::to_string(context.settings.pod_api->port);
  return {{"KUBERNETES_SERVICE_HOST", context.settings.pod_api->host},
          {"KUBERNETES_SERVICE_PORT", port},
          {"KUBERNETES_SERVICE_PORT_HTTPS", port}};
}

}  // namespace slipway::workflow
