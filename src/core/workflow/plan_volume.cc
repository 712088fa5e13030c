#include "core/workflow/plan_volume.h"

#include <fmt/format.h>

#include "core/expr/golang/golang.h"
#include "core/workflow/plan_env.h"

namespace slipway::workflow {
namespace {

Status plan_empty_dir(const PlanContext& context, const json::object& source, pod::Volume& volume) {
  const std::string medium = get_string(source, "medium");
  if (!medium.empty() && medium != "Memory") {
    return plan_error(context, ErrorCode::kUnsupported,
                      fmt::format("volume {}: emptyDir medium {} is not available here; use Memory "
                                  "or leave it out",
                                  volume.name, medium));
  }
  volume.type = medium.empty() ? pod::Volume::Type::kEmptyDir : pod::Volume::Type::kMemory;
  if (const json::value* limit = find(source, "sizeLimit")) {
    TRY_ASSIGN(const int64_t millis, expr::parse_quantity_millis(scalar_text(*limit)));
    volume.size_limit_bytes = (millis + 999) / 1000;
  }
  return {};
}

Status plan_host_path(const PlanContext& context, const json::object& source, pod::Volume& volume) {
  if (!context.settings.allow_host_path) {
    return plan_error(context, ErrorCode::kUnauthorized,
                      fmt::format("volume {}: this server does not allow hostPath volumes; start "
                                  "it with --allow-host-path to allow them",
                                  volume.name));
  }
  volume.type = pod::Volume::Type::kHostPath;
  volume.host_path = get_string(source, "path");
  volume.host_path_type = get_string(source, "type");
  if (!volume.host_path.starts_with('/')) {
    return plan_error(context, ErrorCode::kInvalid,
                      fmt::format("volume {}: hostPath.path must be absolute", volume.name));
  }
  return {};
}

bool holds_files(const json::object& volume) {
  for (const std::string_view key : {"configMap", "secret", "projected", "downwardAPI"}) {
    if (find(volume, key) != nullptr) return true;
  }
  return false;
}

bool leaves_folder(std::string_view path) {
  return path == ".." || path.starts_with("../") || path.ends_with("/..") ||
         path.find("/../") != path.npos;
}

// nullptr when the pod has no volume of that name.
const json::object* find_volume(const json::object& pod_spec, const std::string& name) {
  for (const json::value& item : list_of(pod_spec, "volumes")) {
    if (item.is_object() && get_string(item.get_object(), "name") == name) {
      return &item.get_object();
    }
  }
  return nullptr;
}

}  // namespace

Result<pod::Volume> plan_volume(const PlanContext& context, const json::object& pod_spec,
                                const json::object& from) {
  pod::Volume volume{.name = get_string(from, "name")};
  if (const json::object* source = find_object(from, "emptyDir")) {
    TRY(plan_empty_dir(context, *source, volume));
  } else if (const json::object* source = find_object(from, "persistentVolumeClaim")) {
    volume.type = pod::Volume::Type::kClaim;
    volume.claim = context.ns + "/" + get_string(*source, "claimName");
  } else if (const json::object* source = find_object(from, "hostPath")) {
    TRY(plan_host_path(context, *source, volume));
  } else if (find(from, "ephemeral") != nullptr) {
    volume.type = pod::Volume::Type::kEmptyDir;  // lives and dies with the pod, as its claim would
  } else if (holds_files(from)) {
    volume.type = pod::Volume::Type::kFiles;
    TRY_ASSIGN(volume.files, plan_files(context, pod_spec, from));
  } else if (from.size() > 1) {
    const std::string_view kind =
        from.begin()->key() == "name" ? std::next(from.begin())->key() : from.begin()->key();
    return plan_error(context, ErrorCode::kUnsupported,
                      fmt::format("volume {}: {} volumes are not available here; use emptyDir, "
                                  "persistentVolumeClaim, configMap, secret, projected, "
                                  "downwardAPI or hostPath",
                                  volume.name, kind));
  }
  return volume;  // a volume without a source is an emptyDir to Kubernetes
}

Result<std::vector<pod::Mount>> plan_mounts(const PlanContext& context,
                                            const json::object& pod_spec,
                                            const json::object& container,
                                            const std::vector<pod::EnvVar>& env) {
  std::vector<pod::Mount> mounts;
  for (const json::value& item : list_of(container, "volumeMounts")) {
    if (!item.is_object()) continue;
    const json::object& from = item.get_object();
    pod::Mount mount{get_string(from, "name"), get_string(from, "mountPath"),
                     get_string(from, "subPath"), get_bool(from, "readOnly")};
    if (const std::string expression = get_string(from, "subPathExpr"); !expression.empty()) {
      mount.sub_path = expand_variables(expression, env);
    }
    const json::object* volume = find_volume(pod_spec, mount.volume);
    if (volume == nullptr) {
      return plan_error(
          context, ErrorCode::kInvalid,
          fmt::format("volume '{}' not found in workflow spec; container {} mounts it at {}",
                      mount.volume, get_string(container, "name"), mount.path));
    }
    if (!mount.path.starts_with('/') || mount.sub_path.starts_with('/') ||
        leaves_folder(mount.sub_path)) {
      return plan_error(context, ErrorCode::kInvalid,
                        fmt::format("volume {}: mountPath \"{}\" must be absolute, and subPath "
                                    "\"{}\" relative and without \"..\"",
                                    mount.volume, mount.path, mount.sub_path));
    }
    mount.read_only =
        mount.read_only || get_bool(object_of(*volume, "persistentVolumeClaim"), "readOnly");
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

}  // namespace slipway::workflow
