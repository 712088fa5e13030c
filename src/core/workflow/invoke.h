// Running a template under a node name: the one way by which nodes come to be (Argo's
// executeTemplate).
#pragma once

#include <string>

#include "core/workflow/pass.h"

namespace slipway::workflow {

// Where a template runs.
struct Site {
  std::string node_name;
  Frame* boundary = nullptr;  // nearest Steps or DAG frame; nullptr at the top
  std::string scope;          // in which unqualified template names are looked up
  Link owner;
  bool hooked = false, on_exit = false, retried = false;
  int depth = 0;

  NodeId boundary_id() const { return boundary != nullptr ? boundary->id : NodeId(); }
};

// Starts what `holder` names, or takes the node up again when it exists. False when there is no
// room for it now (parallelism, a stop); then nothing was made. What can not run becomes a node in
// phase Error.
bool start_node(Pass& pass, const json::object& holder, const Arguments& arguments,
                const Site& site);

// The owner takes up a node that is already stored: frames of unfinished ones are made anew.
void attach_node(Pass& pass, const Node& node, const Site& site);

// One attempt of a retry node, whose frame is `retry`.
bool start_attempt(Pass& pass, Frame& retry, int attempt);

// A node that is decided without running: Skipped, Omitted or Error.
void create_decided(Pass& pass, const json::object& holder, const Site& site, Phase phase,
                    std::string_view message);

// Fields that every node has.
Node new_node(const Pass& pass, const json::object& holder, const Site& site, NodeType type);

}  // namespace slipway::workflow
