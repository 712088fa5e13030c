// Deltas as the journal holds them.
#include <fmt/format.h>

#include "core/workflow/run.h"

namespace slipway::workflow {
namespace {

Error bad_delta(std::string_view what) {
  return {ErrorCode::kInvalid, fmt::format("workflow delta: {}", what), {}};
}

void take_object(const json::object& from, std::string_view key, json::object& to) {
  if (const json::object* found = find_object(from, key)) to = *found;
}

}  // namespace

json::object to_json(const Delta& delta) {
  json::object out{{"uid", delta.uid.value}, {"at", delta.at.ns}};
  if (!delta.nodes.empty()) {
    json::array nodes;
    nodes.reserve(delta.nodes.size());
    for (const Node& node : delta.nodes) nodes.emplace_back(to_journal_json(node));
    out["nodes"] = std::move(nodes);
  }
  if (!delta.removed_nodes.empty()) {
    json::array removed;
    for (const NodeId& id : delta.removed_nodes) removed.emplace_back(id.value);
    out["removed"] = std::move(removed);
  }
  if (!delta.added_children.empty()) {
    json::array added;
    added.reserve(delta.added_children.size());
    for (const auto& [parent, child] : delta.added_children) {
      added.emplace_back(json::array{parent.value, child.value});
    }
    out["children"] = std::move(added);
  }
  if (!delta.status.empty()) out["status"] = delta.status;
  if (!delta.metadata.empty()) out["metadata"] = delta.metadata;
  if (!delta.spec.empty()) out["spec"] = delta.spec;
  if (!delta.locks.empty()) out["locks"] = to_json(delta.locks);
  return out;
}

Result<Delta> delta_from_json(const json::object& object) {
  Delta delta;
  delta.uid = WorkflowUid(get_string(object, "uid"));
  if (delta.uid.empty()) return bad_delta("it has no uid");
  delta.at.ns = get_int(object, "at");
  if (const json::array* nodes = find_array(object, "nodes")) {
    delta.nodes.reserve(nodes->size());
    for (const json::value& item : *nodes) {
      if (!item.is_object()) return bad_delta("a node is no object");
      TRY_ASSIGN(Node node, node_from_journal_json(item.get_object()));
      delta.nodes.push_back(std::move(node));
    }
  }
  if (const json::array* removed = find_array(object, "removed")) {
    for (const json::value& item : *removed) {
      if (!item.is_string()) return bad_delta("a removed node's id is no text");
      delta.removed_nodes.emplace_back(str(item.get_string()));
    }
  }
  if (const json::array* added = find_array(object, "children")) {
    for (const json::value& item : *added) {
      const json::array* pair = item.if_array();
      if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() ||
          !(*pair)[1].is_string()) {
        return bad_delta("an added child is no pair of ids");
      }
      delta.added_children.emplace_back(NodeId(str((*pair)[0].get_string())),
                                        NodeId(str((*pair)[1].get_string())));
    }
  }
  take_object(object, "status", delta.status);
  take_object(object, "metadata", delta.metadata);
  take_object(object, "spec", delta.spec);
  if (const json::array* locks = find_array(object, "locks")) {
    auto claims = lock_claims_from_json(*locks);
    if (!claims.ok()) return bad_delta(claims.error().message);
    delta.locks = std::move(*claims);
  }
  return delta;
}

}  // namespace slipway::workflow
