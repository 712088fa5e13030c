#include "core/engine/act.h"

#include <fmt/format.h>

#include "core/workflow/act.h"
#include "core/workflow/resolve.h"

namespace slipway::engine {
namespace {

// The manifest's text: inline, or an input artifact that holds it; `read` is what the store gave.
Result<std::string> manifest_text(const json::object& resource, const json::object& templ,
                                  const std::string& read) {
  const json::object* from = find_object(resource, "manifestFrom");
  const json::object* wanted = from != nullptr ? find_object(*from, "artifact") : nullptr;
  if (wanted == nullptr) return get_string(resource, "manifest");
  const std::string name = get_string(*wanted, "name");
  const json::object* inputs = find_object(templ, "inputs");
  const json::array* artifacts = inputs != nullptr ? find_array(*inputs, "artifacts") : nullptr;
  for (const json::value& item : artifacts != nullptr ? *artifacts : json::array{}) {
    const json::object* artifact = item.if_object();
    if (artifact == nullptr || get_string(*artifact, "name") != name) continue;
    const json::object* raw = find_object(*artifact, "raw");
    return raw != nullptr ? get_string(*raw, "data") : read;
  }
  return Error{ErrorCode::kNotFound,
               fmt::format("manifestFrom: the template has no input artifact '{}'", name),
               {}};
}

bool has_conditions(const json::object& resource) {
  return !get_string(resource, "successCondition").empty() ||
         !get_string(resource, "failureCondition").empty();
}

Status check_delete(const json::object& resource, const json::object& templ) {
  const json::object* outputs = find_object(templ, "outputs");
  const bool has_outputs = outputs != nullptr && find_array(*outputs, "parameters") != nullptr;
  if (!has_conditions(resource) && !has_outputs) return {};
  return Error{ErrorCode::kInvalid,
               "successCondition, failureCondition and outputs are not supported for delete action",
               {}};
}

std::string text_of(const json::object& object, const workflow::Run& run) {
  const auto kind = manifest::parse_kind(get_string(object, "kind"));
  const manifest::Resource resource{kind.value_or(manifest::Kind::kWorkflow), object};
  return object_text(resource.kind, resource.key(run.ns()).ns, resource.name());
}

// Does the work of a node that has not acted yet.
Result<workflow::ActResult> act(const Model& model, const Input& input, const workflow::Run& run,
                                const workflow::Node& node, const json::object& templ,
                                const Finished* finished, Decision& decision,
                                std::vector<workflow::Operation>& on_itself) {
  const json::object& resource = *find_object(templ, "resource");
  const bool deletes = get_string(resource, "action") == "delete";
  if (deletes) TRY(check_delete(resource, templ));
  TRY_ASSIGN(const std::string text, manifest_text(resource, templ, node.manifest));
  TRY_ASSIGN(const ActOrder order, read_order(resource, text, run));
  // A condition that can never be read must not come to light after the deed.
  if (has_conditions(resource)) {
    json::object tried = resource;
    tried.erase("failureCondition");
    TRY_ASSIGN(const auto readable, workflow::judge_conditions(tried, {}));
    static_cast<void>(readable);
  }
  TRY_ASSIGN(Acted acted, carry_out(model, input, run.uid(), order, finished, decision));
  on_itself = std::move(acted.on_itself);
  workflow::ActResult result;
  result.sought = std::move(acted.sought);
  if (!result.sought.empty()) return result;
  if (!deletes && has_conditions(resource)) result.watches = text_of(acted.object, run);
  result.object = std::move(acted.object);
  if (finished == nullptr || result.watches.empty()) return result;
  TRY_ASSIGN(const auto condition, workflow::judge_conditions(resource, result.object));
  if (condition == workflow::Condition::kMet) result.watches.clear();
  return result;
}

// The finished workflow of that text, "Workflow default/x".
std::optional<json::object> find_finished(const Finished* finished, std::string_view text) {
  if (finished == nullptr) return std::nullopt;
  for (const json::object& object : *finished) {
    const manifest::Resource resource{manifest::Kind::kWorkflow, object};
    if (object_text(resource.kind, resource.ns(), resource.name()) == text) return object;
  }
  return std::nullopt;
}

// Looks at what a node waits for.
Result<workflow::ActResult> look(const Model& model, const workflow::Node& node,
                                 const json::object& templ, const Finished* finished) {
  constexpr std::string_view kWorkflow = "Workflow ";
  const std::string& watches = node.watches;
  auto object = find_object_as_it_is(model, watches);
  if (!object) object = find_finished(finished, watches);
  if (!object && finished == nullptr && watches.starts_with(kWorkflow)) {
    const std::string sought = watches.substr(kWorkflow.size());
    workflow::ActResult result;
    // A finished workflow stays as it is: what did not hold when it was read does not hold now.
    if (node.sought == sought) {
      result.watches = watches;
    } else {
      result.sought = sought;
    }
    return result;
  }
  if (!object) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("The resource has been deleted while its status was still being "
                             "checked. Will not be retried: {} not found",
                             watches),
                 {}};
  }
  TRY_ASSIGN(const workflow::Condition condition,
             workflow::judge_conditions(*find_object(templ, "resource"), *object));
  workflow::ActResult result;
  if (condition == workflow::Condition::kOpen) result.watches = watches;
  result.object = std::move(*object);
  return result;
}

Decision act_or_look(const Model& model, const Input& input, const workflow::Run& run,
                     const workflow::Node& node, const Finished* finished) {
  Decision decision;
  const workflow::World world = world_of(model, input.now, input.entropy);
  workflow::Happening happening;
  auto resolved = workflow::resolve_node(run, node, world);
  Result<workflow::ActResult> result = Error{};
  if (!resolved.ok()) {
    result = resolved.error();
  } else if (find_object(resolved->templ, "resource") == nullptr) {
    result = Error{ErrorCode::kInvalid, "the template is no resource template any more", {}};
  } else if (node.watches.empty()) {
    result =
        act(model, input, run, node, resolved->templ, finished, decision, happening.operations);
  } else {
    result = look(model, node, resolved->templ, finished);
  }
  workflow::ActResult said =
      result.ok() ? std::move(*result) : workflow::ActResult{.error = result.error().message};
  if (!result.ok()) decision = {};
  said.node = node.id;
  const bool still_open = node.acts && !said.watches.empty() && said.watches == node.watches;
  decision.events.push_back({input.now, ActTried{run.uid(), node.id}});
  if (still_open) return decision;
  happening.act = &said;
  advance_run(model, input.now, input.entropy, run, happening, decision);
  return decision;
}

}  // namespace

Decision decide_act(const Model& model, const Input& input, const ActKey& key) {
  const auto slot = model.runs.find(key.first);
  const workflow::Node* node =
      slot != model.runs.end() ? slot->second.run.find_node(key.second) : nullptr;
  if (node == nullptr || !node->acts || workflow::is_completed(node->phase)) {
    Decision decision;
    decision.events.push_back({input.now, ActTried{key.first, key.second}});
    return decision;
  }
  return act_or_look(model, input, slot->second.run, *node, nullptr);
}

Decision decide_sought(const Model& model, const Input& input, const ActKey& key,
                       const workflow::ReadResult& read) {
  const workflow::Run& run = model.runs.at(key.first).run;
  const workflow::Node& node = *run.find_node(key.second);
  if (read.error.empty()) return act_or_look(model, input, run, node, &read.finished);
  workflow::ActResult failed{
      .node = node.id, .error = read.error, .watches = {}, .sought = {}, .object = {}};
  workflow::Happening happening;
  happening.act = &failed;
  Decision decision;
  advance_run(model, input.now, input.entropy, run, happening, decision);
  return decision;
}

std::string object_text(manifest::Kind kind, std::string_view ns, std::string_view name) {
  return manifest::ResourceKey{kind, manifest::is_namespaced(kind) ? std::string(ns) : "",
                               std::string(name)}
      .text();
}

std::optional<json::object> find_object_as_it_is(const Model& model, std::string_view text) {
  const size_t space = text.find(' ');
  const auto kind = manifest::parse_kind(text.substr(0, space));
  if (!kind || space == text.npos) return std::nullopt;
  std::string_view rest = text.substr(space + 1);
  const size_t slash = rest.find('/');
  const std::string_view ns = slash == rest.npos ? std::string_view() : rest.substr(0, slash);
  const std::string_view name = slash == rest.npos ? rest : rest.substr(slash + 1);
  if (*kind == manifest::Kind::kWorkflow) {
    const RunSlot* slot = find_slot(model, ns, name);
    return slot != nullptr ? std::optional(slot->run.to_object()) : std::nullopt;
  }
  const manifest::Resource* resource = model.catalog.find(*kind, ns, name);
  return resource != nullptr ? std::optional(resource->object) : std::nullopt;
}

}  // namespace slipway::engine
