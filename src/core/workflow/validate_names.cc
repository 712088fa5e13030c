#include "core/workflow/validate_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/workflow/plan_context.h"

namespace slipway::workflow {
namespace {

// The first words of the names that are checked; `item` and `outputs` resolve elsewhere.
constexpr std::array<std::string_view, 4> kChecked{"workflow", "inputs", "steps", "tasks"};

constexpr std::array<std::string_view, 13> kWorkflowNames{"workflow.name",
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
                                                          "workflow.status",
                                                          "workflow.failures"};

constexpr std::array<std::string_view, 8> kNodeNames{
    "id", "ip", "status", "exitCode", "name", "startedAt", "finishedAt", "hostNodeName"};

std::string_view trimmed(std::string_view tag) {
  while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
  while (!tag.empty() && tag.back() == ' ') tag.remove_suffix(1);
  return tag;
}

void check_text(std::string_view text, const KnownNames& names, const std::string& place,
                Problems& problems) {
  for (size_t open = text.find("{{"); open != text.npos; open = text.find("{{", open + 2)) {
    const size_t close = text.find("}}", open + 2);
    if (close == text.npos) return;
    const std::string_view tag = text.substr(open + 2, close - open - 2);
    // An expression is judged when it is evaluated; of nested tags only the inner one is known.
    if (tag.starts_with('=') || has_tag(tag) || names.resolves(trimmed(tag))) continue;
    problems.add(fmt::format("{} failed to resolve {{{{{}}}}}", place, tag));
  }
}

}  // namespace

KnownNames KnownNames::of_workflow(const Subject& subject) {
  KnownNames known;
  known.names_.insert(kWorkflowNames.begin(), kWorkflowNames.end());
  for (const std::string_view open : {"workflow.labels", "workflow.annotations", "workflow.outputs",
                                      "workflow.creationTimestamp"}) {
    known.open_.emplace(open);
  }
  known.names_.insert({"workflow.labels", "workflow.annotations"});
  if (subject.is_template) known.open_.emplace("workflow.parameters");
  for (const std::string& name : names_in(object_of(subject.spec, "arguments"), "parameters")) {
    known.names_.insert("workflow.parameters." + name);
  }
  known.names_.insert({"steps.name", "tasks.name"});
  return known;
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
}

void KnownNames::add_call(std::string_view prefix, const std::string& name,
                          const json::object* templ) {
  const std::string base = fmt::format("{}.{}", prefix, name);
  if (templ == nullptr || find(*templ, "plugin") != nullptr) {
    open_.insert(base);
    return;
  }
  for (const std::string_view property : kNodeNames) {
    names_.insert(fmt::format("{}.{}", base, property));
  }
  for (const std::string_view property : {"result", "exitCode", "parameters", "artifacts"}) {
    names_.insert(fmt::format("{}.outputs.{}", base, property));
  }
  const json::object& outputs = object_of(*templ, "outputs");
  for (const std::string_view list : {"parameters", "artifacts"}) {
    for (const std::string& output : names_in(outputs, list)) {
      names_.insert(fmt::format("{}.outputs.{}.{}", base, list, output));
      open_.insert(fmt::format("{}.outputs.{}.{}", base, list, output));
    }
  }
  // What a run may add by itself: archived logs, and the outputs of the template's last step.
  open_.insert(base + ".outputs.artifacts.main-logs");
  names_.insert(base + ".outputs.artifacts.main-logs");
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

void check_tags(const json::value& value, const KnownNames& names, const std::string& place,
                Problems& problems) {
  if (value.is_string()) {
    check_text(view(value.get_string()), names, place, problems);
  } else if (value.is_array()) {
    for (const json::value& item : value.get_array()) check_tags(item, names, place, problems);
  } else if (value.is_object()) {
    for (const auto& member : value.get_object()) {
      check_text(member.key(), names, place, problems);
      check_tags(member.value(), names, place, problems);
    }
  }
}

}  // namespace slipway::workflow
