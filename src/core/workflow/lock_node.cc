#include "core/workflow/lock_node.h"

#include <fmt/format.h>

#include <charconv>

#include "core/workflow/lock.h"
#include "core/workflow/lock_book.h"
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

// "<ns>/ConfigMap/<name>/<key>" or "<ns>/Database/<key>" → its limit; a mutex has one place.
Result<int64_t> limit_of(const Pass& pass, std::string_view kind, std::string_view lock) {
  if (kind == "mutex") return int64_t{1};
  const size_t ns = lock.find('/'), type = lock.find('/', ns + 1), key = lock.rfind('/');
  const std::string name =
      type == key ? kSyncLimits : std::string(lock.substr(type + 1, key - type - 1));
  return read_limit(pass, std::string(lock.substr(0, ns)), name, std::string(lock.substr(key + 1)));
}

LockBook& book_of(Pass& pass) {
  LockBook& book = pass.index.locks;
  if (!book.read) {
    for (const LockClaim& claim : lock_claims_of(pass.draft.run())) book.set(claim);
    book.read = true;
  }
  return book;
}

void set_claim(Pass& pass, const WantedLock& lock, const NodeId& node, LockClaim::State state) {
  LockBook& book = book_of(pass);
  const LockClaim now{lock.kind, lock.name, node, state};
  const LockClaim::State before = book.state(node, lock.name);
  if (before == state) return;
  book.set(now);
  pass.draft.set_lock(now, before);
}

// Free places: the table's, less what this pass has taken already.
int64_t taken_in_pass(Pass& pass, const WantedLock& lock) {
  int64_t mine = 0;
  const auto& now = pass.world.locks.holders(lock.name);
  for (const LockHolder& holder : now) {
    if (holder.workflow == pass.draft.run().uid()) ++mine;
  }
  return std::max<int64_t>(0, book_of(pass).held(lock.name) - mine);
}

std::string waiting_message(const Pass& pass, const std::string& lock, int64_t limit,
                            int64_t most) {
  const auto held = static_cast<int64_t>(pass.world.locks.holders(lock).size());
  return fmt::format("Waiting for {} lock. Lock status: {}/{}", lock,
                     std::max<int64_t>(0, limit - held), most);
}

// A limit that is no longer what the nodes say that wait for it. Others are not looked at until it
// is their turn.
void tell_limit(Pass& pass, const std::string& lock, int64_t limit, const std::set<NodeId>& nodes) {
  const auto [known, fresh] = pass.index.locks.limits.try_emplace(lock, limit);
  if (!fresh && known->second == limit) return;
  known->second = limit;
  const std::string end = fmt::format("/{}", limit);
  for (const NodeId& id : nodes) {
    ++pass.index.visits;
    const Node* node = pass.draft.find(id);
    const bool waits =
        node != nullptr && get_string(node->synchronization_status, "waiting") == lock;
    if (!waits || node->message.ends_with(end)) continue;
    pass.update(id, [&](Node& told) { told.message = waiting_message(pass, lock, limit, limit); });
  }
}

}  // namespace

LockAnswer take_locks(Pass& pass, const json::object& synchronization, const NodeId& node) {
  const auto wanted = wanted_locks(pass, synchronization);
  if (!wanted.ok()) return {.error = wanted.error().message};
  const LockBook& book = book_of(pass);
  const LockHolder holder{pass.draft.run().uid(), node};
  for (const WantedLock& lock : *wanted) {
    if (book.state(node, lock.name) == LockClaim::State::kHeld) continue;
    const int64_t limit = lock.limit - taken_in_pass(pass, lock);
    if (pass.world.locks.available(lock.name, limit, holder)) continue;
    for (const WantedLock& other : *wanted) {
      set_claim(pass, other, node, LockClaim::State::kWaiting);
    }
    pass.index.locks.limits.try_emplace(lock.name, lock.limit);
    return {.lock = lock.name, .message = waiting_message(pass, lock.name, limit, lock.limit)};
  }
  for (const WantedLock& lock : *wanted) set_claim(pass, lock, node, LockClaim::State::kHeld);
  return {.granted = true};
}

std::vector<NodeId> next_for_locks(Pass& pass) {
  std::vector<NodeId> next;
  std::set<NodeId> seen;
  const auto add = [&](const NodeId& id) {
    if (seen.insert(id).second) next.push_back(id);
  };
  const WorkflowUid& uid = pass.draft.run().uid();
  for (const auto& [lock, waiting] : book_of(pass).waiting()) {
    const auto limit = limit_of(pass, waiting.kind, lock);
    if (!limit.ok()) {  // they will all be told
      for (const NodeId& id : waiting.nodes) add(id);
      continue;
    }
    tell_limit(pass, lock, *limit, waiting.nodes);
    for (const NodeId& id : pass.world.locks.next_in_line(lock, *limit, uid)) add(id);
  }
  return next;
}

void release_locks(Pass& pass, const NodeId& node) {
  for (const LockClaim& claim : book_of(pass).of(node)) {
    set_claim(pass, {claim.kind, claim.lock}, node, LockClaim::State::kNone);
  }
}

void release_all_locks(Draft& draft) {
  draft.forget_locks();
  if (draft.status("synchronization") != nullptr) draft.set_status("synchronization", nullptr);
}

}  // namespace slipway::workflow
