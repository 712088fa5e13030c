// What a node wants to know of the stores: the keys that a `data` template lists, the manifest that
// a resource template takes from an artifact, or the finished workflows that it acts on (spec a2).
#pragma once

#include <string>
#include <vector>

#include "core/workflow/advance.h"

namespace slipway::workflow {

struct ReadResult {
  NodeId node;
  std::string error;                   // not empty: it could not be read
  std::vector<std::string> keys;       // of a listing, sorted
  std::string text;                    // of an artifact's content
  std::vector<json::object> finished;  // workflows, whole
};

// Which finished workflows a resource template acts on: the newest of a name, or all with labels.
struct Sought {
  std::string ns, name, selector;
};
std::string to_text(const Sought& sought);  // "NAMESPACE/NAME" or "NAMESPACE?SELECTOR"
Sought sought_from_text(std::string_view text);

class Pass;

// Makes `node` one that reads (leaf.cc).
void start_read(Node& node);

void take_read(Pass& pass, const ReadResult& result);

}  // namespace slipway::workflow
