#include "core/sensor/trigger.h"

namespace slipway::sensor {
namespace {

constexpr size_t kLogRunes = 16'384;

// In the order in which Argo Events looks for the one that is set.
constexpr std::string_view kTypes[] = {
    "k8s",   "argoWorkflow", "http", "awsLambda", "azureEventHubs", "azureServiceBus",
    "kafka", "pulsar",       "nats", "slack",     "openWhisk",      "custom",
    "log",   "email"};

Result<Action> build_k8s(std::string_view trigger, const json::object& config, const Firework& work,
                         const std::set<std::string>& outer) {
  const std::string operation = get_string(config, "operation", "create");
  if (operation != "create" && operation != "update" && operation != "patch" &&
      operation != "delete") {
    return Error{ErrorCode::kInvalid,
                 "k8s operation " + operation + " is none of create, update, patch and delete"};
  }
  TRY_ASSIGN(Fetched fetched, fetch_object("k8s", config, work, outer));
  const std::string kind = get_string(fetched.object, "kind");
  if (!manifest::parse_kind(kind)) {
    return Error{ErrorCode::kUnsupported,
                 "k8s triggers act on Slipway's own kinds, and there is no Kubernetes API for " +
                     (kind.empty() ? std::string("an object without kind") : kind)};
  }
  if (kind != "Workflow" || operation != "create") {
    ChangeObject action;
    action.operation = operation;
    action.ns = namespace_of(fetched.object, work);
    action.patch_strategy = get_string(config, "patchStrategy");
    if (operation == "create") {
      add_labels(fetched.object, work.sensor.name(), trigger, work.now);
    }
    action.object = std::move(fetched.object);
    return Action(std::move(action));
  }
  CreateWorkflow action;
  action.ns = namespace_of(fetched.object, work);
  add_labels(fetched.object, work.sensor.name(), trigger, work.now);
  action.untrusted = named_paths(fetched.untrusted, fetched.object);
  action.object = std::move(fetched.object);
  return Action(std::move(action));
}

Action build_log(const Firework& work) {
  json::object events;
  for (const auto& [dependency, event] : work.events) {
    events[dependency] = {{"context", context_of(*event)}, {"data", event->data}};
  }
  std::string text = print_json(events);
  if (text.size() > kLogRunes) text = text.substr(0, kLogRunes) + "...";
  return WriteLog{std::move(text)};
}

// Whatever the manifest says of names: an object only.
Result<json::object> as_template(json::value value) {
  if (!value.is_object()) {
    return Error{ErrorCode::kInvalid, "after its parameters the trigger's template is no object"};
  }
  return std::move(value.get_object());
}

struct Describe {
  std::string operator()(const CreateWorkflow& action) const {
    const json::object* metadata = find_object(action.object, "metadata");
    std::string name = metadata != nullptr ? get_string(*metadata, "name") : "";
    if (name.empty() && metadata != nullptr) name = get_string(*metadata, "generateName");
    return "Workflow " + action.ns + "/" + name;
  }
  std::string operator()(const SubmitFrom& action) const {
    return "Workflow from " + action.kind + " " + action.ns + "/" + action.name;
  }
  std::string operator()(const Operate& action) const {
    return action.verb + " of Workflow " + action.ns + "/" + action.name;
  }
  std::string operator()(const ChangeObject& action) const {
    const json::object* metadata = find_object(action.object, "metadata");
    std::string name = metadata != nullptr ? get_string(*metadata, "name") : "";
    if (name.empty() && metadata != nullptr) name = get_string(*metadata, "generateName");
    return action.operation + " of " + get_string(action.object, "kind") + " " + action.ns + "/" +
           name;
  }
  std::string operator()(const WriteLog&) const { return "log line"; }
  std::string operator()(const CallHttp& action) const {
    // User, password and query may be secret.
    std::string url = action.url.substr(0, action.url.find('?'));
    if (const size_t at = url.find('@'), scheme = url.find("://");
        at != std::string::npos && scheme != std::string::npos && at > scheme) {
      url = url.substr(0, scheme + 3) + url.substr(at + 1);
    }
    return action.method + " " + url;
  }
};

}  // namespace

Result<Action> build_action(const json::object& trigger, const Firework& work) {
  const json::object* original = find_object(trigger, "template");
  if (original == nullptr) return Error{ErrorCode::kInvalid, "the trigger has no template"};
  json::value edited = *original;
  std::set<std::string> outer;
  TRY(apply_parameters(find_array(trigger, "parameters"), work, edited, outer));
  TRY_ASSIGN(const json::object made, as_template(std::move(edited)));
  const std::string name = get_string(made, "name");
  for (const std::string_view type : kTypes) {
    const json::object* config = find_object(made, type);
    if (config == nullptr) continue;
    if (type == "k8s") return build_k8s(name, *config, work, outer);
    if (type == "argoWorkflow") return build_argo_workflow(name, *config, work, outer);
    if (type == "http") return build_http(*config, find_object(trigger, "policy"), work);
    if (type == "log") return build_log(work);
    return Error{ErrorCode::kUnsupported,
                 "trigger type " + std::string(type) + " is not supported yet"};
  }
  return Error{ErrorCode::kInvalid,
               "the trigger's template names no type; write k8s, argoWorkflow, http or log"};
}

std::string describe(const Action& action) { return std::visit(Describe{}, action); }

}  // namespace slipway::sensor
