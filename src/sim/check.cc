#include "sim/check.h"

#include <fmt/format.h>

namespace slipway::sim {
namespace {

// Promises 1 to 3: each delivery is there once, and made what it must, once.
void check_deliveries(World& world, const SimJournal& journal, const Workload& workload) {
  std::map<std::string, int> accepted;  // by number in the payload
  std::map<std::string, int> made;
  for (const auto& [id, row] : journal.events()) {
    if (row.outcome != "accepted") continue;
    const auto payload = parse_json(row.payload);
    const json::value* number = payload.ok() && payload.value().is_object()
                                    ? find_path(payload.value().get_object(), {"body", "number"})
                                    : nullptr;
    if (number == nullptr || !number->is_string()) {
      world.violation(1, "an accepted event has lost its payload: " + row.id.value);
      continue;
    }
    const std::string key = str(number->get_string());
    ++accepted[key];
    const auto workflows = journal.workflows_of().find(id);
    made[key] += workflows == journal.workflows_of().end() ? 0 : workflows->second;
  }
  for (const auto& [number, delivery] : workload.deliveries()) {
    const std::string key = std::to_string(number);
    if (!delivery.acked) continue;
    if (accepted[key] == 0) {
      world.violation(3, fmt::format("{} was acknowledged and is lost", delivery.guid));
    }
    if (accepted[key] > 1) {
      world.violation(2, fmt::format("{} was accepted {} times", delivery.guid, accepted[key]));
    }
    const int wanted = delivery.builds ? 1 : 0;
    if (made[key] != wanted) {
      world.violation(
          2, fmt::format("{} made {} workflows, not {}", delivery.guid, made[key], wanted));
    }
  }
}

// Promise 5: every accepted event has a verdict of every sensor, and each says something; of a call
// that is over, what it was answered.
void check_verdicts(World& world, const SimJournal& journal, const engine::Engine& engine) {
  for (const auto& [id, row] : journal.events()) {
    if (row.outcome != "accepted" && row.outcome != "replayed") {
      if (row.message.empty()) world.violation(5, "a refused event does not say why");
      continue;
    }
    const auto verdicts = parse_json(row.verdicts);
    if (!verdicts.ok() || !verdicts.value().is_array()) {
      world.violation(5, "the verdicts of an event can not be read");
      continue;
    }
    for (const json::value& verdict : verdicts.value().get_array()) {
      const std::string outcome =
          verdict.is_object() ? get_string(verdict.get_object(), "outcome") : "";
      if (outcome.empty()) world.violation(5, "a verdict without an outcome");
      const EffectId call(get_string(verdict.get_object(), "call"));
      const bool waits = call.empty() || engine.find_trigger_call(call) != nullptr;
      if (!waits && !row.answers.contains(call.value)) {
        world.violation(5, fmt::format("nobody says what {} was answered", call.value));
      }
    }
  }
}

// Promise 6: what came from the payload is marked in the workflow it went into.
void check_untrusted(World& world, const SimJournal& journal) {
  for (const auto& [uid, object] : journal.created_objects()) {
    const json::value* cause = find_path(object, {"metadata", "annotations", "slipway.dev/event"});
    if (cause == nullptr) continue;
    const json::value* marks =
        find_path(object, {"metadata", "annotations", "slipway.dev/untrusted"});
    const bool named = marks != nullptr && marks->is_string() &&
                       view(marks->get_string()).find("number") != std::string_view::npos;
    if (!named) {
      world.violation(
          6, fmt::format("workflow {} does not say which values came from outside", uid.value));
    }
  }
}

// Promise 3: a pod that began is never said to lack what it is started with.
void check_started(World& world, const SimJournal& journal, const SimPods& pods) {
  for (const auto& [uid, row] : journal.finished()) {
    const auto object = parse_json(row.object);
    const json::value* nodes = object.ok() && object->is_object()
                                   ? find_path(object->get_object(), {"status", "nodes"})
                                   : nullptr;
    if (nodes == nullptr || !nodes->is_object()) continue;
    for (const auto& [key, node] : nodes->get_object()) {
      const PodId pod(get_string(node.get_object(), "podId"));
      const std::string message = get_string(node.get_object(), "message");
      if (pods.is_known(pod) && message.find("Secret ci/token") != message.npos) {
        world.violation(3, fmt::format("pod {} runs and its node says: {}", pod.value, message));
      }
    }
  }
}

std::set<EffectId> effect_ids(const engine::Engine& engine) {
  std::set<EffectId> ids;
  for (const engine::Effect* effect : engine.outstanding().after(0)) ids.insert(effect->id);
  return ids;
}

// Promise 3: what a restart would find is what is there.
void check_replay(World& world, const workflow::Settings& settings, const SimJournal& journal,
                  const engine::Engine& engine) {
  const std::string live = engine.snapshot();
  if (live != journal.shadow().snapshot()) {
    world.violation(3, "the state after replaying every record is another one");
  }
  const auto restored = engine::Engine::restore(live, settings);
  if (!restored.ok()) {
    world.violation(3, "a snapshot can not be restored: " + restored.error().text());
    return;
  }
  if (restored.value().snapshot() != live) {
    world.violation(3, "a snapshot restored and taken again is another one");
  }
  if (effect_ids(restored.value()) != effect_ids(engine)) {
    world.violation(3, "a restored engine has other effects outstanding");
  }
}

}  // namespace

void check_liveness(World& world, const server::Driver& driver, const Workload& workload) {
  if (!workload.settled()) world.violation(3, "something was never accepted");
  driver.engine().for_each_run([&](const workflow::Run& run) {
    world.violation(3, fmt::format("workflow {} is stuck in phase '{}'", run.name(),
                                   workflow::to_string(run.phase())));
  });
}

void check_end(World& world, const workflow::Settings& settings, const SimJournal& journal,
               SimPods& pods, const Workload& workload, const server::Driver& driver) {
  check_deliveries(world, journal, workload);
  check_verdicts(world, journal, driver.engine());
  check_untrusted(world, journal);
  check_started(world, journal, pods);
  check_replay(world, settings, journal, driver.engine());
  // A schedule may have started one more workflow in the last step; nothing else may be left.
  const engine::EffectSet& outstanding = driver.engine().outstanding();
  for (const PodId& pod : pods.list()) {
    if (outstanding.find(engine::start_id(pod)) == nullptr) {
      world.violation(3, fmt::format("pod {} is left behind", pod.value));
    }
  }
  for (const engine::Effect* effect : outstanding.after(0)) {
    if (driver.engine().find_run(effect->workflow) == nullptr) {
      world.violation(3, fmt::format("{} is outstanding for nobody", effect->id.value));
    }
  }
  for (const auto& [uid, object] : journal.created_objects()) {
    const bool accounted = journal.finished().contains(uid) || journal.removed().contains(uid) ||
                           driver.engine().find_run(uid) != nullptr;
    if (!accounted) world.violation(3, fmt::format("workflow {} is lost", uid.value));
  }
}

void check_artifacts(World& world, const SimJournal& journal, const SimArtifacts& artifacts) {
  for (const auto& [uid, row] : journal.finished()) {
    const auto parsed = parse_json(row.object);
    const json::object& status = object_of(parsed->get_object(), "status");
    const bool refused = row.object.find("ArtifactGCError") != std::string::npos;
    for (const auto& member : object_of(status, "nodes")) {
      const json::object& node = member.value().get_object();
      if (get_string(node, "type") != "Pod") continue;
      const json::array* saved = find_array(object_of(node, "outputs"), "artifacts");
      for (const json::value& item : saved != nullptr ? *saved : json::array()) {
        const json::object& artifact = item.get_object();
        const bool gone = get_bool(artifact, "deleted");
        const std::string key = get_string(object_of(artifact, "s3"), "key");
        if (gone && artifacts.keys.contains(key)) {
          world.violation(3, fmt::format("artifact {} is said to be gone", key));
        }
        if (!gone && !refused && row.name.starts_with("dag-")) {
          world.violation(3, fmt::format("nobody says why artifact {} is still there", key));
        }
      }
    }
  }
}

}  // namespace slipway::sim
