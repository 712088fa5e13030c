#include "core/engine/locks.h"

namespace slipway::engine {
namespace {

workflow::LockHolder holder_of(const workflow::Run& run, std::string_view text) {
  const size_t slash = text.rfind('/');
  const NodeId node(std::string(slash == std::string_view::npos ? text : text.substr(slash + 1)));
  workflow::LockHolder holder{run.uid(), {}};
  // The root node carries the workflow's name: "ns/name" is the workflow.
  const bool whole = node.value == run.name() && text == run.ns() + "/" + run.name();
  if (!whole && run.find_node(node) != nullptr) holder.node = node;
  return holder;
}

using Claims = std::set<std::pair<std::string, workflow::LockHolder>>;

void collect(const workflow::Run& run, const json::object& kind, std::string_view list,
             std::string_view lock_key, Claims& claims) {
  const json::array* entries = find_array(kind, list);
  if (entries == nullptr) return;
  for (const json::value& value : *entries) {
    const json::object* entry = value.if_object();
    if (entry == nullptr) continue;
    const std::string lock = get_string(*entry, lock_key);
    const std::string single = get_string(*entry, "holder");
    if (!single.empty()) claims.insert({lock, holder_of(run, single)});
    if (const json::array* holders = find_array(*entry, "holders")) {
      for (const json::value& holder : *holders) {
        if (holder.is_string()) claims.insert({lock, holder_of(run, view(holder.get_string()))});
      }
    }
  }
}

LockClaims claims_of(const workflow::Run& run) {
  LockClaims claims;
  const json::object* status = find_object(run.status(), "synchronization");
  if (status == nullptr) return claims;
  for (const char* kind : {"mutex", "semaphore"}) {
    const json::object* entries = find_object(*status, kind);
    if (entries == nullptr) continue;
    collect(run, *entries, "holding", kind, claims.held);
    collect(run, *entries, "waiting", kind, claims.queued);
  }
  return claims;
}

}  // namespace

void update_locks(workflow::LockTable& table, const workflow::Run& run, LockClaims& claims) {
  // Nothing to read when nothing is locked: a queued run keeps its object as text.
  if (run.phase() == workflow::Phase::kNone) return;
  LockClaims now = claims_of(run);
  // Whoever has just queued up is there to be woken by what is released in the same breath: the
  // step after the one that held the lock.
  for (const auto& [lock, holder] : now.queued) {
    if (!claims.queued.contains({lock, holder})) {
      table.wait(lock, {run.priority(), run.created_at(), holder});
    }
  }
  for (const auto& [lock, holder] : claims.held) {
    if (!now.held.contains({lock, holder})) table.release(lock, holder);
  }
  for (const auto& [lock, holder] : claims.queued) {
    if (!now.queued.contains({lock, holder})) table.stop_waiting(lock, holder);
  }
  for (const auto& [lock, holder] : now.held) {
    if (!claims.held.contains({lock, holder})) table.take(lock, holder);
  }
  claims = std::move(now);
}

}  // namespace slipway::engine
