// Resource templates carried out on the engine's own objects, with kubectl's meaning (spec a2). One
// action is one decision: what it changes and what its node becomes are durable together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/engine/model.h"
#include "core/workflow/read.h"

namespace slipway::engine {

// The action of `key`, or a look at the object that it waits for. Finished workflows are not in
// memory: a node that needs them first asks for them, and acts when they have been read.
Decision decide_act(const Model& model, const Input& input, const ActKey& key);
Decision decide_sought(const Model& model, const Input& input, const ActKey& key,
                       const workflow::ReadResult& read);

// What a resource template asks for, told apart.
struct ActOrder {
  std::string action, ns;
  std::optional<manifest::Kind> kind;
  std::string name, selector;
  bool all = false;
  json::object object;  // of create, apply, replace; empty otherwise
  json::value patch;    // of patch
  std::string merge_strategy;
};

// From the resolved `resource` member of a template, its manifest's text given.
Result<ActOrder> read_order(const json::object& resource, const std::string& text,
                            const workflow::Run& run);

// Carries it out: appends its events, or names the operations for the acting run itself (empty:
// nobody acts). The object as it then is; none after a delete. Without `finished`, an order that
// reaches finished workflows says only which of them are to be read.
using Finished = std::vector<json::object>;
struct Acted {
  json::object object;
  std::vector<workflow::Operation> on_itself;
  std::string sought;  // workflow/read.h
};
Result<Acted> carry_out(const Model& model, const Input& input, const WorkflowUid& acting,
                        const ActOrder& order, const Finished* finished, Decision& decision);

// "Workflow default/x", and back to the object as it is now.
std::string object_text(manifest::Kind kind, std::string_view ns, std::string_view name);
std::optional<json::object> find_object_as_it_is(const Model& model, std::string_view text);

}  // namespace slipway::engine
