// Resource templates: what kubectl would do with a manifest, the engine does with its own objects
// (core/engine/act.h). This is the node's side: starting it, waiting, outputs (spec a2).
#pragma once

#include <string>

#include "core/workflow/pass.h"

namespace slipway::workflow {

// What the engine did for a node that acts.
struct ActResult {
  NodeId node;
  std::string error;    // not empty: the node fails with it
  std::string watches;  // not empty: done, and the conditions of this object are waited for
  std::string sought;   // not empty: not done, since finished workflows are to be read first
  json::object object;  // as it now is; empty after a delete
};

// Makes `node` one that acts (leaf.cc).
void start_act(Node& node);

void take_act(Pass& pass, const ActResult& result);

enum class Condition { kOpen, kMet };
// Argo's order: any failure requirement that holds is an Error, else every success requirement must
// hold (comma-separated label-selector requirements over gjson paths).
Result<Condition> judge_conditions(const json::object& resource_template,
                                   const json::object& object);

}  // namespace slipway::workflow
