// Objects put and removed, with Kubernetes' bookkeeping: uid, resourceVersion, generation.
#include <fmt/format.h>

#include "core/engine/model.h"
#include "core/workflow/submit.h"

namespace slipway::engine {
namespace {

using manifest::Kind;

json::object& metadata_of(json::object& object) {
  json::value& metadata = object["metadata"];
  if (!metadata.is_object()) metadata.emplace_object();
  return metadata.get_object();
}

// What a user wrote, without what the server adds: two of them are equal when nothing changed.
json::object as_written(const json::object& object) {
  json::object copy = object;
  json::object& metadata = metadata_of(copy);
  for (const auto* key :
       {"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"}) {
    metadata.erase(key);
  }
  if (json::object* annotations =
          metadata.contains("annotations") ? metadata["annotations"].if_object() : nullptr) {
    annotations->erase(kScheduledUntil);
    if (annotations->empty()) metadata.erase("annotations");
  }
  copy.erase("status");
  return copy;
}

std::vector<std::string> problems_of(const manifest::Resource& resource) {
  switch (resource.kind) {
    case Kind::kSensor:
      return sensor::validate(resource);
    case Kind::kCronWorkflow:
      return schedule_problems(resource);
    default:
      return {};
  }
}

// Two sources may name one port and path, as each has a pod of its own on Kubernetes. Here the
// first one is served there, and this one under /events/ only.
void warn_routes(const Model& model, const manifest::Resource& resource, Reply& reply) {
  const intake::Routes mine = intake::routes(resource);
  for (const std::string& problem : mine.problems) reply.warnings.push_back(problem);
  const manifest::ResourceKey key = resource.key();
  for (const manifest::Resource* other : model.catalog.list(Kind::kEventSource)) {
    if (other->key() == key) continue;
    const intake::Routes theirs = intake::routes(*other);
    for (const intake::Route& a : mine.routes) {
      for (const intake::Route& b : theirs.routes) {
        if (a.port == 0 || a.port != b.port || a.endpoint != b.endpoint) continue;
        reply.warnings.push_back(
            fmt::format("EventSource {}/{} already serves {} on port {}; this one is reached at "
                        "/events/{}/{}/{}",
                        b.ns, b.source, a.endpoint, a.port, a.ns, a.source, a.event));
      }
    }
  }
}

// Kubernetes: the data of a Secret or ConfigMap with `immutable: true` stays, and so does the mark.
bool changes_immutable(const manifest::Resource& old, const manifest::Resource& given) {
  if (!get_bool(old.object, "immutable")) return false;
  for (const std::string_view member : {"data", "stringData", "binaryData", "immutable"}) {
    const json::value* before = find(old.object, member);
    const json::value* after = find(given.object, member);
    if ((before == nullptr) != (after == nullptr)) return true;
    if (before != nullptr && *before != *after) return true;
  }
  return false;
}

Decision submit_instead(const Model& model, const Input& input, const ApplyResource& body) {
  const std::string ns = body.resource.ns().empty() ? "default" : body.resource.ns();
  if (find_slot(model, ns, body.resource.name()) != nullptr) {
    return refuse(ErrorCode::kAlreadyExists,
                  fmt::format("Workflow {}/{} already exists, and a workflow can not be changed "
                              "once it is submitted; delete it or use generateName",
                              ns, body.resource.name()));
  }
  SubmitWorkflow submit;
  submit.workflow = body.resource.object;
  submit.ns = ns;
  return decide_submit(model, input, submit);
}

}  // namespace

manifest::Resource stored_form(const Model& model, Time now, uint64_t entropy,
                               const std::vector<Event>& events, const manifest::Resource& given) {
  manifest::Resource resource = given;
  const manifest::Resource* old = model.catalog.find(given.key());
  int64_t version = model.resource_version + 1;
  for (const Event& event : events) version += std::holds_alternative<ResourcePut>(event.body);
  json::object& metadata = metadata_of(resource.object);
  metadata["resourceVersion"] = std::to_string(version);
  if (old == nullptr) {
    Random random(entropy);
    metadata["uid"] = random_uuid(random);
    metadata["creationTimestamp"] = format_rfc3339(now);
    metadata["generation"] = 1;
  } else {
    const json::object& before = old->metadata();
    metadata["uid"] = get_string(before, "uid");
    metadata["creationTimestamp"] = get_string(before, "creationTimestamp");
    const bool same = old->spec() == resource.spec();
    metadata["generation"] = get_int(before, "generation", 1) + (same ? 0 : 1);
    if (const json::value* status = find(old->object, "status");
        status != nullptr && find(resource.object, "status") == nullptr) {
      resource.object["status"] = *status;
    }
  }
  // A schedule counts from when it was given or changed, never from before (rule 70).
  if (resource.kind == Kind::kCronWorkflow) {
    if (old != nullptr && same_schedule(*old, resource)) {
      take_schedule(resource, *old);
    } else {
      set_scheduled_until(resource, now);
    }
  }
  return resource;
}

Decision decide_apply(const Model& model, const Input& input, const ApplyResource& body) {
  if (body.resource.kind == Kind::kWorkflow) return submit_instead(model, input, body);
  const manifest::ResourceKey key = body.resource.key();
  if (key.name.empty()) {
    return refuse(ErrorCode::kInvalid,
                  fmt::format("a {} needs metadata.name", manifest::to_string(key.kind)));
  }
  const manifest::Resource* old = model.catalog.find(key);
  if (old != nullptr && body.create_only) {
    return refuse(ErrorCode::kAlreadyExists, key.text() + " already exists");
  }
  if (!body.if_version.empty()) {
    const std::string current =
        old != nullptr ? get_string(old->metadata(), "resourceVersion") : std::string("none");
    if (current != body.if_version) {
      return refuse(ErrorCode::kConflict,
                    fmt::format("{} was changed meanwhile (version {}, not {}); read it again and "
                                "apply your change to that",
                                key.text(), current, body.if_version));
    }
  }
  if (old != nullptr && changes_immutable(*old, body.resource)) {
    return refuse(ErrorCode::kInvalid,
                  key.text() + " is immutable: its data can not be changed; delete it first");
  }
  Decision decision;
  for (const std::string& problem : problems_of(body.resource)) {
    std::string& message = decision.reply.message;
    message += (message.empty() ? "" : "; ") + problem;
  }
  if (!decision.reply.message.empty()) {
    return refuse(ErrorCode::kInvalid, key.text() + ": " + decision.reply.message);
  }
  if (key.kind == Kind::kEventSource) warn_routes(model, body.resource, decision.reply);
  decision.reply.name = key.name;
  if (old != nullptr && as_written(old->object) == as_written(body.resource.object)) {
    decision.reply.message = key.text() + " unchanged";
    decision.reply.object = old->object;
    return decision;
  }
  manifest::Resource resource = stored_form(model, input.now, input.entropy, {}, body.resource);
  decision.reply.message = key.text() + (old == nullptr ? " created" : " configured");
  decision.reply.object = resource.object;
  decision.events.push_back({input.now, ResourcePut{std::move(resource)}});
  return decision;
}

Decision decide_delete(const Model& model, const Input& input, const DeleteResource& body) {
  if (body.key.kind == Kind::kWorkflow) {
    return decide_delete(model, input, DeleteWorkflow{{}, body.key.ns, body.key.name, {}, {}});
  }
  if (model.catalog.find(body.key) == nullptr) {
    return refuse(ErrorCode::kNotFound, body.key.text() + " does not exist");
  }
  Decision decision;
  decision.reply.name = body.key.name;
  decision.reply.message = body.key.text() + " deleted";
  decision.events.push_back({input.now, ResourceRemoved{body.key}});
  return decision;
}

}  // namespace slipway::engine
