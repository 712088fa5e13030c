#include "core/sensor/submit_flags.h"
#include "core/sensor/trigger.h"

namespace slipway::sensor {
namespace {

std::vector<std::string> args_of(const json::object& config) {
  std::vector<std::string> out;
  const json::array* args = find_array(config, "args");
  for (const json::value& arg : args != nullptr ? *args : json::array()) {
    out.push_back(arg.is_string() ? str(arg.get_string()) : print_json(arg));
  }
  return out;
}

// Whether the argument's text came from an event, through a parameter with dest
// argoWorkflow.args.N.
bool is_tainted(const std::set<std::string>& outer, size_t argument) {
  return outer.contains("argoWorkflow.args." + std::to_string(argument));
}

json::object& child(json::object& object, std::string_view key) {
  json::value& value = object[key];
  if (!value.is_object()) value = json::object();
  return value.get_object();
}

void set_parameter(json::object& object, const SubmitFlags::Parameter& parameter) {
  json::value& list = child(child(object, "spec"), "arguments")["parameters"];
  if (!list.is_array()) list = json::array();
  for (json::value& item : list.get_array()) {
    json::object* existing = item.if_object();
    if (existing == nullptr || get_string(*existing, "name") != parameter.name) continue;
    existing->erase("valueFrom");
    (*existing)["value"] = parameter.value;
    return;
  }
  list.get_array().push_back({{"name", parameter.name}, {"value", parameter.value}});
}

void apply_flags(json::object& object, const SubmitFlags& flags) {
  json::object& metadata = child(object, "metadata");
  if (!flags.name.empty()) metadata["name"] = flags.name;
  if (!flags.generate_name.empty()) metadata["generateName"] = flags.generate_name;
  for (const auto& [key, value] : flags.labels) child(metadata, "labels")[key] = value;
  for (const auto& [key, value] : flags.annotations) child(metadata, "annotations")[key] = value;
  json::object& spec = child(object, "spec");
  if (!flags.entrypoint.empty()) spec["entrypoint"] = flags.entrypoint;
  if (!flags.service_account.empty()) spec["serviceAccountName"] = flags.service_account;
  if (flags.priority) spec["priority"] = *flags.priority;
  for (const SubmitFlags::Parameter& parameter : flags.parameters) set_parameter(object, parameter);
}

Result<Action> submit(std::string_view trigger, Fetched fetched, const SubmitFlags& flags,
                      const Firework& work, const std::set<std::string>& outer) {
  const std::string kind = get_string(fetched.object, "kind");
  if (kind != "Workflow") {
    return Error{ErrorCode::kInvalid, "submit needs a Workflow, not a " + kind +
                                          "; use operation: submit-from for templates"};
  }
  CreateWorkflow action;
  action.ns = flags.ns.empty() ? namespace_of(fetched.object, work) : flags.ns;
  apply_flags(fetched.object, flags);
  add_labels(fetched.object, work.sensor.name(), trigger, work.now);
  const json::object& metadata = child(fetched.object, "metadata");
  if (get_string(metadata, "name").empty() && get_string(metadata, "generateName").empty()) {
    return Error{ErrorCode::kInvalid,
                 "the workflow has neither metadata.name nor metadata.generateName"};
  }
  action.untrusted = named_paths(fetched.untrusted, fetched.object);
  for (const SubmitFlags::Parameter& parameter : flags.parameters) {
    if (!is_tainted(outer, parameter.argument)) continue;
    action.untrusted.push_back("spec.arguments.parameters." + parameter.name);
  }
  action.object = std::move(fetched.object);
  return Action(std::move(action));
}

// "CronWorkflow", "cronwf", "workflowtemplates"... as argo accepts them after --from.
Result<std::string> source_kind(std::string_view kind) {
  const std::optional<manifest::Kind> parsed = manifest::parse_kind(kind);
  if (parsed == manifest::Kind::kCronWorkflow || parsed == manifest::Kind::kWorkflowTemplate ||
      parsed == manifest::Kind::kClusterWorkflowTemplate) {
    return std::string(manifest::to_string(*parsed));
  }
  return Error{ErrorCode::kInvalid, "can not submit from kind \"" + std::string(kind) +
                                        "\"; use WorkflowTemplate, ClusterWorkflowTemplate or "
                                        "CronWorkflow"};
}

Result<Action> submit_from(std::string_view trigger, const std::string& kind, std::string name,
                           std::string ns, SubmitFlags flags, const Firework& work,
                           const std::set<std::string>& outer) {
  SubmitFrom action;
  TRY_ASSIGN(action.kind, source_kind(kind));
  action.name = std::move(name);
  if (action.name.empty()) {
    return Error{ErrorCode::kInvalid, "submit-from needs metadata.name of the " + action.kind};
  }
  action.ns = flags.ns.empty() ? std::move(ns) : flags.ns;
  for (const SubmitFlags::Parameter& parameter : flags.parameters) {
    action.parameters.emplace_back(parameter.name, parameter.value);
    if (is_tainted(outer, parameter.argument)) action.untrusted.push_back(parameter.name);
  }
  action.labels = std::move(flags.labels);
  json::object labelled;
  add_labels(labelled, work.sensor.name(), trigger, work.now);
  for (const auto& label : *find_object(*find_object(labelled, "metadata"), "labels")) {
    action.labels.emplace_back(label.key(), str(label.value().get_string()));
  }
  action.annotations = std::move(flags.annotations);
  action.new_name = std::move(flags.name);
  action.generate_name = std::move(flags.generate_name);
  action.entrypoint = std::move(flags.entrypoint);
  action.service_account = std::move(flags.service_account);
  action.priority = flags.priority;
  return Action(std::move(action));
}

}  // namespace

Result<Action> build_argo_workflow(std::string_view trigger, const json::object& config,
                                   const Firework& work, const std::set<std::string>& outer) {
  const std::string operation = get_string(config, "operation", "submit");
  TRY_ASSIGN(SubmitFlags flags, parse_submit_flags(args_of(config)));
  if (operation == "submit" && !flags.from.empty()) {
    const size_t slash = flags.from.find('/');
    if (slash == std::string::npos) {
      return Error{ErrorCode::kInvalid, "args: --from needs kind/name, not \"" + flags.from + "\""};
    }
    const std::string kind = flags.from.substr(0, slash), name = flags.from.substr(slash + 1);
    return submit_from(trigger, kind, name, work.sensor.key().ns, std::move(flags), work, outer);
  }
  TRY_ASSIGN(Fetched fetched, fetch_object("argoWorkflow", config, work, outer));
  if (operation == "submit") return submit(trigger, std::move(fetched), flags, work, outer);

  const json::object* metadata = find_object(fetched.object, "metadata");
  const std::string name = metadata != nullptr ? get_string(*metadata, "name") : "";
  const std::string ns = namespace_of(fetched.object, work);
  if (operation == "submit-from") {
    return submit_from(trigger, get_string(fetched.object, "kind"), name, ns, std::move(flags),
                       work, outer);
  }
  for (const std::string_view verb :
       {"suspend", "resubmit", "retry", "resume", "terminate", "stop"}) {
    if (operation != verb) continue;
    if (name.empty()) return Error{ErrorCode::kInvalid, operation + " needs metadata.name"};
    Operate operate{operation, flags.ns.empty() ? ns : flags.ns, name};
    if (!flags.parameters.empty() && verb != "retry" && verb != "resubmit") {
      return Error{ErrorCode::kInvalid, "args: " + operation + " takes no -p"};
    }
    for (const SubmitFlags::Parameter& parameter : flags.parameters) {
      operate.parameters.emplace_back(parameter.name, parameter.value);
      if (is_tainted(outer, parameter.argument)) operate.untrusted.push_back(parameter.name);
    }
    return Action(std::move(operate));
  }
  return Error{ErrorCode::kInvalid, "unknown argoWorkflow operation \"" + operation + "\""};
}

}  // namespace slipway::sensor
