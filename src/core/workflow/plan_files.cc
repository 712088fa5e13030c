#include <fmt/format.h>

#include "core/workflow/plan_account.h"
#include "core/workflow/plan_field.h"
#include "core/workflow/plan_source.h"
#include "core/workflow/plan_volume.h"

namespace slipway::workflow {
namespace {

// Gathers the files of one volume; `mode` is the volume's defaultMode.
class FileSet {
 public:
  FileSet(const PlanContext& context, const json::object& pod_spec, std::string volume,
          uint32_t mode)
      : context_(context), pod_spec_(pod_spec), volume_(std::move(volume)), mode_(mode) {}

  Status add_source(SourceKind kind, const json::object& source) {
    std::string name = get_string(source, "name");
    if (name.empty()) name = get_string(source, "secretName");
    const bool optional = get_bool(source, "optional");
    TRY_ASSIGN(const auto values, source_values(context_, kind, name, optional));
    const json::array& items = list_of(source, "items");
    if (items.empty()) {
      for (const auto& [key, value] : values) TRY(add(key, value, mode_));
    }
    for (const json::value& value : items) {
      if (!value.is_object()) continue;
      const json::object& item = value.get_object();
      const auto found = values.find(get_string(item, "key"));
      if (found != values.end()) {
        TRY(add(get_string(item, "path"), found->second, item_mode(item)));
      } else if (!optional) {
        return plan_error(context_, ErrorCode::kNotFound,
                          fmt::format("volume {}: {} \"{}\" has no key \"{}\"", volume_,
                                      kind == SourceKind::kSecret ? "Secret" : "ConfigMap", name,
                                      get_string(item, "key")));
      }
    }
    return {};
  }

  Status add_downward(const json::object& source) {
    for (const json::value& value : list_of(source, "items")) {
      if (!value.is_object()) continue;
      const json::object& item = value.get_object();
      ResourceValue content;
      if (const json::object* field = find_object(item, "fieldRef")) {
        TRY_ASSIGN(content.text, field_value(context_, pod_spec_, get_string(*field, "fieldPath")));
      } else {
        static const json::object kNoContainer;
        TRY_ASSIGN(content, resource_value(context_, pod_spec_, kNoContainer,
                                           object_of(item, "resourceFieldRef")));
      }
      TRY(add(get_string(item, "path"), std::move(content.text), item_mode(item)));
      files_.back().runtime_field = std::move(content.runtime_field);
    }
    return {};
  }

  Status add_projected(const json::object& projected) {
    for (const json::value& value : list_of(projected, "sources")) {
      if (!value.is_object()) continue;
      const json::object& source = value.get_object();
      if (const json::object* from = find_object(source, "configMap")) {
        TRY(add_source(SourceKind::kConfigMap, *from));
      } else if (const json::object* from = find_object(source, "secret")) {
        TRY(add_source(SourceKind::kSecret, *from));
      } else if (const json::object* from = find_object(source, "downwardAPI")) {
        TRY(add_downward(*from));
      } else if (const json::object* from = find_object(source, "serviceAccountToken")) {
        TRY_ASSIGN(std::string token,
                   account_token(context_, pod_spec_, get_string(*from, "audience")));
        TRY(add(get_string(*from, "path"), std::move(token), mode_));
      } else if (!source.empty()) {
        return plan_error(context_, ErrorCode::kUnsupported,
                          fmt::format("volume {}: projected {} needs a Kubernetes cluster", volume_,
                                      std::string_view(source.begin()->key())));
      }
    }
    return {};
  }

  std::vector<pod::VolumeFile> take() { return std::move(files_); }

 private:
  uint32_t item_mode(const json::object& item) const {
    return static_cast<uint32_t>(get_int(item, "mode", mode_)) & 07777;
  }

  Status add(std::string path, std::string content, uint32_t mode) {
    const std::string framed = "/" + path + "/";
    if (path.empty() || path.starts_with('/') || framed.find("/../") != framed.npos) {
      return plan_error(
          context_, ErrorCode::kInvalid,
          fmt::format("volume {}: the path \"{}\" must be relative and without \"..\"", volume_,
                      path));
    }
    files_.push_back({std::move(path), std::move(content), mode});
    return {};
  }

  const PlanContext& context_;
  const json::object& pod_spec_;
  std::string volume_;
  uint32_t mode_;
  std::vector<pod::VolumeFile> files_;
};

}  // namespace

Result<std::vector<pod::VolumeFile>> plan_files(const PlanContext& context,
                                                const json::object& pod_spec,
                                                const json::object& volume) {
  for (const std::string_view kind : {"configMap", "secret", "projected", "downwardAPI"}) {
    const json::object* source = find_object(volume, kind);
    if (source == nullptr) continue;
    FileSet files(context, pod_spec, get_string(volume, "name"),
                  static_cast<uint32_t>(get_int(*source, "defaultMode", 0644)) & 07777);
    if (kind == "configMap") TRY(files.add_source(SourceKind::kConfigMap, *source));
    if (kind == "secret") TRY(files.add_source(SourceKind::kSecret, *source));
    if (kind == "projected") TRY(files.add_projected(*source));
    if (kind == "downwardAPI") TRY(files.add_downward(*source));
    return files.take();
  }
  return std::vector<pod::VolumeFile>{};
}

}  // namespace slipway::workflow
