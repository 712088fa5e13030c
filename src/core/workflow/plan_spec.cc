#include "core/workflow/plan_spec.h"

#include <fmt/format.h>

#include <set>

#include "core/workflow/plan_account.h"
#include "core/workflow/template_type.h"

namespace slipway::workflow {
namespace {

void copy_member(const json::object& from, std::string_view key, json::object& to) {
  if (const json::value* value = find(from, key)) to[key] = *value;
}

// The template's value, else the spec's.
void copy_first(const PlanContext& context, std::string_view key, json::object& to) {
  copy_member(find(context.templ, key) != nullptr ? context.templ : context.spec, key, to);
}

bool mounts_path(const json::array& mounts, const std::string& path) {
  for (const json::value& mount : mounts) {
    if (mount.is_object() && get_string(mount.get_object(), "mountPath") == path) return true;
  }
  return false;
}

void add_mounts(json::object& container, const json::array& added) {
  json::array mounts = list_of(container, "volumeMounts");
  for (const json::value& mount : added) {
    if (!mount.is_object() || mounts_path(mounts, get_string(mount.get_object(), "mountPath"))) {
      continue;
    }
    mounts.push_back(mount);
  }
  if (!mounts.empty()) container["volumeMounts"] = std::move(mounts);
}

Result<json::array> main_containers(const PlanContext& context) {
  const std::optional<TemplateType> type = template_type(context.templ);
  if (type == TemplateType::kContainer || type == TemplateType::kScript) {
    json::object main = object_of(context.templ, to_string(*type));
    main["name"] = "main";
    return json::array{std::move(main)};
  }
  if (type == TemplateType::kContainerSet) {
    const json::object& set = object_of(context.templ, "containerSet");
    json::array containers;
    for (const json::value& item : list_of(set, "containers")) {
      if (!item.is_object()) continue;
      json::object container = item.get_object();
      add_mounts(container, list_of(set, "volumeMounts"));
      copy_member(set, "retryStrategy", container);
      containers.push_back(std::move(container));
    }
    if (containers.empty()) {
      return plan_error(context, ErrorCode::kInvalid, "containerSet.containers is empty");
    }
    return containers;
  }
  return plan_error(
      context, ErrorCode::kUnsupported,
      fmt::format("{} templates are not run by this server; they need a Kubernetes cluster or "
                  "artifact listing",
                  type ? to_string(*type) : std::string_view("untyped")));
}

// A sidecar or init container; mirrorVolumeMounts gives it what main mounts.
json::object user_container(const json::object& from, const json::array& mains) {
  json::object container = from;
  if (get_bool(from, "mirrorVolumeMounts")) {
    for (const json::value& main : mains) {
      add_mounts(container, list_of(main.get_object(), "volumeMounts"));
    }
  }
  return container;
}

void collect_mounted(const json::array& containers, std::set<std::string>& names) {
  for (const json::value& container : containers) {
    for (const json::value& mount : list_of(container.get_object(), "volumeMounts")) {
      if (mount.is_object()) names.insert(get_string(mount.get_object(), "name"));
    }
  }
}

// Volumes that are mounted, the template's before the spec's, then the claims made for the run.
json::array mounted_volumes(const PlanContext& context, const std::set<std::string>& mounted) {
  json::array volumes;
  std::set<std::string> seen;
  const auto add = [&](const std::string& name, const json::value& volume) {
    if (mounted.contains(name) && seen.insert(name).second) volumes.push_back(volume);
  };
  for (const json::object* from : {&context.templ, &context.spec}) {
    for (const json::value& volume : list_of(*from, "volumes")) {
      if (volume.is_object()) add(get_string(volume.get_object(), "name"), volume);
    }
  }
  for (const json::value& claim : list_of(context.spec, "volumeClaimTemplates")) {
    if (!claim.is_object()) continue;
    const std::string name = get_string(object_of(claim.get_object(), "metadata"), "name");
    const std::string claim_name = fmt::format("{}-{}", context.workflow_name, name);
    add(name, json::object{{"name", name},
                           {"persistentVolumeClaim", json::object{{"claimName", claim_name}}}});
  }
  return volumes;
}

}  // namespace

Result<json::object> pod_spec(const PlanContext& context) {
  json::object spec;
  TRY_ASSIGN(json::array containers, main_containers(context));
  const json::array mains = containers;
  for (const json::value& item : list_of(context.templ, "sidecars")) {
    if (item.is_object()) containers.push_back(user_container(item.get_object(), mains));
  }
  json::array inits;
  for (const json::value& item : list_of(context.templ, "initContainers")) {
    if (item.is_object()) inits.push_back(user_container(item.get_object(), mains));
  }
  std::set<std::string> mounted;
  collect_mounted(containers, mounted);
  collect_mounted(inits, mounted);
  spec["containers"] = std::move(containers);
  if (!inits.empty()) spec["initContainers"] = std::move(inits);
  if (json::array volumes = mounted_volumes(context, mounted); !volumes.empty()) {
    spec["volumes"] = std::move(volumes);
  }
  for (const std::string_view key : {"hostNetwork", "dnsPolicy", "dnsConfig", "imagePullSecrets"}) {
    copy_member(context.spec, key, spec);
  }
  for (const std::string_view key :
       {"securityContext", "hostAliases", "serviceAccountName", "automountServiceAccountToken"}) {
    copy_first(context, key, spec);
  }
  for (const json::object* from : {&context.spec, &context.templ}) {
    const std::string patch = get_string(*from, "podSpecPatch");
    if (patch.empty()) continue;
    TRY_ASSIGN(spec, apply_pod_spec_patch(std::move(spec), patch, context));
  }
  mount_account(context, spec);
  return spec;
}

}  // namespace slipway::workflow
