// What a node wants to know of the artifact store: the keys that a `data` template lists, or the
// manifest that a resource template takes from an artifact (spec a2).
#pragma once

#include <string>
#include <vector>

#include "core/workflow/advance.h"

namespace slipway::workflow {

struct ReadResult {
  NodeId node;
  std::string error;              // not empty: it could not be read
  std::vector<std::string> keys;  // of a listing, sorted
  std::string text;               // of an artifact's content
};

class Pass;

// Makes `node` one that reads (leaf.cc).
void start_read(Node& node);

void take_read(Pass& pass, const ReadResult& result);

}  // namespace slipway::workflow
