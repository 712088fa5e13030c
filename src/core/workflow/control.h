// The controls: each goes on with one frame as far as it can.
#pragma once

#include "core/workflow/pass.h"

namespace slipway::workflow {

void run_steps(Pass& pass, Frame& frame);  // steps.cc
void run_dag(Pass& pass, Frame& frame);    // dag.cc
void run_retry(Pass& pass, Frame& frame);  // retry_node.cc

// A node that waited for a lock tries again (invoke.cc).
void resume_locked(Pass& pass, const NodeId& id);

// Runs frames until none is left in the queue. The frame may be gone afterwards.
void run_queue(Pass& pass);

// Ends a frame's node: template outputs on success, outbound nodes, daemons. Drops the frame.
void finish_frame(Pass& pass, Frame& frame, Phase phase, std::string_view message);

// Where edges leave a node (rule 6).
std::vector<NodeId> outbound_nodes(const Pass& pass, const NodeId& id);

}  // namespace slipway::workflow
