#include "core/workflow/lock_claim.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/workflow/lock.h"
#include "core/workflow/run.h"

namespace slipway::workflow {
namespace {

using State = LockClaim::State;

constexpr std::array<std::string_view, 3> kStateNames = {"none", "waiting", "held"};
constexpr std::pair<std::string_view, State> kLists[] = {{"holding", State::kHeld},
                                                         {"waiting", State::kWaiting}};

NodeId node_of(const Run& run, std::string_view whole, std::string_view holder) {
  if (holder == whole) return {};
  const NodeId node(std::string(holder.substr(holder.rfind('/') + 1)));
  return run.find_node(node) != nullptr ? node : NodeId();
}

bool is_entry(const json::value& value, const LockClaim& claim) {
  const json::object* entry = value.if_object();
  const json::string* lock = entry != nullptr ? find_string(*entry, claim.kind) : nullptr;
  return lock != nullptr && view(*lock) == claim.lock;
}

// --- status.synchronization ---

void add_holder(json::array& list, const LockClaim& claim, const std::string& holder) {
  if (claim.kind == "mutex") {
    list.emplace_back(json::object{{"mutex", claim.lock}, {"holder", holder}});
    return;
  }
  for (json::value& entry : list) {
    if (!is_entry(entry, claim)) continue;
    entry.get_object()["holders"].get_array().emplace_back(holder);
    return;
  }
  list.emplace_back(json::object{{claim.kind, claim.lock}, {"holders", json::array{holder}}});
}

void remove_holder(json::array& list, const LockClaim& claim, std::string_view holder) {
  for (auto entry = list.begin(); entry != list.end(); ++entry) {
    if (!is_entry(*entry, claim)) continue;
    json::value* several = entry->get_object().if_contains("holders");
    if (several == nullptr || !several->is_array()) {
      if (get_string(entry->get_object(), "holder") != holder) continue;
      list.erase(entry);
      return;
    }
    json::array& holders = several->get_array();
    const auto mine = std::find_if(holders.begin(), holders.end(), [&](const json::value& one) {
      return one.is_string() && view(one.get_string()) == holder;
    });
    if (mine != holders.end()) holders.erase(mine);
    if (holders.empty()) list.erase(entry);
    return;
  }
}

json::object& object_at(json::object& holder, std::string_view key) {
  json::value& member = holder[key];
  return member.is_object() ? member.get_object() : member.emplace_object();
}

}  // namespace

json::array to_json(const std::vector<LockClaim>& claims) {
  json::array array;
  for (const LockClaim& claim : claims) {
    array.emplace_back(json::array{claim.kind, claim.lock, claim.node.value,
                                   kStateNames[static_cast<size_t>(claim.state)]});
  }
  return array;
}

Result<std::vector<LockClaim>> lock_claims_from_json(const json::array& array) {
  std::vector<LockClaim> claims;
  for (const json::value& item : array) {
    const json::array* texts = item.if_array();
    const bool good = texts != nullptr && texts->size() == 4 &&
                      std::all_of(texts->begin(), texts->end(),
                                  [](const json::value& text) { return text.is_string(); });
    const auto* name =
        good ? std::find(kStateNames.begin(), kStateNames.end(), view((*texts)[3].get_string()))
             : kStateNames.end();
    if (name == kStateNames.end()) {
      return Error{ErrorCode::kInvalid, "a lock is no [kind, lock, node, state]", {}};
    }
    claims.push_back({str((*texts)[0].get_string()), str((*texts)[1].get_string()),
                      NodeId(str((*texts)[2].get_string())),
                      static_cast<State>(name - kStateNames.begin())});
  }
  return claims;
}

std::vector<LockClaim> lock_claims_of(const Run& run) {
  std::vector<LockClaim> claims;
  const json::object* status = find_object(run.status(), "synchronization");
  if (status == nullptr) return claims;
  const std::string whole = run.ns() + "/" + run.name();
  for (const std::string_view kind : {"mutex", "semaphore"}) {
    const json::object* lists = find_object(*status, kind);
    if (lists == nullptr) continue;
    for (const auto& [list, state] : kLists) {
      for (const json::value& item : list_of(*lists, list)) {
        const json::object* entry = item.if_object();
        if (entry == nullptr) continue;
        const std::string lock = get_string(*entry, kind);
        const std::string single = get_string(*entry, "holder");
        if (!single.empty()) {
          claims.push_back({std::string(kind), lock, node_of(run, whole, single), state});
        }
        for (const json::value& holder : list_of(*entry, "holders")) {
          if (!holder.is_string()) continue;
          claims.push_back(
              {std::string(kind), lock, node_of(run, whole, view(holder.get_string())), state});
        }
      }
    }
  }
  return claims;
}

void fold_claim(json::object& status, std::string_view whole, const LockClaim& change) {
  const std::string holder =
      change.node.empty() ? std::string(whole) : fmt::format("{}/{}", whole, change.node.value);
  json::object& all = object_at(status, "synchronization");
  json::object& lists = object_at(all, change.kind);
  for (const auto& [name, state] : kLists) {
    json::value& list = lists[name];
    if (!list.is_array()) list.emplace_array();
    remove_holder(list.get_array(), change, holder);
    if (state == change.state) add_holder(list.get_array(), change, holder);
    if (list.get_array().empty()) lists.erase(name);
  }
  if (lists.empty()) all.erase(change.kind);
  if (all.empty()) status.erase("synchronization");
}

// --- the table ---

namespace {

// Whoever has just queued up is there to be woken by what is released in the same breath: the step
// after the one that held the lock.
void take_in(LockTable& table, const Run& run, const std::vector<LockClaim>& changes,
             const LockTable::Claims& gone) {
  const auto holder = [&](const LockClaim& claim) { return LockHolder{run.uid(), claim.node}; };
  for (const LockClaim& claim : changes) {
    if (claim.state != State::kWaiting) continue;
    table.wait(claim.lock, {run.priority(), run.created_at(), holder(claim)});
    table.release(claim.lock, holder(claim));
  }
  for (const auto& [lock, one] : gone) table.release(lock, one);
  for (const auto& [lock, one] : gone) table.stop_waiting(lock, one);
  for (const LockClaim& claim : changes) {
    if (claim.state == State::kHeld) table.take(claim.lock, holder(claim));
  }
}

}  // namespace

void add_locks(LockTable& table, const Run& run) {
  // Nothing to read when nothing is locked: a queued run keeps its object as text.
  if (run.phase() != Phase::kNone) take_in(table, run, lock_claims_of(run), {});
}

void update_locks(LockTable& table, const Run& run, const Delta& delta) {
  LockTable::Claims gone;
  std::vector<LockClaim> changes = delta.locks;
  if (delta.status.contains("synchronization")) {
    changes = lock_claims_of(run);
    gone = table.claims(run.uid());
    for (const LockClaim& claim : changes) gone.erase({claim.lock, {run.uid(), claim.node}});
  }
  for (const LockClaim& claim : changes) {
    if (claim.state == State::kNone) gone.insert({claim.lock, {run.uid(), claim.node}});
  }
  take_in(table, run, changes, gone);
}

}  // namespace slipway::workflow
