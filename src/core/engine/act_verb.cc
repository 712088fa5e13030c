// kubectl's verbs on the engine's own objects.
#include <fmt/format.h>

#include "core/engine/act.h"
#include "core/engine/removal.h"
#include "core/expr/label/label.h"
#include "core/expr/patch/patch.h"
#include "core/manifest/parse.h"

namespace slipway::engine {
namespace {

using manifest::Kind;

struct Verb {
  const Model& model;
  const Input& input;
  const WorkflowUid& acting;
  const ActOrder& order;
  const Finished* finished;
  Decision& decision;

  std::string text(std::string_view name) const { return object_text(*order.kind, order.ns, name); }
  Error not_found(std::string_view name) const {
    return {ErrorCode::kNotFound, fmt::format("{} not found", text(name)), {}};
  }
  bool is_live() const { return find_slot(model, order.ns, order.name) != nullptr; }
  const json::object* finished_one(std::string_view name) const {
    for (const json::object& one : *finished) {
      if (manifest::Resource{Kind::kWorkflow, one}.name() == name) return &one;
    }
    return nullptr;
  }
  Result<json::object> current() const {
    auto object = find_object_as_it_is(model, text(order.name));
    if (object) return std::move(*object);
    const json::object* old = order.kind == Kind::kWorkflow ? finished_one(order.name) : nullptr;
    if (old == nullptr) return not_found(order.name);
    return *old;
  }

  // The finished workflows that are to be read first; empty: none.
  std::string sought() const {
    if (order.kind != Kind::kWorkflow || finished != nullptr) return {};
    if (order.action == "create" || order.action == "apply") return {};
    const bool many = order.name.empty();
    if (!many && is_live()) return {};
    return workflow::to_text({order.ns, order.name, many ? order.selector : ""});
  }

  // What a decision of another kind says, as part of this one.
  Result<json::object> take(Decision made) const {
    if (made.reply.error) return std::move(*made.reply.error);
    for (Event& event : made.events) decision.events.push_back(std::move(event));
    return std::move(made.reply.object);
  }

  Result<json::object> make_workflow() const {
    Random random(input.entropy);
    TRY_ASSIGN(Birth birth, give_birth(model, input.now, random, order.object, order.ns, {}, {},
                                       /*lenient=*/true));
    decision.events.push_back({input.now, std::move(birth.event)});
    return std::move(birth.object);
  }

  Result<json::object> put(json::object object, bool create_only) const {
    json::value& metadata = object["metadata"];
    if (!metadata.is_object()) metadata.emplace_object();
    const manifest::Resource given{*order.kind, object};
    if (given.name().empty() && !given.generate_name().empty()) {
      Random random(input.entropy ^ 2);
      metadata.get_object()["name"] = given.generate_name() + random_suffix(random);
    }
    if (manifest::is_namespaced(*order.kind)) metadata.get_object()["namespace"] = order.ns;
    manifest::Parsed checked = manifest::check(object, "manifest", {.strict = true});
    if (checked.documents.empty()) {
      return Error{ErrorCode::kInvalid, first_error(checked.diagnostics), {}};
    }
    return take(
        decide_apply(model, input, {std::move(checked.documents[0].resource), create_only, ""}));
  }

  static std::string first_error(const manifest::Diagnostics& diagnostics) {
    for (const manifest::Diagnostic& one : diagnostics) {
      if (one.severity == manifest::Severity::kError) return one.message;
    }
    return "the manifest does not hold";
  }

  Result<json::object> create() const {
    return order.kind == Kind::kWorkflow ? make_workflow() : put(order.object, true);
  }

  Result<json::object> apply() const {
    if (order.kind != Kind::kWorkflow) return put(order.object, false);
    const auto there = find_object_as_it_is(model, text(order.name));
    if (!there) return make_workflow();
    const json::object* wanted = find_object(order.object, "spec");
    const json::object* spec = find_object(*there, "spec");
    if (wanted != nullptr && spec != nullptr && json::value(*wanted) == json::value(*spec)) {
      return *there;
    }
    return Error{ErrorCode::kConflict,
                 fmt::format("{} exists, and the spec of a workflow can not be changed once it is "
                             "submitted",
                             text(order.name)),
                 {}};
  }

  Result<json::object> replace() const {
    TRY_ASSIGN(const json::object there, current());
    if (order.kind != Kind::kWorkflow) return put(order.object, false);
    return Error{ErrorCode::kUnsupported,
                 fmt::format("{}: a workflow can be patched, not replaced", text(order.name)),
                 {}};
  }

  Result<json::object> patched(json::object object) const {
    json::value target(std::move(object));
    if (order.merge_strategy == "merge") {
      target = expr::merge_patch(std::move(target), order.patch);
    } else if (order.merge_strategy == "json") {
      if (!order.patch.is_array()) {
        return Error{ErrorCode::kInvalid, "a JSON patch is a list of operations", {}};
      }
      TRY_ASSIGN(target, expr::json_patch(std::move(target), order.patch.get_array()));
    } else {
      TRY_ASSIGN(target, expr::strategic_merge(std::move(target), order.patch));
    }
    if (!target.is_object()) return Error{ErrorCode::kInvalid, "the patch leaves no object", {}};
    return std::move(target.get_object());
  }

  Result<Acted> patch() const {
    TRY_ASSIGN(json::object before, current());
    TRY_ASSIGN(json::object after, patched(before));
    if (order.kind != Kind::kWorkflow) {
      TRY_ASSIGN(json::object stored, put(std::move(after), false));
      return Acted{std::move(stored), {}, {}};
    }
    if (!is_live()) return patch_finished(before, std::move(after));
    TRY_ASSIGN(std::vector<workflow::Operation> operations, operations_between(before, after));
    const RunSlot& slot = *find_slot(model, order.ns, order.name);
    if (slot.run.uid() == acting) return Acted{std::move(after), std::move(operations), {}};
    workflow::Happening happening;
    happening.operations = std::move(operations);
    advance_run(model, input.now, input.entropy, slot.run, happening, decision);
    return Acted{std::move(after), {}, {}};
  }

  // It comes back for a moment and leaves with its new labels.
  Result<Acted> patch_finished(const json::object& before, json::object after) const {
    json::object same = after;
    json::object& metadata = same["metadata"].get_object();
    for (const auto* key : {"labels", "annotations"}) {
      metadata.erase(key);
      const json::object& old = object_of(before, "metadata");
      if (const json::value* value = find(old, key)) metadata[key] = *value;
    }
    if (same != before) {
      return Error{ErrorCode::kUnsupported,
                   "of a finished workflow only labels and annotations can be patched",
                   {}};
    }
    const WorkflowUid uid(get_string(object_of(after, "metadata"), "uid"));
    decision.events.push_back({input.now, WorkflowRecalled{uid, print_json(after)}});
    return Acted{std::move(after), {}, {}};
  }

  // A live workflow is changed by its own operations only.
  Result<std::vector<workflow::Operation>> operations_between(const json::object& before,
                                                              const json::object& after) const {
    std::vector<workflow::Operation> operations;
    json::object spec = object_of(after, "spec");
    const json::object& metadata = object_of(after, "metadata");
    const json::object& old_spec = object_of(before, "spec");
    const json::object& old_metadata = object_of(before, "metadata");
    const json::object& labels = object_of(metadata, "labels");
    const json::object& annotations = object_of(metadata, "annotations");
    const std::string shutdown = get_string(spec, "shutdown");
    if (shutdown != get_string(old_spec, "shutdown")) {
      if (shutdown == "Stop") operations.push_back(workflow::Stop{});
      if (shutdown == "Terminate") operations.push_back(workflow::Terminate{});
    }
    const bool suspend = get_bool(spec, "suspend");
    if (suspend != get_bool(old_spec, "suspend")) {
      if (suspend) operations.push_back(workflow::Suspend{});
      if (!suspend) operations.push_back(workflow::Resume{});
    }
    if (labels != object_of(old_metadata, "labels") ||
        annotations != object_of(old_metadata, "annotations")) {
      operations.push_back(workflow::SetMetadata{labels, annotations});
    }
    json::object rest = old_spec;
    for (const auto* key : {"shutdown", "suspend"}) rest.erase(key), spec.erase(key);
    if (spec != rest) {
      return Error{ErrorCode::kUnsupported,
                   "of a live workflow only spec.shutdown, spec.suspend, labels and annotations "
                   "can be patched",
                   {}};
    }
    return operations;
  }

  Status remove(const std::string& name) const {
    if (order.kind != Kind::kWorkflow) {
      const manifest::ResourceKey key{*order.kind,
                                      manifest::is_namespaced(*order.kind) ? order.ns : "", name};
      if (model.catalog.find(key) == nullptr) return {};  // --ignore-not-found
      TRY(take(decide_delete(model, input, DeleteResource{key})));
      return {};
    }
    if (find_slot(model, order.ns, name) != nullptr) {
      TRY(take(decide_delete(model, input, DeleteWorkflow{{}, order.ns, name, {}, {}})));
    } else if (const json::object* old = finished_one(name)) {
      TRY(take(decide_delete(model, input, removal_of(*old))));
    }
    return {};  // --ignore-not-found
  }

  Status remove_selected() const {
    TRY_ASSIGN(const expr::LabelSelector selector, expr::LabelSelector::parse(order.selector));
    const auto matches = [&](const json::object& metadata) {
      const json::object* labels = find_object(metadata, "labels");
      return selector.matches([&](const std::string& key) -> std::optional<std::string> {
        const json::string* value = labels != nullptr ? find_string(*labels, key) : nullptr;
        return value != nullptr ? std::optional(str(*value)) : std::nullopt;
      });
    };
    std::vector<std::string> names;
    if (order.kind == Kind::kWorkflow) {
      for (const auto& [uid, slot] : model.runs) {
        if (slot.run.ns() == order.ns && matches(slot.run.metadata())) {
          names.push_back(slot.run.name());
        }
      }
      for (const json::object& one : *finished) {
        TRY(take(decide_delete(model, input, removal_of(one))));
      }
    } else {
      for (const manifest::Resource* one : model.catalog.list(*order.kind, order.ns)) {
        if (matches(one->metadata())) names.push_back(one->name());
      }
    }
    for (const std::string& name : names) TRY(remove(name));
    return {};
  }
};

}  // namespace

Result<Acted> carry_out(const Model& model, const Input& input, const WorkflowUid& acting,
                        const ActOrder& order, const Finished* finished, Decision& decision) {
  const Verb verb{model, input, acting, order, finished, decision};
  if (std::string sought = verb.sought(); !sought.empty()) return Acted{{}, {}, std::move(sought)};
  const auto whole = [](Result<json::object> object) -> Result<Acted> {
    if (!object.ok()) return std::move(object).error();
    return Acted{std::move(*object), {}, {}};
  };
  if (order.action == "get") return whole(verb.current());
  if (order.action == "create") return whole(verb.create());
  if (order.action == "apply") return whole(verb.apply());
  if (order.action == "replace") return whole(verb.replace());
  if (order.action == "patch") return verb.patch();
  const bool many = order.name.empty();
  TRY(many ? verb.remove_selected() : verb.remove(order.name));
  return Acted{};
}

}  // namespace slipway::engine
