#include "core/manifest/resource.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/assert.h"

namespace slipway::manifest {
namespace {

struct KindRow {
  Kind kind;
  std::string_view name, api_version, plural, singular;
  std::string_view short_names[2];
};

constexpr std::string_view kArgo = "argoproj.io/v1alpha1";

constexpr std::array<KindRow, 11> kKinds = {{
    {Kind::kWorkflow, "Workflow", kArgo, "workflows", "workflow", {"wf", ""}},
    {Kind::kWorkflowTemplate,
     "WorkflowTemplate",
     kArgo,
     "workflowtemplates",
     "workflowtemplate",
     {"wftmpl", ""}},
    {Kind::kClusterWorkflowTemplate,
     "ClusterWorkflowTemplate",
     kArgo,
     "clusterworkflowtemplates",
     "clusterworkflowtemplate",
     {"clusterwftmpl", "cwft"}},
    {Kind::kCronWorkflow,
     "CronWorkflow",
     kArgo,
     "cronworkflows",
     "cronworkflow",
     {"cwf", "cronwf"}},
    {Kind::kWorkflowEventBinding,
     "WorkflowEventBinding",
     kArgo,
     "workfloweventbindings",
     "workfloweventbinding",
     {"wfeb", ""}},
    {Kind::kEventSource, "EventSource", kArgo, "eventsources", "eventsource", {"es", ""}},
    {Kind::kEventBus, "EventBus", kArgo, "eventbus", "eventbus", {"eb", "eventbuses"}},
    {Kind::kSensor, "Sensor", kArgo, "sensors", "sensor", {"sn", ""}},
    {Kind::kSecret, "Secret", "v1", "secrets", "secret", {"", ""}},
    {Kind::kConfigMap, "ConfigMap", "v1", "configmaps", "configmap", {"cm", ""}},
    {Kind::kPersistentVolumeClaim,
     "PersistentVolumeClaim",
     "v1",
     "persistentvolumeclaims",
     "persistentvolumeclaim",
     {"pvc", ""}},
}};

const KindRow& row(Kind kind) {
  const auto found =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const KindRow& r) { return r.kind == kind; });
  SLIPWAY_ASSERT(found != kKinds.end());
  return *found;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

std::string_view to_string(Kind kind) { return row(kind).name; }
std::string_view api_version(Kind kind) { return row(kind).api_version; }
std::string_view plural(Kind kind) { return row(kind).plural; }
bool is_namespaced(Kind kind) { return kind != Kind::kClusterWorkflowTemplate; }

std::optional<Kind> parse_kind(std::string_view name) {
  if (name.empty()) return std::nullopt;
  const std::string wanted = lower(name);
  for (const KindRow& r : kKinds) {
    // A kind's name in lower case is its singular.
    if (wanted == r.singular || wanted == r.plural || wanted == r.short_names[0] ||
        wanted == r.short_names[1]) {
      return r.kind;
    }
  }
  return std::nullopt;
}

std::string ResourceKey::text() const {
  std::string out(to_string(kind));
  out += ' ';
  if (!ns.empty()) out += ns + '/';
  return out + name;
}

std::string Resource::name() const { return get_string(metadata(), "name"); }
std::string Resource::generate_name() const { return get_string(metadata(), "generateName"); }
std::string Resource::ns() const { return get_string(metadata(), "namespace"); }
const json::object& Resource::metadata() const { return object_of(object, "metadata"); }
const json::object& Resource::spec() const { return object_of(object, "spec"); }

ResourceKey Resource::key(std::string_view default_namespace) const {
  if (!is_namespaced(kind)) return {kind, {}, name()};
  std::string own = ns();
  return {kind, own.empty() ? std::string(default_namespace) : std::move(own), name()};
}

}  // namespace slipway::manifest
