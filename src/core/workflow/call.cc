#include "core/workflow/call.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/expr/exprlang/exprlang.h"
#include "core/expr/govaluate/govaluate.h"
#include "core/expr/tag/tag.h"
#include "core/workflow/artifact_argument.h"
#include "core/workflow/globals.h"
#include "core/workflow/sibling.h"
#include "core/workflow/untrusted.h"

namespace slipway::workflow {
namespace {

// An argument that is exactly one reference to nil counts as not given (rule 46).
void empty_nil_parameters(json::object& arguments, const expr::Scope& scope) {
  json::value* list = arguments.if_contains("parameters");
  if (list == nullptr || !list->is_array()) return;
  for (json::value& item : list->get_array()) {
    const json::string* value =
        item.is_object() ? find_string(item.get_object(), "value") : nullptr;
    const std::string_view name =
        value != nullptr ? expr::single_tag(view(*value)) : std::string_view();
    const expr::Scope::Value* known = name.empty() ? nullptr : scope.find(name);
    if (known == nullptr || known->text) continue;
    item.get_object().erase("value");
    item.get_object()[kAbsent] = true;
  }
}

// Hooks wait until they are triggered; `when` is decided before everything else.
json::object without_late_parts(const json::object& definition) {
  json::object rest = definition;
  for (const std::string_view key : {"hooks", "onExit", "when"}) rest.erase(key);
  return rest;
}

Item make_item(const Pass& pass, const Frame& frame, const Call& call, std::string_view suffix) {
  Item item;
  if (frame.kind == Frame::Kind::kDag) {
    item.node_name = fmt::format("{}.{}{}", frame.name, call.name, suffix);
  } else {
    item.node_name = fmt::format("{}[{}].{}{}", frame.name, frame.group, call.name, suffix);
  }
  item.id = pass.draft.id_of(item.node_name);
  return item;
}

enum class Hooks { kAll, kExit, kNamed };

// Hooks with what is already known pasted in (the loop's item), so that they can be run later.
void keep_hooks(const json::object& definition, const json::object& written,
                const expr::Scope& scope, Hooks which, Item& item) {
  const json::object* as_written = find_object(written, "hooks");
  const auto keep = [&](std::string name, json::object body) {
    HookRun hook;
    if (as_written != nullptr) hook.written = find_object(*as_written, name);
    hook.name = std::move(name);
    hook.is_exit = hook.name.empty() || hook.name == "exit";
    if (which != Hooks::kAll && hook.is_exit != (which == Hooks::kExit)) return;
    auto pasted = expr::substitute(json::value(body), scope);
    hook.body = pasted.ok() && pasted->is_object() ? pasted->get_object() : std::move(body);
    item.hooks.push_back(std::move(hook));
  };
  const json::object* hooks = find_object(definition, "hooks");
  const std::string on_exit = get_string(definition, "onExit");
  if (!on_exit.empty() && (hooks == nullptr || find(*hooks, "exit") == nullptr)) {
    keep("", {{"template", on_exit}});
  }
  if (hooks == nullptr) return;
  for (const auto& member : *hooks) {
    if (member.value().is_object()) keep(std::string(member.key()), member.value().get_object());
  }
}

// `looped`: one of several, for which every unknown tag is an error. An Error that is returned is
// of the whole group, as in Argo, which makes no node for a step that it can not resolve.
Status resolve_item(Pass& pass, Frame& frame, const json::object& definition,
                    const json::object& written, const expr::Scope& scope, bool looped,
                    Item& item) {
  const bool in_dag = frame.kind == Frame::Kind::kDag;
  if (const std::string when = get_string(definition, "when"); !when.empty()) {
    std::string text;
    auto run = should_run(when, scope, pass.now(), text);
    if (!run.ok()) {
      // A loop's items are steps already when they are asked.
      if (in_dag || looped) item.error = run.error().message;
      return in_dag ? Status() : run.error();  // in a DAG of this item only
    }
    if (!*run) {
      item.skip_message = fmt::format("when '{}' evaluated false", text);
      return {};
    }
  }
  const json::object rest = without_late_parts(definition);
  item.untrusted = untrusted_arguments(written, scope);
  if (const json::object* inlined = find_object(written, "inline")) {
    Node named;  // a warning is kept as the workflow's condition, under this name
    named.name = item.node_name;
    Status status = check_untrusted(pass, *inlined, scope, named);
    if (status.ok()) status = check_untrusted_inline(pass, *inlined, scope, named);
    if (!status.ok()) {
      item.error = status.error().message;
      return {};
    }
  }
  auto resolved = resolve_definition(pass, frame, rest, scope, looped);
  if (!resolved.ok()) {
    if (looped) return resolved.error();
    // Argo waits for ever for what does not exist: that is told by a node of its own (decision 5).
    const bool never_exists = resolved.error().code == ErrorCode::kNotFound;
    if (never_exists || in_dag) item.error = resolved.error().message;
    return in_dag ? Status() : resolved.error();
  }
  item.definition = std::move(*resolved);
  // The named hooks of a looped task are its TaskGroup's.
  keep_hooks(definition, written, scope, in_dag && looped ? Hooks::kExit : Hooks::kAll, item);
  return {};
}

Status expand_once(Pass& pass, Frame& frame, Call& call, const json::object& definition,
                   const expr::Scope& scope) {
  call.items.push_back(make_item(pass, frame, call, ""));
  const Status status =
      resolve_item(pass, frame, definition, *call.written, scope, false, call.items.back());
  if (status.ok() || frame.kind == Frame::Kind::kDag) return status;
  return Error{status.error().code,
               fmt::format("failed to resolve references: {}", status.error().message),
               {}};
}

Status expand_loop(Pass& pass, Frame& frame, Call& call, const json::object& definition,
                   const expr::Scope& scope) {
  const std::string when = get_string(definition, "when");
  bool known_false = false;
  if (!when.empty() && when.find("item") == when.npos) {
    std::string text;
    const auto run = should_run(when, scope, pass.now(), text);
    known_false = run.ok() && !*run;
  }
  json::object loop;  // only what makes the list, so that the rest is resolved with its item
  for (const std::string_view key : {"withItems", "withParam", "withSequence"}) {
    if (const json::value* part = find(definition, key)) loop[key] = *part;
  }
  bool tainted = false;
  for (const auto& member : loop) {
    const json::value* as_written = call.written->if_contains(member.key());
    tainted =
        tainted || (as_written != nullptr && pastes_untrusted(print_json(*as_written), scope));
  }
  auto pasted =
      expr::substitute(json::value(loop), scope, {.allow_unresolved = false, .now = pass.now()});
  Result<std::optional<std::vector<json::value>>> items =
      pasted.ok() ? loop_items(pasted->get_object())
                  : Result<std::optional<std::vector<json::value>>>(pasted.error());
  if (!items.ok() && !known_false) return items.error();
  if (items.ok() && !*items && !(known_false && expr::has_tags(json::value(loop)))) {
    call.loop = false;  // a list that is an empty text, or withItems without an item, is none
    return expand_once(pass, frame, call, definition, scope);
  }
  if (!items.ok() || !*items || (*items)->empty()) {
    call.items.push_back(make_item(pass, frame, call, ""));
    call.items.back().skip_message = "Skipped, empty params";
    return {};
  }
  json::object body = definition;
  for (const auto& member : loop) body.erase(member.key());
  if (frame.kind == Frame::Kind::kDag) {
    call.group = make_item(pass, frame, call, "");
    keep_hooks(definition, *call.written, scope, Hooks::kNamed, call.group);
  }
  size_t index = 0;
  call.items.reserve((*items)->size());
  for (const json::value& value : **items) {
    call.items.push_back(make_item(pass, frame, call, item_suffix(index++, value)));
    expr::Scope item_scope(&scope);
    set_item(item_scope, value, tainted);
    if (Status status =
            resolve_item(pass, frame, body, *call.written, item_scope, true, call.items.back());
        !status.ok()) {
      return status;
    }
  }
  return {};
}

}  // namespace

namespace {

// Arguments with valueFrom.expression; nil leaves the default, or the argument out.
Status evaluate_parameters(json::object& arguments, const expr::Scope& scope) {
  json::value* list = arguments.if_contains("parameters");
  if (list == nullptr || !list->is_array()) return {};
  for (json::value& item : list->get_array()) {
    const json::value* source =
        item.is_object() ? find_path(item.get_object(), {"valueFrom", "expression"}) : nullptr;
    if (source == nullptr || !source->is_string()) continue;
    auto value = expr::evaluate(view(source->get_string()), expr::nested(scope));
    if (!value.ok()) {
      return Error{ErrorCode::kInvalid,
                   fmt::format("argument '{}': {}", get_string(item.get_object(), "name"),
                               value.error().message),
                   {}};
    }
    json::object& from = item.get_object()["valueFrom"].get_object();
    if (value->is_null()) {
      from.erase("expression");
    } else {
      item.get_object().erase("valueFrom");
      item.get_object()["value"] = expr::to_text(*value);
    }
  }
  return {};
}

}  // namespace

Result<bool> should_run(std::string_view when, const expr::Scope& scope, std::optional<Time> now,
                        std::string& text) {
  auto pasted = expr::substitute(when, scope, {.known_must_evaluate = true, .now = now});
  if (!pasted.ok()) return pasted.error();
  text = std::move(*pasted);
  auto run = expr::evaluate_when(text);
  return run;
}

bool pastes_untrusted(std::string_view text, const expr::Scope& scope) {
  if (text.find("{{") == text.npos) return false;
  expr::TagReport report;
  const auto pasted = expr::substitute(text, scope, {}, &report);
  return pasted.ok() && !report.untrusted.empty();
}

std::vector<std::string> untrusted_arguments(const json::object& definition,
                                             const expr::Scope& scope) {
  std::vector<std::string> names;
  const json::object* arguments = find_object(definition, "arguments");
  const json::array* list = arguments != nullptr ? find_array(*arguments, "parameters") : nullptr;
  if (list == nullptr) return names;
  for (const json::value& item : *list) {
    if (!item.is_object()) continue;
    const json::value* source = find_path(item.get_object(), {"valueFrom", "expression"});
    const std::string text = source != nullptr ? fmt::format("{{{{={}}}}}", any_string(*source))
                                               : get_string(item.get_object(), "value");
    if (pastes_untrusted(text, scope)) names.push_back(get_string(item.get_object(), "name"));
  }
  return names;
}

Result<json::object> resolve_definition(Pass& pass, const Frame& frame,
                                        const json::object& definition, const expr::Scope& scope,
                                        bool strict) {
  const expr::TagOptions options{
      .allow_unresolved = !strict, .known_must_evaluate = true, .now = pass.now()};
  json::object rest = definition;
  if (json::value* arguments = rest.if_contains("arguments");
      arguments != nullptr && arguments->is_object()) {
    empty_nil_parameters(arguments->get_object(), scope);
    TRY(evaluate_parameters(arguments->get_object(), scope));
    TRY(resolve_artifacts(pass, frame, arguments->get_object(), scope));
  }
  json::value body;
  if (json::value* inlined = rest.if_contains("inline")) {
    // A template of its own: it has tags that only its pod knows.
    TRY_ASSIGN(body,
               expr::substitute(*inlined, scope, {.known_must_evaluate = true, .now = pass.now()}));
    rest.erase("inline");
  }
  TRY_ASSIGN(json::value pasted, expr::substitute(json::value(std::move(rest)), scope, options));
  if (const std::string name = missing_reference(pasted); !name.empty()) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{{{{{}}}}} does not exist: what it refers to has no such value "
                             "(skipped, failed or not run yet)",
                             name),
                 {}};
  }
  if (!body.is_null()) pasted.get_object()["inline"] = std::move(body);
  return std::move(pasted.get_object());
}

Status expand_call(Pass& pass, Frame& frame, Call& call) {
  const json::object& definition = *call.definition;
  std::set<std::string> names;
  collect_names(json::value(without_late_parts(definition)), names);
  if (const json::string* when = find_string(definition, "when")) {
    for (std::string& name : expr::tag_names(view(*when))) names.insert(std::move(name));
  }
  expr::Scope scope(frame.scope.get());
  call.expanded = true;
  call.items.clear();
  Status status = set_siblings(pass, frame, names, scope);
  frame.scope_error = frame.scope_error || !status.ok();
  if (status.ok()) {
    status = call.loop ? expand_loop(pass, frame, call, definition, scope)
                       : expand_once(pass, frame, call, definition, scope);
  }
  call.open = call.items.size();
  return status;
}

}  // namespace slipway::workflow
