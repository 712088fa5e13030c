#include "core/workflow/validate_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/workflow/plan_context.h"

namespace slipway::workflow {
namespace {

// The first words of the names that are checked; `item` itself and `outputs` resolve elsewhere.
constexpr std::array<std::string_view, 6> kChecked{"workflow", "inputs", "steps",
                                                   "tasks",    "pod",    "item"};

constexpr std::array<std::string_view, 12> kWorkflowNames{"workflow.name",
                                                          "workflow.namespace",
                                                          "workflow.uid",
                                                          "workflow.serviceAccountName",
                                                          "workflow.mainEntrypoint",
                                                          "workflow.creationTimestamp",
                                                          "workflow.scheduledTime",
                                                          "workflow.priority",
                                                          "workflow.parameters",
                                                          "workflow.parameters.json",
                                                          "workflow.duration",
                                                          "workflow.status"};

constexpr std::array<std::string_view, 8> kNodeNames{
    "id", "ip", "status", "exitCode", "name", "startedAt", "finishedAt", "hostNodeName"};

std::string_view trimmed(std::string_view tag) {
  while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
  while (!tag.empty() && tag.back() == ' ') tag.remove_suffix(1);
  return tag;
}

// At any depth.
bool has_member(const json::value& value, std::string_view name) {
  if (const json::array* items = value.if_array()) {
    return std::any_of(items->begin(), items->end(),
                       [&](const json::value& item) { return has_member(item, name); });
  }
  const json::object* object = value.if_object();
  return object != nullptr && std::any_of(object->begin(), object->end(), [&](const auto& member) {
           return member.key() == name || has_member(member.value(), name);
         });
}

bool declares(const json::object& templ, std::string_view list, std::string_view name) {
  for (const json::value& item : list_of(object_of(templ, "outputs"), list)) {
    const json::string* own = item.is_object() ? find_string(item.get_object(), "name") : nullptr;
    if (own == nullptr) continue;
    const std::string_view text = view(*own);
    // Anything may follow a name: the path of an artifact, a field of an aggregated value.
    if (name == text || (name.starts_with(text) && name[text.size()] == '.')) return true;
  }
  return false;
}

// Whether steps.NAME.`property` exists once `templ` has run.
bool has_property(const json::object& templ, std::string_view property) {
  if (std::find(kNodeNames.begin(), kNodeNames.end(), property) != kNodeNames.end()) return true;
  if (find(templ, "plugin") != nullptr) return true;  // a plugin gives what it likes
  constexpr std::string_view kOutputs = "outputs.";
  if (!property.starts_with(kOutputs)) return false;
  property.remove_prefix(kOutputs.size());
  for (const std::string_view whole : {"result", "exitCode", "parameters", "artifacts"}) {
    if (property == whole) return true;
  }
  for (const std::string_view list : {"parameters", "artifacts"}) {
    if (!property.starts_with(list) || property[list.size()] != '.') continue;
    const std::string_view name = property.substr(list.size() + 1);
    return declares(templ, list, name) || (list == "artifacts" && name.starts_with("main-logs"));
  }
  return false;
}

void check_text(std::string_view text, const Sight& sight, const std::string& place,
                Problems& problems) {
  for (size_t open = text.find("{{"); open != text.npos; open = text.find("{{", open + 2)) {
    const size_t close = text.find("}}", open + 2);
    if (close == text.npos) return;
    const std::string_view tag = text.substr(open + 2, close - open - 2);
    // An expression is judged when it is evaluated; of nested tags only the inner one is known.
    if (tag.starts_with('=') || has_tag(tag) || sight.resolves(trimmed(tag))) continue;
    problems.add(fmt::format("{} failed to resolve {{{{{}}}}}", place, tag));
  }
}

}  // namespace

KnownNames KnownNames::of_workflow(const Subject& subject) {
  KnownNames known;
  known.names_.insert(kWorkflowNames.begin(), kWorkflowNames.end());
  for (const std::string_view open :
       {"workflow.labels", "workflow.annotations", "workflow.creationTimestamp"}) {
    known.open_.emplace(open);
  }
  known.add_global_outputs(subject);
  known.names_.insert({"workflow.labels", "workflow.annotations"});
  if (subject.is_template) known.open_.emplace("workflow.parameters");
  for (const std::string& name : names_in(object_of(subject.spec, "arguments"), "parameters")) {
    known.names_.insert("workflow.parameters." + name);
  }
  known.names_.insert({"steps.name", "tasks.name"});
  return known;
}

// Outputs with a globalName. Those of other objects' templates are not looked for.
void KnownNames::add_global_outputs(const Subject& subject) {
  bool open = subject.is_template;
  for (const json::value& item : list_of(subject.spec, "templates")) {
    if (!item.is_object()) continue;
    open = open || has_member(item, "templateRef");
    for (const std::string_view list : {"parameters", "artifacts"}) {
      for (const json::value& output : list_of(object_of(item.get_object(), "outputs"), list)) {
        if (!output.is_object()) continue;
        const std::string name = get_string(output.get_object(), "globalName");
        open = open || has_tag(name);
        if (!name.empty()) names_.insert(fmt::format("workflow.outputs.{}.{}", list, name));
      }
    }
  }
  if (open) open_.emplace("workflow.outputs");
}

void KnownNames::add_template(const json::object& templ) {
  const json::object& inputs = object_of(templ, "inputs");
  names_.insert("inputs.parameters");
  names_.insert("inputs.artifacts");
  for (const std::string& name : names_in(inputs, "parameters")) {
    names_.insert("inputs.parameters." + name);
  }
  for (const std::string& name : names_in(inputs, "artifacts")) {
    names_.insert("inputs.artifacts." + name);
    open_.insert("inputs.artifacts." + name);
  }
  const std::optional<TemplateType> type = template_type(templ);
  if (type && runs_in_pod(*type)) names_.insert("pod.name");
}

void KnownNames::add_loop(const json::object& call) {
  for (const json::value& item : list_of(call, "withItems")) {
    if (item.is_array()) open_.insert("item");
    if (!item.is_object()) continue;
    for (const auto& member : item.get_object())
      names_.insert(fmt::format("item.{}", std::string_view(member.key())));
  }
  if (!get_string(call, "withParam").empty()) open_.insert("item");
}

bool KnownNames::resolves(std::string_view tag) const {
  const std::string_view first = tag.substr(0, tag.find('.'));
  if (first == tag || std::find(kChecked.begin(), kChecked.end(), first) == kChecked.end()) {
    return true;
  }
  if (names_.contains(tag)) return true;
  for (size_t dot = tag.rfind('.'); dot != tag.npos && dot > 0; dot = tag.rfind('.', dot - 1)) {
    if (open_.contains(tag.substr(0, dot))) return true;
  }
  return false;
}

bool Sight::resolves(std::string_view tag) const {
  if (prefix.empty() || calls == nullptr || !tag.starts_with(prefix) ||
      tag.size() <= prefix.size() || tag[prefix.size()] != '.') {
    return names.resolves(tag);
  }
  const std::string_view rest = tag.substr(prefix.size() + 1);
  const size_t dot = rest.find('.');
  const auto call = calls->find(rest.substr(0, dot));
  if (dot == rest.npos || call == calls->end() || !before(call->first)) return names.resolves(tag);
  return call->second == nullptr || has_property(*call->second, rest.substr(dot + 1));
}

void check_tags(const json::value& value, const Sight& sight, const std::string& place,
                Problems& problems) {
  if (value.is_string()) {
    check_text(view(value.get_string()), sight, place, problems);
  } else if (value.is_array()) {
    for (const json::value& item : value.get_array()) check_tags(item, sight, place, problems);
  } else if (value.is_object()) {
    for (const auto& member : value.get_object()) {
      check_text(member.key(), sight, place, problems);
      check_tags(member.value(), sight, place, problems);
    }
  }
}

}  // namespace slipway::workflow
