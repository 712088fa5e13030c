#include "core/workflow/hook.h"

#include <fmt/format.h>

#include "core/expr/exprlang/exprlang.h"
#include "core/expr/tag/tag.h"
#include "core/workflow/call.h"
#include "core/workflow/globals.h"
#include "core/workflow/invoke.h"
#include "core/workflow/sibling.h"

namespace slipway::workflow {
namespace {

std::string hook_node_name(const Item& item, const HookRun& hook) {
  if (hook.is_exit) return item.node_name + ".onExit";
  return fmt::format("{}.hooks.{}", item.node_name, hook.name);
}

// The names a hook may use: the parent's outputs under the step's name and its displayed name.
void set_parent(Pass& pass, const Frame& frame, const Call& call, const Item& item,
                expr::Scope& scope) {
  const Node& node = *pass.draft.find(item.id);
  set_node_names(pass, node, fmt::format("{}.{}", frame.prefix(), call.name), scope);
  const std::string shown = display_name(node.name, frame.name);
  if (shown != call.name) {
    set_node_names(pass, node, fmt::format("{}.{}", frame.prefix(), shown), scope);
  }
}

Result<bool> is_triggered(Pass& pass, const Frame& frame, const Item& item, const HookRun& hook,
                          const expr::Scope& scope) {
  const Node& node = *pass.draft.find(item.id);
  const std::string expression = get_string(hook.body, "expression");
  if (hook.is_exit) {
    const bool ran =
        is_completed(node.phase) && node.phase != Phase::kSkipped && node.phase != Phase::kOmitted;
    if (!ran || pass.shutdown() == "Terminate") return false;
    if (expression.empty()) return true;
  } else if (expression.empty()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("hook '{}' of {} has no expression; only hooks.exit may be without",
                             hook.name, item.node_name),
                 {}};
  }
  return hook_holds(pass, &frame, expression, scope);
}

}  // namespace

Result<bool> hook_holds(Pass& pass, const Frame* frame, const std::string& expression,
                        const expr::Scope& scope) {
  TRY_ASSIGN(const expr::Program program, expr::Program::compile(expression));
  expr::Scope layer(&scope);
  if (frame != nullptr) {
    std::set<std::string> names;
    for (const auto& reference : program.references()) {
      if (scope.find(reference.name) == nullptr) names.insert(reference.name);
    }
    TRY(set_siblings(pass, *frame, names, layer));
  }
  TRY_ASSIGN(const json::value value, program.run(expr::nested(layer)));
  if (value.is_bool()) return value.get_bool();
  return Error{
      ErrorCode::kInvalid, fmt::format("hook expression '{}' gives no boolean", expression), {}};
}

Result<Arguments> hook_arguments(Pass& pass, const json::object& body, bool is_exit,
                                 const expr::Scope& scope, const json::object* written) {
  const json::object* own = find_object(body, "arguments");
  if (own == nullptr || own->empty()) {
    const json::object* workflow = find_object(pass.spec(), "arguments");
    if (workflow == nullptr || !is_exit) return Arguments{};
    json::object holder{{"arguments", *workflow}};
    TRY_ASSIGN(json::value pasted, expr::substitute(json::value(holder), scope));
    Arguments arguments = arguments_of(pasted.get_object());
    for (const json::value& item : arguments.parameters) {
      const std::string name = item.is_object() ? get_string(item.get_object(), "name") : "";
      const auto* value = scope.find("workflow.parameters." + name);
      if (value != nullptr && value->untrusted) arguments.untrusted.push_back(name);
    }
    return arguments;
  }
  json::object holder{{"arguments", *own}};
  const auto untrusted = untrusted_arguments(written != nullptr ? *written : holder, scope);
  TRY_ASSIGN(json::value pasted, expr::substitute(json::value(holder), scope));
  Arguments arguments = arguments_of(pasted.get_object());
  arguments.untrusted = untrusted;
  for (json::value& item : arguments.parameters) {
    if (!item.is_object()) continue;
    json::object& parameter = item.get_object();
    // A parameter without a value, or whose value the parent does not have, is empty (rule 51).
    const bool valueless =
        find(parameter, "value") == nullptr && find(parameter, "valueFrom") == nullptr;
    if (valueless || !missing_reference(json::value(parameter)).empty()) parameter["value"] = "";
  }
  return arguments;
}

bool run_item_hooks(Pass& pass, Frame& frame, uint32_t call_index, uint32_t item_index) {
  Call& call = frame.calls[call_index];
  Item& item = call.item(item_index);
  if (item.hooks.empty()) return true;
  expr::Scope scope(frame.scope.get());
  set_parent(pass, frame, call, item, scope);
  bool idle = true;
  for (size_t i = 0; i < item.hooks.size(); ++i) {
    HookRun& hook = item.hooks[i];
    const std::string name = hook_node_name(item, hook);
    const NodeId id = pass.draft.id_of(name);
    const bool existed = pass.draft.find(id) != nullptr;
    if (!hook.started) {
      const auto triggered =
          existed ? Result<bool>(true) : is_triggered(pass, frame, item, hook, scope);
      if (!triggered.ok()) {
        if (frame.group_error.empty()) frame.group_error = triggered.error().message;
        continue;
      }
      if (!*triggered) continue;
      auto arguments = hook_arguments(pass, hook.body, hook.is_exit, scope, hook.written);
      if (!arguments.ok()) {
        if (frame.group_error.empty()) frame.group_error = arguments.error().message;
        continue;
      }
      Site site;
      site.node_name = name;
      site.boundary = &frame;
      site.scope = frame.scope_name;
      site.owner = {&frame, call_index, item_index, static_cast<int32_t>(i)};
      site.hooked = true;
      site.on_exit = frame.on_exit || hook.is_exit;
      site.depth = frame.depth + 1;
      if (!start_node(pass, hook.body, *arguments, site)) {
        frame.later.push_back({call_index, item_index, -1});
        pass.index.lacking_room.insert(frame.id);
        idle = false;
        continue;
      }
      hook.started = true;
      hook.node = id;
      if (!existed) pass.draft.add_child(item.id, id);
    }
    const Node* node = pass.draft.find(hook.node);
    hook.done = node != nullptr && node->fulfilled();
    if (!hook.done) idle = false;
  }
  return idle;
}

}  // namespace slipway::workflow
