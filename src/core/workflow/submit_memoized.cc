#include "core/workflow/submit_memoized.h"

#include <map>
#include <string>

#include "core/workflow/node.h"
#include "core/workflow/well_known.h"

namespace slipway::workflow {
namespace {

// "" when the status is not the one that resubmit() leaves: nodes of another workflow, no phase.
std::string memoized_from(const json::object& workflow) {
  const json::object* metadata = find_object(workflow, "metadata");
  const json::object* labels = metadata != nullptr ? find_object(*metadata, "labels") : nullptr;
  const json::object* status = find_object(workflow, "status");
  if (labels == nullptr || status == nullptr || !get_string(*status, "phase").empty()) return {};
  if (find_object(*status, "nodes") == nullptr) return {};
  return get_string(*labels, kLabelResubmittedFrom);
}

std::string renamed(const std::string& name, const std::string& from, const std::string& to) {
  return name.compare(0, from.size(), from) == 0 ? to + name.substr(from.size()) : name;
}

void map_ids(json::object& node, std::string_view key,
             const std::map<std::string, std::string>& ids) {
  json::value* member = node.if_contains(key);
  if (member == nullptr || !member->is_array()) return;
  json::array mapped;
  for (const json::value& id : member->get_array()) {
    const auto known = id.is_string() ? ids.find(str(id.get_string())) : ids.end();
    if (known != ids.end()) mapped.push_back(json::value(known->second));
  }
  *member = std::move(mapped);
}

}  // namespace

void adopt_memoized_nodes(json::object& workflow) {
  const std::string from = memoized_from(workflow);
  if (from.empty()) {
    workflow.erase("status");
    return;
  }
  const std::string to = get_string(*find_object(workflow, "metadata"), "name");
  const json::object before = *find_object(*find_object(workflow, "status"), "nodes");
  std::map<std::string, std::string> ids;
  for (const auto& member : before) {
    if (!member.value().is_object()) continue;
    const std::string name = get_string(member.value().get_object(), "name");
    ids[std::string(member.key())] = node_id(to, renamed(name, from, to)).value;
  }
  json::object nodes;
  for (const auto& member : before) {
    if (!member.value().is_object()) continue;
    json::object node = member.value().get_object();
    const std::string name = renamed(get_string(node, "name"), from, to);
    const std::string id = ids.at(std::string(member.key()));
    if (get_string(node, "displayName") == from) node["displayName"] = to;
    node["name"] = name;
    node["id"] = id;
    if (const auto boundary = ids.find(get_string(node, "boundaryID")); boundary != ids.end()) {
      node["boundaryID"] = boundary->second;
    }
    map_ids(node, "children", ids);
    map_ids(node, "outboundNodes", ids);
    nodes[id] = std::move(node);
  }
  workflow["status"] = json::object{{"nodes", std::move(nodes)}};
}

}  // namespace slipway::workflow
