// What the triggers of one event do: all of it is part of that event's decision.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/engine/model.h"

namespace slipway::engine {

class TriggerRun {
 public:
  TriggerRun(const Model& model, Time now, Random& random)
      : model_(model), now_(now), random_(random) {}

  // Carries out one firing; its verdict gets what was made, or becomes kFailed with the reason.
  void fire(const manifest::Resource& sensor, const sensor::Firing& firing,
            sensor::Verdict& verdict);

  // Appends the facts, in the order of the firings; operations on one run are one pass.
  void finish(Decision& decision);

 private:
  Result<std::string> act(const manifest::Resource& sensor, const sensor::Firing& firing,
                          sensor::Verdict& verdict);
  Result<std::string> create(const sensor::Firing& firing, json::object object, std::string_view ns,
                             const workflow::SubmitOptions& options,
                             const std::vector<std::string>& untrusted);
  Result<std::string> submit(const sensor::Firing& firing, const sensor::SubmitFrom& from);
  Result<std::string> operate(const sensor::Operate& operate);
  Result<std::string> change(const sensor::ChangeObject& change);
  EffectId call(const manifest::Resource& sensor, const sensor::Firing& firing,
                const sensor::CallHttp& request);
  // What is to be done with a workflow that is not live waits for the store (trigger_seek.cc).
  EffectId seek(const manifest::Resource& sensor, const sensor::Firing& firing,
                std::variant<sensor::Operate, sensor::ChangeObject> what);
  EffectId await(const manifest::Resource& sensor, const sensor::Firing& firing,
                 TriggerCalled called);

  const Model& model_;
  Time now_;
  Random& random_;
  std::set<std::string> taken_;  // "ns/name" of workflows made by this decision
  std::vector<Event> events_;
  std::map<WorkflowUid, std::vector<workflow::Operation>> operations_;
};

}  // namespace slipway::engine
