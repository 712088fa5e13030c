// Strong ids: a WorkflowUid can not be passed where a NodeId is meant.
#pragma once

#include <compare>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

namespace slipway {

template <class Tag>
struct Id {
  std::string value;

  Id() = default;
  explicit Id(std::string text) : value(std::move(text)) {}

  bool empty() const { return value.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.value; }
};

using WorkflowUid = Id<struct WorkflowUidTag>;  // RFC 4122 text, as metadata.uid
using NodeId = Id<struct NodeIdTag>;            // Argo's node id: workflow name, or name-<fnv32a>
using PodId = Id<struct PodIdTag>;              // one per started pod, unique for all time
using EventId = Id<struct EventIdTag>;          // 32 hex digits, as a CloudEvent's id on Argo's bus
using EffectId = Id<struct EffectIdTag>;        // derived from the durable event that caused it

}  // namespace slipway

template <class Tag>
struct std::hash<slipway::Id<Tag>> {
  size_t operator()(const slipway::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};
