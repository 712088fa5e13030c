#include "server/api/workflow_feed.h"

#include <algorithm>

#include "core/workflow/run.h"

namespace slipway::server {
namespace {

// A copy that took a millisecond of the driver's time is followed by none for twenty.
constexpr int64_t kRest = 20;
// Of copying in one go, before the driver does what else waits.
constexpr Duration kTurn = Duration::milliseconds(5);
// Of a chunk; the next is made when it has gone out.
constexpr size_t kPart = 1u << 20;

// What is left to say of a workflow that is gone: who it was.
std::string remains(const WorkflowUid& uid, const WorkflowName& name) {
  return print_json(json::object{
      {"apiVersion", "argoproj.io/v1alpha1"},
      {"kind", "Workflow"},
      {"metadata", {{"namespace", name.ns}, {"name", name.name}, {"uid", uid.value}}}});
}

}  // namespace

// --- one watch ---

void WorkflowWatch::offer(std::string_view type, const WorkflowUid& uid,
                          std::shared_ptr<const std::string> object) {
  {
    const std::lock_guard lock(mutex_);
    const auto [news, made] = news_.try_emplace(uid);
    if (made) order_.push_back(uid);
    const bool still_new = news->second.type == "ADDED" && type == "MODIFIED";
    if (!still_new) news->second.type = type;
    news->second.object = std::move(object);
    if (writing_) return;
    writing_ = true;
  }
  write_some();
}

void WorkflowWatch::write_some() {
  std::string chunk;
  {
    const std::lock_guard lock(mutex_);
    while (!order_.empty() && chunk.size() < kPart) {
      const auto news = news_.extract(order_.front());
      order_.pop_front();
      chunk += framed_text(R"({"result":{"type":")" + news.mapped().type + R"(","object":)" +
                           *news.mapped().object + "}}");
    }
    writing_ = !chunk.empty();
  }
  if (chunk.empty()) return;
  responder->write(std::move(chunk));
  responder->when_written(
      [self = shared_from_this()] { self->background_([self] { self->write_some(); }); });
}

// --- all of them ---

void WorkflowFeed::add(const std::shared_ptr<WorkflowWatch>& watch) {
  const auto self = shared_from_this();
  bool first;
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    watches_.push_back(watch);
    first = !std::exchange(subscribed_, true);
  }
  if (first) subscribe();
  // The state at the start, so that nobody has to list and watch in two steps. Asked for when it is
  // subscribed: what ends in between is then told of by one of the two.
  context_.access.query(
      [self, watch](const engine::Engine& engine) { self->welcome(watch, engine); });
}

// For good. The driver drops who watches when it ends, and so must this: the server that the
// watches write to does not live as long.
void WorkflowFeed::subscribe() {
  const auto self = shared_from_this();
  const std::shared_ptr<void> until_dropped(nullptr, [self](void*) { self->end(); });
  context_.access.subscribe(
      [self, until_dropped](const Change& change, const engine::Engine& engine) {
        self->heed(change, engine);
      });
}

void WorkflowFeed::end() {
  Watches watches;
  std::deque<Newcomer> newcomers;
  std::deque<std::function<void()>> work;
  const std::scoped_lock lock(mutex_, working_);
  ended_ = true;
  watches.swap(watches_);
  newcomers.swap(newcomers_);
  work.swap(work_);
}

void WorkflowFeed::welcome(const std::shared_ptr<WorkflowWatch>& watch,
                           const engine::Engine& engine) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  Newcomer newcomer{watch, {}};
  engine.for_each_run([&](const workflow::Run& run) {
    if (watch->concerns(run.ns(), run.name())) newcomer.untold.push_back(run.uid());
  });
  if (newcomer.untold.empty() && !watch->name().empty()) {
    return enqueue([self = shared_from_this(), watch] {
      const auto row = self->context_.store.find_workflow(watch->ns(), watch->name());
      if (!row.ok() || !row->has_value()) return;
      watch->offer("ADDED", (*row)->uid, std::make_shared<std::string>(std::move((*row)->object)));
    });
  }
  std::ranges::reverse(newcomer.untold);  // taken from the end
  newcomers_.push_back(std::move(newcomer));
  take(engine);
}

void WorkflowFeed::heed(const Change& change, const engine::Engine& engine) {
  const std::lock_guard lock(mutex_);
  std::erase_if(watches_, [](const auto& watch) { return watch->responder->gone(); });
  if (watches_.empty()) {
    changed_.clear();
    return not_before_.clear();
  }
  changed_.insert(change.workflows.begin(), change.workflows.end());
  for (const auto& [uid, name] : change.removed) {
    if (engine.find_run(uid) != nullptr) continue;
    changed_.erase(uid);
    not_before_.erase(uid);
    enqueue([uid, to = concerned(name.ns, name.name),
             object = std::make_shared<const std::string>(remains(uid, name))] {
      for (const auto& watch : to) watch->offer("DELETED", uid, object);
    });
  }
  take(engine);
}

// Until it has nothing left that is due, or its turn is over.
void WorkflowFeed::take(const engine::Engine& engine) {
  const Duration now = context_.clock.monotonic(), until = now + kTurn;
  if (!take_first(engine, until)) return come_back({});
  std::optional<Duration> next;
  for (auto at = changed_.begin(); at != changed_.end();) {
    if (context_.clock.monotonic() >= until) return come_back({});
    const WorkflowUid uid = *at;
    const auto rests = not_before_.find(uid);
    const workflow::Run* run = engine.find_run(uid);
    if (run != nullptr && rests != not_before_.end() && rests->second > now) {
      next = std::min(next.value_or(rests->second), rests->second);
      ++at;
      continue;
    }
    at = changed_.erase(at);
    if (run == nullptr) {
      not_before_.erase(uid);
      enqueue([self = shared_from_this(), uid] { self->tell_finished(uid); });
    } else if (Watches to = concerned(run->ns(), run->name()); !to.empty()) {
      copy(*run, "MODIFIED", std::move(to));
    }
  }
  if (next) come_back(*next - now);
}

// False: there are more.
bool WorkflowFeed::take_first(const engine::Engine& engine, Duration until) {
  while (!newcomers_.empty()) {
    Newcomer& newcomer = newcomers_.front();
    while (!newcomer.untold.empty()) {
      if (context_.clock.monotonic() >= until) return false;
      const workflow::Run* run = engine.find_run(newcomer.untold.back());
      newcomer.untold.pop_back();
      // One that is not there has changed since.
      if (run != nullptr) copy(*run, "ADDED", {newcomer.watch});
    }
    newcomers_.pop_front();
  }
  return true;
}

void WorkflowFeed::copy(const workflow::Run& run, std::string type, Watches to) {
  const Duration began = context_.clock.monotonic();
  auto object = std::make_shared<json::object>(run.to_object());
  const Duration ended = context_.clock.monotonic();
  not_before_[run.uid()] = ended + Duration{(ended - began).ns * kRest};
  enqueue([uid = run.uid(), type = std::move(type), to = std::move(to), object] {
    const auto text = std::make_shared<const std::string>(print_json(*object));
    for (const auto& watch : to) watch->offer(type, uid, text);
  });
}

void WorkflowFeed::come_back(Duration delay) {
  if (std::exchange(comes_back_, true)) return;
  const auto ask = [self = shared_from_this()] {
    self->context_.access.query([self](const engine::Engine& engine) {
      const std::lock_guard lock(self->mutex_);
      self->comes_back_ = false;
      self->take(engine);
    });
  };
  context_.later(delay, ask);
}

WorkflowFeed::Watches WorkflowFeed::concerned(const std::string& ns,
                                              const std::string& name) const {
  Watches out;
  std::ranges::copy_if(watches_, std::back_inserter(out),
                       [&](const auto& watch) { return watch->concerns(ns, name); });
  return out;
}

// Its last state is in the store.
void WorkflowFeed::tell_finished(const WorkflowUid& uid) {
  auto row = context_.store.find_workflow(uid);
  if (!row.ok() || !row->has_value()) return;
  Watches to;
  {
    const std::lock_guard lock(mutex_);
    to = concerned((*row)->ns, (*row)->name);
  }
  const auto text = std::make_shared<const std::string>(std::move((*row)->object));
  for (const auto& watch : to) watch->offer("MODIFIED", uid, text);
}

// --- the background ---

void WorkflowFeed::enqueue(std::function<void()> work) {
  {
    const std::lock_guard lock(working_);
    if (ended_) return;
    work_.push_back(std::move(work));
    if (std::exchange(draining_, true)) return;
  }
  context_.background([self = shared_from_this()] { self->drain(); });
}

void WorkflowFeed::drain() {
  while (true) {
    std::function<void()> work;
    {
      const std::lock_guard lock(working_);
      draining_ = !work_.empty();
      if (!draining_) return;
      work = std::move(work_.front());
      work_.pop_front();
    }
    work();
  }
}

}  // namespace slipway::server
