// A resource template's manifest and flags, as kubectl would read its command line.
#include <fmt/format.h>

#include "core/engine/act.h"
#include "core/manifest/parse.h"

namespace slipway::engine {
namespace {

Error invalid(std::string message) { return {ErrorCode::kInvalid, std::move(message), {}}; }

Result<manifest::Kind> kind_of(std::string_view name) {
  // "workflows.argoproj.io" and "cm" are kubectl's words too.
  const size_t dot = name.find('.');
  const auto kind = manifest::parse_kind(name.substr(0, dot));
  if (kind) return *kind;
  return Error{ErrorCode::kUnsupported,
               fmt::format("a resource template can act on Slipway's own kinds (Workflow, "
                           "WorkflowTemplate, ClusterWorkflowTemplate, CronWorkflow, ConfigMap, "
                           "Secret, PersistentVolumeClaim ...); '{}' is none of them, and there is "
                           "no Kubernetes API to send it to",
                           name),
               {}};
}

// Flags that change nothing here.
bool is_idle(std::string_view flag) {
  static constexpr std::string_view kIdle[] = {
      "--ignore-not-found", "--force",        "--wait",  "--validate",
      "--cascade",          "--grace-period", "--now",   "--timeout",
      "--overwrite",        "--server-side",  "--record"};
  return std::any_of(std::begin(kIdle), std::end(kIdle), [&](std::string_view idle) {
    return flag == idle || flag.starts_with(std::string(idle) + "=");
  });
}

Status read_positional(std::vector<std::string> words, ActOrder& order) {
  if (words.empty()) return {};
  if (const size_t slash = words[0].find('/'); slash != std::string::npos) {
    words.insert(words.begin() + 1, words[0].substr(slash + 1));
    words[0].resize(slash);
  }
  TRY_ASSIGN(order.kind, kind_of(words[0]));
  if (words.size() > 2) {
    return invalid(fmt::format("flags name more than one object: {}",
                               fmt::join(words.begin() + 1, words.end(), ", ")));
  }
  if (words.size() == 2) order.name = words[1];
  return {};
}

Status read_flags(const json::object& resource, ActOrder& order) {
  const json::array* flags = find_array(resource, "flags");
  if (flags == nullptr) return {};
  std::vector<std::string> words;
  for (size_t i = 0; i < flags->size(); ++i) {
    const std::string flag = (*flags)[i].is_string() ? str((*flags)[i].get_string()) : "";
    // "-n ns", "-n=ns", "--namespace=ns"
    const auto value = [&](std::string_view brief,
                           std::string_view full) -> std::optional<std::string> {
      for (const std::string_view name : {brief, full}) {
        if (flag == name && i + 1 < flags->size() && (*flags)[i + 1].is_string()) {
          return str((*flags)[++i].get_string());
        }
        if (flag.starts_with(std::string(name) + "=")) return flag.substr(name.size() + 1);
      }
      return std::nullopt;
    };
    if (auto ns = value("-n", "--namespace")) {
      order.ns = *ns;
    } else if (auto selector = value("-l", "--selector")) {
      order.selector = *selector;
    } else if (flag == "--all") {
      order.all = true;
    } else if (flag.starts_with('-')) {
      if (!is_idle(flag)) {
        return invalid(
            fmt::format("flag '{}' is not known to resource templates; -n, -l, --all, "
                        "and a kind with a name are",
                        flag));
      }
    } else if (!flag.empty()) {
      words.push_back(flag);
    }
  }
  return read_positional(std::move(words), order);
}

Status read_manifest(const std::string& text, ActOrder& order) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return {};
  TRY_ASSIGN(json::value value, manifest::parse_yaml(text, "manifest"));
  if (order.action == "patch") order.patch = value;
  if (!value.is_object()) {
    if (order.action == "patch") return {};
    return invalid("the manifest is no object");
  }
  json::object& object = value.get_object();
  const std::string kind = get_string(object, "kind");
  if (kind.empty()) {
    if (order.action == "patch" && order.kind) return {};
    return invalid("the manifest has no kind");
  }
  TRY_ASSIGN(order.kind, kind_of(kind));
  const manifest::Resource resource{*order.kind, object};
  order.name = resource.name();
  if (!resource.ns().empty()) order.ns = resource.ns();
  if (order.action != "patch") order.object = std::move(object);
  return {};
}

void own(const workflow::Run& run, json::object& object) {
  json::value& metadata = object["metadata"];
  if (!metadata.is_object()) metadata.emplace_object();
  json::value& owners = metadata.get_object()["ownerReferences"];
  if (!owners.is_array()) owners.emplace_array();
  owners.get_array().push_back(json::object{{"apiVersion", "argoproj.io/v1alpha1"},
                                            {"kind", "Workflow"},
                                            {"name", run.name()},
                                            {"uid", run.uid().value},
                                            {"controller", true},
                                            {"blockOwnerDeletion", true}});
}

}  // namespace

Result<ActOrder> read_order(const json::object& resource, const std::string& text,
                            const workflow::Run& run) {
  ActOrder order;
  order.action = get_string(resource, "action");
  order.ns = run.ns();
  order.merge_strategy = get_string(resource, "mergeStrategy", "strategic");
  static constexpr std::string_view kActions[] = {"get",    "create",  "apply",
                                                  "delete", "replace", "patch"};
  if (std::find(std::begin(kActions), std::end(kActions), order.action) == std::end(kActions)) {
    return invalid(
        fmt::format("resource.action '{}' is none of get, create, apply, delete, "
                    "replace and patch",
                    order.action));
  }
  TRY(read_flags(resource, order));
  TRY(read_manifest(text, order));
  if (!order.kind) return invalid("Must provide at least one of flags or manifest.");
  const bool many = order.action == "delete" && (order.all || !order.selector.empty());
  const bool generated = order.action == "create" && !order.object.empty();
  if (order.name.empty() && !many && !generated) {
    return invalid(
        "Kind and name are both required but at least one of them is missing from the "
        "manifest");
  }
  const bool needs_object =
      order.action == "create" || order.action == "apply" || order.action == "replace";
  if (needs_object && order.object.empty()) {
    return invalid(fmt::format("action {} needs a manifest", order.action));
  }
  if (order.action == "patch" && order.patch.is_null()) {
    return invalid("action patch needs a manifest: the patch");
  }
  if (needs_object && get_bool(resource, "setOwnerReference")) own(run, order.object);
  return order;
}

}  // namespace slipway::engine
