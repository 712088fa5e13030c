#include "core/workflow/lock_node.h"

#include <fmt/format.h>

#include <charconv>

#include "core/workflow/lock.h"
#include "core/workflow/sync_limit.h"

namespace slipway::workflow {
namespace {

struct WantedLock {
  std::string kind;  // "mutex" or "semaphore"
  std::string name;
  int64_t limit = 1;
};

Result<int64_t> read_limit(const Pass& pass, const std::string& ns, const std::string& name,
                           const std::string& key) {
  TRY_ASSIGN(const std::string text, pass.world.catalog.config_map_value(ns, name, key));
  int64_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return Error{
        ErrorCode::kInvalid,
        fmt::format("the semaphore's limit in ConfigMap {}/{} key {} is no integer: \"{}\"", ns,
                    name, key, text),
        {}};
  }
  return limit;
}

Result<WantedLock> database_semaphore(const Pass& pass, const std::string& ns,
                                      const std::string& key) {
  WantedLock lock{"semaphore", fmt::format("{}/Database/{}", ns, key)};
  const auto limit = read_limit(pass, ns, kSyncLimits, key);
  if (!limit.ok()) {
    return Error{
        limit.error().code,
        fmt::format("failed to initialize semaphore {} with limit: there is none; `slipway "
                    "sync create {} -n {} --type database --limit 1`",
                    lock.name, key, ns),
        {}};
  }
  lock.limit = *limit;
  return lock;
}

Result<WantedLock> wanted_semaphore(const Pass& pass, const json::object& semaphore) {
  const std::string ns = get_string(semaphore, "namespace", pass.draft.run().ns());
  const json::object* map = find_object(semaphore, "configMapKeyRef");
  const json::object* database = find_object(semaphore, "database");
  if (map != nullptr && database != nullptr) {
    return Error{
        ErrorCode::kInvalid, "invalid semaphore with both configMapKeyRef and database", {}};
  }
  if (database != nullptr) return database_semaphore(pass, ns, get_string(*database, "key"));
  if (map == nullptr) {
    return Error{ErrorCode::kInvalid, "a semaphore without configMapKeyRef or database", {}};
  }
  const std::string name = get_string(*map, "name"), key = get_string(*map, "key");
  TRY_ASSIGN(const int64_t limit, read_limit(pass, ns, name, key));
  return WantedLock{"semaphore", fmt::format("{}/ConfigMap/{}/{}", ns, name, key), limit};
}

// The database that Argo's controllers share is the journal here: one server has all locks.
WantedLock wanted_mutex(const Pass& pass, const json::object& mutex) {
  const std::string_view kind = get_bool(mutex, "database") ? "Database" : "Mutex";
  return {"mutex", fmt::format("{}/{}/{}", get_string(mutex, "namespace", pass.draft.run().ns()),
                               kind, get_string(mutex, "name"))};
}

Result<std::vector<WantedLock>> wanted_locks(const Pass& pass, const json::object& from) {
  std::vector<WantedLock> locks;
  for (const json::value& item : list_of(from, "semaphores")) {
    const json::object none;
    const json::object* semaphore = item.if_object();
    TRY_ASSIGN(WantedLock lock, wanted_semaphore(pass, semaphore != nullptr ? *semaphore : none));
    locks.push_back(std::move(lock));
  }
  for (const json::value& item : list_of(from, "mutexes")) {
    if (item.is_object()) locks.push_back(wanted_mutex(pass, item.get_object()));
  }
  return locks;
}

// status.synchronization as (kind, list, lock) → holders, and back.
using Table =
    std::map<std::string, std::map<std::string, std::map<std::string, std::set<std::string>>>>;

Table read_table(const Draft& draft) {
  Table table;
  const json::value* status = draft.status("synchronization");
  if (status == nullptr || !status->is_object()) return table;
  for (const auto& kind : status->get_object()) {
    if (!kind.value().is_object()) continue;
    for (const auto& list : kind.value().get_object()) {
      if (!list.value().is_array()) continue;
      for (const json::value& item : list.value().get_array()) {
        if (!item.is_object()) continue;
        auto& holders = table[std::string(kind.key())][std::string(list.key())]
                             [get_string(item.get_object(), kind.key())];
        if (const json::array* several = find_array(item.get_object(), "holders")) {
          for (const json::value& holder : *several) {
            if (holder.is_string()) holders.insert(str(holder.get_string()));
          }
        } else {
          holders.insert(get_string(item.get_object(), "holder"));
        }
      }
    }
  }
  return table;
}

void write_table(Draft& draft, const Table& table) {
  json::object status;
  for (const auto& [kind, lists] : table) {
    json::object entries;
    for (const auto& [list, locks] : lists) {
      json::array array;
      for (const auto& [lock, holders] : locks) {
        if (holders.empty()) continue;
        if (kind == "semaphore") {
          json::array all;
          for (const std::string& holder : holders) all.emplace_back(holder);
          array.emplace_back(json::object{{kind, lock}, {"holders", std::move(all)}});
          continue;
        }
        for (const std::string& holder : holders) {
          array.emplace_back(json::object{{kind, lock}, {"holder", holder}});
        }
      }
      if (!array.empty()) entries[list] = std::move(array);
    }
    if (!entries.empty()) status[kind] = std::move(entries);
  }
  draft.set_status("synchronization", status.empty() ? json::value() : json::value(status));
}

std::string holder_text(const Draft& draft, const NodeId& node) {
  const std::string whole = fmt::format("{}/{}", draft.run().ns(), draft.run().name());
  return node.empty() ? whole : fmt::format("{}/{}", whole, node.value);
}

// Free places: the table's, less what this pass has taken already.
int64_t taken_in_pass(const Pass& pass, Table& table, const WantedLock& lock) {
  int64_t mine = 0;
  const auto& now = pass.world.locks.holders(lock.name);
  for (const LockHolder& holder : now) {
    if (holder.workflow == pass.draft.run().uid()) ++mine;
  }
  const auto& held = table[lock.kind]["holding"][lock.name];
  return std::max<int64_t>(0, static_cast<int64_t>(held.size()) - mine);
}

}  // namespace

LockAnswer take_locks(Pass& pass, const json::object& synchronization, const NodeId& node) {
  const auto wanted = wanted_locks(pass, synchronization);
  if (!wanted.ok()) return {.error = wanted.error().message};
  Table table = read_table(pass.draft);
  const std::string me = holder_text(pass.draft, node);
  const LockHolder holder{pass.draft.run().uid(), node};
  for (const WantedLock& lock : *wanted) {
    if (table[lock.kind]["holding"][lock.name].contains(me)) continue;
    const int64_t limit = lock.limit - taken_in_pass(pass, table, lock);
    if (pass.world.locks.available(lock.name, limit, holder)) continue;
    for (const WantedLock& other : *wanted) table[other.kind]["waiting"][other.name].insert(me);
    write_table(pass.draft, table);
    if (!node.empty()) pass.index.lock_holders.insert(node);
    const auto held = static_cast<int64_t>(pass.world.locks.holders(lock.name).size());
    const int64_t free = std::max<int64_t>(0, limit - held);
    return {.lock = lock.name,
            .message = fmt::format("Waiting for {} lock. Lock status: {}/{}", lock.name, free,
                                   lock.limit)};
  }
  for (const WantedLock& lock : *wanted) {
    table[lock.kind]["waiting"][lock.name].erase(me);
    table[lock.kind]["holding"][lock.name].insert(me);
  }
  write_table(pass.draft, table);
  if (!node.empty()) pass.index.lock_holders.insert(node);
  return {.granted = true};
}

void release_locks(Pass& pass, const NodeId& node) {
  Table table = read_table(pass.draft);
  const std::string me = holder_text(pass.draft, node);
  for (auto& [kind, lists] : table) {
    for (auto& [list, locks] : lists) {
      for (auto& [lock, holders] : locks) holders.erase(me);
    }
  }
  write_table(pass.draft, table);
  pass.index.lock_holders.erase(node);
}

void release_all_locks(Draft& draft) {
  if (draft.status("synchronization") != nullptr) draft.set_status("synchronization", nullptr);
}

}  // namespace slipway::workflow
