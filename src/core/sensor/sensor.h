// From events to triggers, with the reason for everything. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/time.h"
#include "core/manifest/catalog.h"

namespace slipway::sensor {

// A CloudEvent as Argo's bus carries it (spec events.md, a5).
struct Event {
  EventId id;
  std::string ns, source, type, subject;  // subject: the event's name in its EventSource
  Time time;
  json::value data;

  friend bool operator==(const Event&, const Event&) = default;
};

// One line of a verdict: what was looked at, what was found, what was wanted.
struct Step {
  std::string stage;  // transform, exprs, data, context, time, script, condition, parameter, source
  std::string subject;  // path or name looked at
  std::string expected, actual;
  bool passed = false;
  std::string message;  // for people; always set when not passed
};

// Why a sensor's trigger did or did not fire on one event.
struct Verdict {
  std::string ns, sensor, dependency, trigger;  // trigger empty: the dependency did not match
  enum class Outcome { kFiltered, kWaiting, kFired, kFailed } outcome = Outcome::kFiltered;
  std::vector<Step> steps;
  std::string action;  // what a fired trigger made, e.g. "Workflow ci/ride-service-x7k2p"
  EffectId call;       // of one that called out: its answer comes later; or empty
};
json::object to_json(const Verdict& verdict);

// A Workflow to create, from a k8s or argoWorkflow trigger.
struct CreateWorkflow {
  json::object object;  // parameters applied, not yet prepare()d; labels as Argo Events sets them
  std::string ns;
  // Paths of values that came from the event ("spec.arguments.parameters.title"): untrusted.
  std::vector<std::string> untrusted;
};
// Another k8s trigger on an object of Slipway's own (spec events.md, b54).
struct ChangeObject {
  std::string operation;  // create, update, patch or delete
  json::object object;    // parameters applied; with the labels of Argo Events when it is created
  std::string ns, patch_strategy;
};
// `argo submit --from kind/name` with its flags parsed.
struct SubmitFrom {
  std::string kind, name, ns;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<std::pair<std::string, std::string>> labels, annotations;
  std::string new_name, generate_name, entrypoint, service_account;
  std::optional<int64_t> priority;
  std::vector<std::string> untrusted;  // names of parameters whose value came from the event
};
// suspend, resume, retry, resubmit, stop or terminate of a workflow by name.
struct Operate {
  std::string verb, ns, name;
  // Of retry and resubmit: what is overridden, and the names of those whose value came from the
  // event.
  std::vector<std::pair<std::string, std::string>> parameters = {};
  std::vector<std::string> untrusted = {};
};
// log trigger.
struct WriteLog {
  std::string text;
};
// http trigger, and others that call out, as a request value (port/http_client.h's fields).
struct CallHttp {
  std::string method, url, body;
  std::vector<std::pair<std::string, std::string>> headers;
  Duration timeout = Duration::seconds(60);
  std::vector<int> allowed_status;  // empty: any
};

using Action = std::variant<CreateWorkflow, SubmitFrom, Operate, WriteLog, CallHttp, ChangeObject>;

struct Firing {
  std::string trigger;
  std::vector<EventId> events;  // all that took part
  Action action;
};

// Events kept for AND conditions, per trigger and dependency (spec events.md, b30 to b36). Durable:
// the engine journals each change.
struct Memory {
  // trigger → dependency → event
  std::map<std::string, std::map<std::string, Event>> kept;
  // trigger → fingerprint of the condition and dependencies under which its events were kept; when
  // they are edited, what was kept is dropped (spec events.md, b34)
  std::map<std::string, std::string> fingerprints;

  friend bool operator==(const Memory&, const Memory&) = default;
};
json::object to_json(const Memory& memory);
Result<Memory> memory_from_json(const json::object& object);

struct Evaluation {
  std::vector<Verdict> verdicts;
  std::vector<Firing> firings;
  std::optional<Memory> memory;  // when it changed
};

// Offers one event to one sensor. Dependencies that do not name the event's source and subject give
// nothing. A sensor that is wrong in itself gives a kFailed verdict, never an exception.
Evaluation evaluate(const manifest::Resource& sensor, const Memory& memory, const Event& event,
                    const manifest::Catalog& catalog, Time now);

// What is wrong with a sensor, in words (spec events.md, rule 58); empty: nothing.
std::vector<std::string> validate(const manifest::Resource& sensor);

}  // namespace slipway::sensor
