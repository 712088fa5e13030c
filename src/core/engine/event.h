// Durable facts. Every variant ever written must stay readable: golden journals are tests.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/time.h"
#include "core/manifest/resource.h"
#include "core/sensor/sensor.h"
#include "core/workflow/run.h"

namespace slipway::engine {

struct ResourcePut {
  manifest::Resource resource;
};  // uid, resourceVersion, creationTimestamp set
struct ResourceRemoved {
  manifest::ResourceKey key;
};

struct EventReceived {
  EventId id;
  std::string ns, source, event, type, delivery, summary;
  std::string replay_of;  // id of the original, or empty
  // For the event's row, which the same commit writes; the record leaves both out, because no
  // later decision needs them and they are most of the bytes.
  json::value data;
  json::array verdicts;  // what every sensor made of it
};
struct EventRefused {  // listed, nothing else
  EventId id;
  std::string ns, source, event, type, delivery, summary, outcome, message;
  int status = 0;
};
struct SensorRemembered {
  std::string ns, sensor;
  sensor::Memory memory;
};

struct WorkflowCreated {
  WorkflowUid uid;
  std::string object;  // JSON text: small in memory while it waits
};
struct WorkflowAdvanced {
  workflow::Delta delta;
};
struct WorkflowFinished {
  WorkflowUid uid;
};  // leaves memory; its row holds the object
struct WorkflowRemoved {
  WorkflowUid uid;
  std::vector<PodId> pods;             // what they left is to be removed
  std::vector<std::string> claims;     // "<namespace>/<name>", to be removed with what they hold
  std::vector<std::string> artifacts;  // addresses of those that go with it; of earlier releases
  std::string ns, name;                // empty in journals of earlier releases
};
struct WorkflowRecalled {  // a finished one is in memory again until its artifacts are gone
  WorkflowUid uid;
  std::string object;  // JSON text
};
struct ArtifactsReleased {        // artifactGC: they are to be removed from where they are
  std::vector<std::string> keys;  // addresses (workflow/artifact_place.h)
  WorkflowUid uid;                // waits for that; empty: nobody does
};
struct ArtifactForgotten {
  std::string key;  // address
};
struct PodForgotten {
  PodId pod;
};
struct PodsReleased {  // podGC: what they left, logs included, goes at `due`
  Time due;
  std::vector<PodId> pods;
};
struct PodsCollected {  // `due` has come
  std::vector<PodId> pods;
};
struct ClaimForgotten {
  std::string ns, name;
};
struct TriggerCalled {
  EffectId effect;
  sensor::CallHttp call;
  std::string ns, sensor, trigger;
  // Instead of a call: done when the store has been asked for the workflow, which is not live.
  std::optional<std::variant<sensor::Operate, sensor::ChangeObject>> seeks = {};
};
struct TriggerDone {
  EffectId effect;
  bool ok = false;
  std::string message;
};
struct ActTried {  // a node that acts had its turn: what it waits for is not so yet
  WorkflowUid uid;
  NodeId node;
};

struct Event {
  Time at;
  std::variant<ResourcePut, ResourceRemoved, EventReceived, EventRefused, SensorRemembered,
               WorkflowCreated, WorkflowAdvanced, WorkflowFinished, WorkflowRemoved, PodForgotten,
               ClaimForgotten, TriggerCalled, TriggerDone, PodsReleased, PodsCollected, ActTried,
               ArtifactsReleased, ArtifactForgotten, WorkflowRecalled>
      body;
};

// One journal record. Decoding refuses what it does not know with kInvalid, naming the type.
std::string encode(const Event& event);
Result<Event> decode(std::string_view bytes);

}  // namespace slipway::engine
