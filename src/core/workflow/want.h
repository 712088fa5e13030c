// What one node, and one finished workflow, still asks of the world. A pure function of what is
// stored, so that a restart asks for the same again.
#pragma once

#include <set>

#include "core/workflow/run.h"

namespace slipway::workflow {

void add_wants(const Node& node, std::set<Want>& wants);

// The claims of a completed workflow that its volumeClaimGC lets go (rule 65).
void add_claim_wants(const Run& run, std::set<Want>& wants);

}  // namespace slipway::workflow
