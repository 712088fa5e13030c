#include "core/workflow/invoke.h"

#include <fmt/format.h>

#include <charconv>

#include "base/limit.h"
#include "core/expr/tag/tag.h"
#include "core/workflow/call.h"
#include "core/workflow/control.h"
#include "core/workflow/globals.h"
#include "core/workflow/item.h"
#include "core/workflow/leaf.h"
#include "core/workflow/lock_node.h"
#include "core/workflow/memo.h"
#include "core/workflow/template_type.h"
#include "core/workflow/well_known.h"

namespace slipway::workflow {
namespace {

json::object holder_of(const Node& node) {
  if (!node.inline_template.empty()) return {{"inline", node.inline_template}};
  if (!node.template_ref.empty()) return {{"templateRef", node.template_ref}};
  return {{"template", node.template_name}};
}

void store_template(Pass& pass, FoundTemplate& found) {
  if (found.stored_key.empty()) return;
  const json::value* stored = pass.draft.status("storedTemplates");
  json::object all =
      stored != nullptr && stored->is_object() ? stored->get_object() : json::object{};
  all[found.stored_key] = *found.raw;
  if (find(*found.body, "metrics") != nullptr) pass.index.has_metrics = true;
  pass.draft.set_status("storedTemplates", std::move(all));
  pass.index.templates.emplace(found.stored_key, found.body);
}

int64_t number_member(const json::object& object, std::string_view key) {
  const json::value* value = find(object, key);
  if (value == nullptr) return 0;
  const std::string text = any_string(*value);
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// What a template is, once its inputs are filled.
struct Prepared {
  FoundTemplate found;
  std::vector<std::string> untrusted;  // input parameters
  json::object body;
  std::unique_ptr<expr::Scope> scope;
};

// Inputs whose own default pastes what came from outside.
void add_untrusted_inputs(const json::object& filled, const expr::Scope& scope,
                          std::vector<std::string>& untrusted) {
  const json::object* inputs = find_object(filled, "inputs");
  const json::array* list = inputs != nullptr ? find_array(*inputs, "parameters") : nullptr;
  if (list == nullptr) return;
  for (const json::value& item : *list) {
    const json::string* value =
        item.is_object() ? find_string(item.get_object(), "value") : nullptr;
    if (value == nullptr || !pastes_untrusted(view(*value), scope)) continue;
    untrusted.push_back(get_string(item.get_object(), "name"));
  }
}

std::string type_name(const json::object& body) {
  const auto type = template_type(body);
  return type ? std::string(to_string(*type)) : std::string();
}

NodeType node_type_of(const json::object& body) {
  switch (template_type(body).value_or(TemplateType::kContainer)) {
    case TemplateType::kSteps:
      return NodeType::kSteps;
    case TemplateType::kDag:
      return NodeType::kDag;
    case TemplateType::kSuspend:
      return NodeType::kSuspend;
    case TemplateType::kHttp:
      return NodeType::kHttp;
    case TemplateType::kPlugin:
      return NodeType::kPlugin;
    default:
      return NodeType::kPod;
  }
}

bool is_group(NodeType type) { return type == NodeType::kSteps || type == NodeType::kDag; }

// Steps and DAGs paste outputs of the workflow when a step is resolved: until then others may write
// them anew (rule 47). Here each stands for its own tag.
void keep_global_outputs(const Pass& pass, expr::Scope& scope) {
  const json::value* outputs = pass.draft.status("outputs");
  const json::array* parameters = outputs != nullptr && outputs->is_object()
                                      ? find_array(outputs->get_object(), "parameters")
                                      : nullptr;
  if (parameters == nullptr) return;
  for (const json::value& item : *parameters) {
    if (!item.is_object()) continue;
    const std::string name = "workflow.outputs.parameters." + get_string(item.get_object(), "name");
    scope.set(name, fmt::format("{{{{{}}}}}", name));
  }
}
// What a retried template says of all attempts together.
constexpr std::string_view kOfTheRetryNode[] = {"retryStrategy", "memoize", "synchronization"};

Result<Prepared> prepare_body(Pass& pass, FoundTemplate found, const Arguments& arguments,
                              const Place& place, bool with_status, bool retry) {
  Prepared prepared;
  prepared.scope = std::make_unique<expr::Scope>(&pass.globals(with_status));
  set_place(*prepared.scope, place);
  prepared.untrusted = arguments.untrusted;
  TRY_ASSIGN(json::object filled, fill_inputs(*found.body, arguments, pass.world.catalog,
                                              pass.draft.run().ns(), *prepared.scope));
  add_untrusted_inputs(filled, *prepared.scope, prepared.untrusted);
  if (retry) {
    // The attempts paste their own retries and lastRetry.*: only inputs are settled here.
    json::object inputs;
    if (const json::object* own = find_object(filled, "inputs")) inputs["inputs"] = *own;
    for (const std::string_view key : kOfTheRetryNode) {
      if (const json::value* own = find(filled, key)) inputs[key] = *own;
    }
    TRY_ASSIGN(json::object pasted, paste_inputs(inputs, *prepared.scope, prepared.untrusted));
    for (auto& member : pasted) filled[member.key()] = std::move(member.value());
    prepared.body = std::move(filled);
  } else if (is_group(node_type_of(filled))) {
    expr::Scope early(prepared.scope.get());
    keep_global_outputs(pass, early);
    TRY_ASSIGN(prepared.body, paste_inputs(std::move(filled), early, prepared.untrusted));
    set_inputs(*prepared.scope, prepared.body, prepared.untrusted);
  } else {
    TRY_ASSIGN(prepared.body, paste_inputs(std::move(filled), *prepared.scope, prepared.untrusted));
  }
  prepared.found = std::move(found);
  return prepared;
}

Frame& make_frame(Pass& pass, Frame::Kind kind, const Node& node, const Site& site,
                  Prepared prepared) {
  auto made = std::make_unique<Frame>();
  Frame& frame = *made;
  frame.kind = kind;
  frame.id = node.id;
  frame.name = node.name;
  frame.boundary = site.boundary;
  frame.owner = site.owner;
  frame.hooked = site.hooked;
  frame.on_exit = site.on_exit;
  frame.depth = site.depth;
  frame.scope_name = std::move(prepared.found.scope);
  frame.body = std::move(prepared.body);
  frame.written = std::move(prepared.found.body);
  frame.scope = std::move(prepared.scope);
  frame.untrusted = std::move(prepared.untrusted);
  frame.parallelism = number_member(frame.body, "parallelism");
  pass.index.frames[node.id] = std::move(made);
  pass.enqueue(frame);
  return frame;
}

void set_inputs_of(Node& node, const Prepared& prepared) {
  if (const json::object* inputs = find_object(prepared.body, "inputs")) node.inputs = *inputs;
  node.untrusted_inputs = prepared.untrusted;
}

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The template's annotation that overrides how its node is shown (rule 3).
Status set_display_name(Node& node, const json::object& body, const expr::Scope& scope) {
  const json::object* annotations = find_object(body, "annotations");
  const std::string written =
      annotations != nullptr ? get_string(*annotations, kAnnotationDisplayName) : "";
  if (written.empty()) return {};
  TRY_ASSIGN(const std::string name, expr::substitute(written, scope));  // a Retry's still has tags
  bool good = name.size() >= 2 && name.size() <= 63 && is_letter_or_digit(name.front()) &&
              is_letter_or_digit(name.back());
  for (const char c : name) good = good && (is_letter_or_digit(c) || c == '-' || c == '.');
  if (!good) {
    return Error{ErrorCode::kInvalid,
                 "displayName must match the regex ^[a-zA-Z0-9][a-zA-Z0-9-.]{0,61}[a-zA-Z0-9]$",
                 {}};
  }
  node.display_name = name;
  return {};
}

// It can not be executed at all: the node says so, and what is around it does too (rule 10).
bool create_broken(Pass& pass, const json::object& holder, const Site& site, const Error& error) {
  Node node = new_node(pass, holder, site, NodeType::kSkipped);
  node.phase = Phase::kError;
  node.message = error.message;
  node.broken = true;
  pass.own(node.id, site.owner);
  pass.create(std::move(node));
  return true;
}

Frame::Kind kind_of(NodeType type) {
  if (type == NodeType::kRetry) return Frame::Kind::kRetry;
  return type == NodeType::kDag ? Frame::Kind::kDag : Frame::Kind::kSteps;
}

// Makes the node itself, which new_node() has begun; the template is ready to run.
void start_prepared(Pass& pass, Node node, const Site& site, Prepared prepared) {
  const NodeType type = node.type;
  set_inputs_of(node, prepared);
  // start_node() has refused a name that is not good; an attempt is shown by its own.
  if (!site.retried) static_cast<void>(set_display_name(node, prepared.body, *prepared.scope));
  if (type == NodeType::kRetry) {
    node.phase = Phase::kRunning;
    const Node kept = node;
    Frame& frame = make_frame(pass, Frame::Kind::kRetry, kept, site, std::move(prepared));
    pass.create(std::move(node));
    return run_retry(pass, frame);  // the room that was found is its first attempt's
  }
  if (!is_group(type)) {
    start_leaf(pass, std::move(node), prepared.body, *prepared.found.body, *prepared.scope);
    return;
  }
  node.phase = Phase::kRunning;
  const Node kept = node;
  make_frame(pass, kind_of(type), kept, site, std::move(prepared));
  pass.create(std::move(node));
}

// The cache had it: nothing is run.
void succeed_by_memory(Pass& pass, Node node, json::object outputs) {
  node.phase = Phase::kSucceeded;
  node.outputs = std::move(outputs);
  node.started_at = node.finished_at = pass.now();
  const NodeId id = node.id;
  const json::object published = node.outputs;
  if (pass.draft.find(id) == nullptr) {
    pass.create(std::move(node));
  } else {
    pass.update(id, [&](Node& stored) { stored = std::move(node); });
  }
  publish_global_outputs(pass, published);
}

bool has_room(Pass& pass, const Site& site) {
  if (!pass.has_pod_room()) return false;
  const Frame* boundary = site.boundary;
  if (boundary == nullptr || boundary->parallelism <= 0) return true;
  const auto active = pass.index.active_children.find(boundary->id);
  return active == pass.index.active_children.end() || active->second < boundary->parallelism;
}

Place place_at(const Pass& pass, const Site& site, const Node& node) {
  Place place = place_of(pass.draft, node);
  if (site.boundary != nullptr && !site.hooked && place.caller.empty()) {
    place.caller = site.boundary->prefix();
    place.caller_name = display_name(node.name, site.boundary->name);
  }
  return place;
}

}  // namespace

Node new_node(const Pass& pass, const json::object& holder, const Site& site, NodeType type) {
  Node node;
  node.name = site.node_name;
  node.id = pass.draft.id_of(node.name);
  node.boundary_id = site.boundary_id();
  node.display_name =
      display_name(node.name, site.boundary != nullptr ? site.boundary->name : std::string());
  node.type = type;
  node.template_scope = site.scope;
  if (const json::object* body = find_object(holder, "inline")) {
    node.inline_template = *body;
  } else if (const json::object* reference = find_object(holder, "templateRef")) {
    node.template_ref = *reference;
  } else {
    node.template_name = get_string(holder, "template");
  }
  node.hooked = site.hooked;
  node.retried = site.retried;
  node.on_exit = site.on_exit;
  return node;
}

void create_decided(Pass& pass, const json::object& holder, const Site& site, Phase phase,
                    std::string_view message) {
  Node node = new_node(pass, holder, site, NodeType::kSkipped);
  node.phase = phase;
  node.message = message;
  pass.own(node.id, site.owner);
  pass.create(std::move(node));
}

bool start_node(Pass& pass, const json::object& holder, const Arguments& arguments,
                const Site& site) {
  if (const Node* node = pass.draft.find_name(site.node_name)) {
    attach_node(pass, *node, site);
    return true;
  }
  if (!has_room(pass, site)) return false;
  const auto fail = [&](const Error& error) { return create_broken(pass, holder, site, error); };
  if (site.depth > static_cast<int>(limit::kTemplateDepth)) {
    create_decided(
        pass, holder, site, Phase::kError,
        fmt::format("maximum recursion depth exceeded: templates are nested more than {} "
                    "deep; end the recursion with a `when`",
                    limit::kTemplateDepth));
    return true;
  }
  auto found = find_template(pass.draft, pass.world.catalog, holder, site.scope);
  if (!found.ok()) return fail(found.error());
  store_template(pass, *found);
  if (type_name(*found->body).empty()) {
    return fail({ErrorCode::kInvalid,
                 fmt::format("template '{}' has no container, script, steps, "
                             "dag, suspend, http or other kind of work",
                             found->name),
                 {}});
  }
  const bool retry = find_object(*found->body, "retryStrategy") != nullptr;
  const NodeType type = retry ? NodeType::kRetry : node_type_of(*found->body);
  Node node = new_node(pass, holder, site, type);
  auto prepared = prepare_body(pass, std::move(*found), arguments, place_at(pass, site, node),
                               site.on_exit || site.hooked, retry);
  if (!prepared.ok()) return fail(prepared.error());
  if (const Status shown = set_display_name(node, prepared->body, *prepared->scope); !shown.ok()) {
    return fail(shown.error());
  }
  const json::object* locks = find_object(prepared->body, "synchronization");
  if (locks != nullptr && !pass.may_start(site.on_exit)) {
    set_inputs_of(node, *prepared);
    node.phase = Phase::kFailed;
    node.message = closing_message(pass);
    pass.own(node.id, site.owner);
    pass.create(std::move(node));
    return true;
  }
  if (locks != nullptr) {
    const LockAnswer answer = take_locks(pass, *locks, node.id);
    if (!answer.error.empty()) return fail({ErrorCode::kInvalid, answer.error, {}});
    if (!answer.granted) {
      node.phase = Phase::kPending;
      node.message = answer.message;
      node.synchronization_status = {{"waiting", answer.lock}};
      set_inputs_of(node, *prepared);
      pass.own(node.id, site.owner);
      pass.create(std::move(node));
      return true;
    }
  }
  if (const json::object* memoize = find_object(prepared->body, "memoize")) {
    auto memo = recall(pass, *memoize);
    if (!memo.ok()) return fail(memo.error());
    node.memoization_status = std::move(memo->status);
    if (memo->outputs) {
      set_inputs_of(node, *prepared);
      pass.own(node.id, site.owner);
      succeed_by_memory(pass, std::move(node), std::move(*memo->outputs));
      return true;
    }
  }
  pass.own(node.id, site.owner);
  start_prepared(pass, std::move(node), site, std::move(*prepared));
  return true;
}

void attach_node(Pass& pass, const Node& node, const Site& site) {
  const NodeId id = node.id;
  pass.own(id, site.owner);
  const bool frame_kind = is_group(node.type) || node.type == NodeType::kRetry;
  if (!node.fulfilled() && frame_kind && pass.frame_of(id) == nullptr &&
      find(node.synchronization_status, "waiting") == nullptr) {
    Arguments arguments = arguments_of({{"arguments", node.inputs}});
    arguments.untrusted = node.untrusted_inputs;
    const bool retry = node.type == NodeType::kRetry;
    auto found = find_template(pass.draft, pass.world.catalog, node);
    auto prepared =
        found.ok() ? prepare_body(pass, std::move(*found), arguments, place_at(pass, site, node),
                                  site.on_exit || site.hooked, retry)
                   : Result<Prepared>(found.error());
    if (!prepared.ok()) {
      pass.set_phase(id, Phase::kError, prepared.error().message);
      return;
    }
    make_frame(pass, kind_of(node.type), node, site, std::move(*prepared));
  }
  if (!node.fulfilled() && !frame_kind) attach_leaf(pass, node);
  pass.touch_owner(id);
}

bool start_attempt(Pass& pass, Frame& retry, int attempt) {
  Site site;
  site.node_name = fmt::format("{}({})", retry.name, attempt);
  site.boundary = retry.boundary;
  site.owner = {&retry, 0, static_cast<uint32_t>(attempt), -1};
  site.hooked = retry.hooked;
  site.on_exit = retry.on_exit;
  site.retried = true;
  site.depth = retry.depth;
  const Node* holder_node = pass.draft.find(retry.id);
  site.scope = holder_node->template_scope;
  if (const Node* node = pass.draft.find_name(site.node_name)) {
    attach_node(pass, *node, site);
    return true;
  }
  // A template's parallelism was asked when the Retry node began, and is not asked again (rule 62):
  // whoever has a lock must be able to go on.
  if (!pass.has_pod_room()) return false;
  const json::object holder = holder_of(*holder_node);
  Node node = new_node(pass, holder, site, node_type_of(retry.body));
  json::object body = retry.body;
  for (const std::string_view key : kOfTheRetryNode) body.erase(key);
  Arguments arguments;
  if (const json::object* inputs = find_object(body, "inputs")) {
    arguments = arguments_of({{"arguments", *inputs}});
  }
  arguments.untrusted = retry.untrusted;
  FoundTemplate found;
  found.body = std::make_shared<const json::object>(std::move(body));
  found.scope = retry.scope_name;
  auto prepared = prepare_body(pass, std::move(found), arguments, place_at(pass, site, node),
                               site.on_exit || site.hooked, false);
  if (!prepared.ok()) {
    create_decided(pass, holder, site, Phase::kError, prepared.error().message);
    return true;
  }
  pass.own(node.id, site.owner);
  start_prepared(pass, std::move(node), site, std::move(*prepared));
  return true;
}

void resume_locked(Pass& pass, const NodeId& id) {
  ++pass.index.visits;
  const Node waiting = *pass.draft.find(id);
  const auto owner = pass.index.owners.find(id);
  if (owner == pass.index.owners.end() || waiting.fulfilled()) return;
  if (!pass.has_pod_room()) return;  // it is tried again in every pass
  Site site;
  site.node_name = waiting.name;
  site.owner = owner->second;
  site.boundary = pass.frame_of(waiting.boundary_id);
  site.scope = waiting.template_scope;
  site.hooked = waiting.hooked;
  site.on_exit = waiting.on_exit;
  site.retried = waiting.retried;
  site.depth = site.boundary != nullptr ? site.boundary->depth + 1 : 0;
  Arguments arguments = arguments_of({{"arguments", waiting.inputs}});
  arguments.untrusted = waiting.untrusted_inputs;
  auto found = find_template(pass.draft, pass.world.catalog, waiting);
  const bool retry = waiting.type == NodeType::kRetry;
  auto prepared =
      found.ok() ? prepare_body(pass, std::move(*found), arguments, place_at(pass, site, waiting),
                                site.on_exit || site.hooked, retry)
                 : Result<Prepared>(found.error());
  if (!prepared.ok()) return pass.set_phase(id, Phase::kError, prepared.error().message);
  const json::object* locks = find_object(prepared->body, "synchronization");
  const LockAnswer answer = locks != nullptr ? take_locks(pass, *locks, id) : LockAnswer{true};
  if (!answer.error.empty()) return pass.set_phase(id, Phase::kError, answer.error);
  if (!answer.granted) {
    if (answer.message != waiting.message) {
      pass.update(id, [&](Node& node) {
        node.message = answer.message;
        node.synchronization_status = {{"waiting", answer.lock}};
      });
    }
    return;
  }
  pass.update(id, [](Node& node) {
    node.synchronization_status.clear();
    node.message.clear();
  });
  if (const json::object* memoize = find_object(prepared->body, "memoize")) {
    // A mutex around it lets the second of two find what the first one made (rule 63).
    auto memo = recall(pass, *memoize);
    if (!memo.ok()) return pass.set_phase(id, Phase::kError, memo.error().message);
    pass.update(id, [&](Node& node) { node.memoization_status = std::move(memo->status); });
    if (memo->outputs) {
      return succeed_by_memory(pass, *pass.draft.find(id), std::move(*memo->outputs));
    }
  }
  const Node kept = *pass.draft.find(id);
  if (retry || is_group(kept.type)) {
    Frame& frame = make_frame(pass, kind_of(kept.type), kept, site, std::move(*prepared));
    pass.set_phase(id, Phase::kRunning, "");
    if (retry) run_retry(pass, frame);
    return;
  }
  start_leaf(pass, kept, prepared->body, *prepared->found.body, *prepared->scope);
}

}  // namespace slipway::workflow
