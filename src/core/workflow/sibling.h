// What a step or task may say of the ones before it: steps.X.* and tasks.X.* (spec a13, rules 12,
// 25, 46 and 79). Only what is referred to is looked up, so that the cost follows the text.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/workflow/pass.h"

namespace slipway::workflow {

// Every dotted name that the tags inside `value` refer to, and that the expression fields
// (expression, fromExpression) read.
void collect_names(const json::value& value, std::set<std::string>& names);

// Sets in `scope` what `names` ask of the frame's steps or tasks. kInvalid when an aggregate that
// is asked for can not be made (a looped script's result that is no JSON).
Status set_siblings(Pass& pass, const Frame& frame, const std::set<std::string>& names,
                    expr::Scope& scope);

// What {{<prefix>.*}} says of one node, the last attempt's where it was retried.
void set_node_names(const Pass& pass, const Node& node, const std::string& prefix,
                    expr::Scope& scope);

// The node that speaks for a call: its only item's, a TaskGroup, or a StepGroup; nullptr when it
// does not exist yet.
const Node* call_node(const Pass& pass, const Frame& frame, const Call& call);
const Node& last_attempt(const Pass& pass, const Node& node);

// An artifact by reference: "steps.a.outputs.artifacts.b", "inputs.artifacts.x" or
// "workflow.outputs.artifacts.y". nullptr when there is none.
const json::object* find_artifact(const Pass& pass, const Frame& frame, std::string_view name);

// Whether `name` is an output artifact that a skipped step would have made. Tasks have none such.
bool is_skipped_artifact(const Pass& pass, const Frame& frame, std::string_view name);

// The first steps.* or tasks.* tag (but artifacts) still in `value`; empty when there is none
// (rule 39).
std::string missing_reference(const json::value& value);

}  // namespace slipway::workflow
