#include "sim/journal.h"

#include <fmt/format.h>

namespace slipway::sim {

SimJournal::SimJournal(World& world, const workflow::Settings& settings)
    : world_(world), settings_(settings), shadow_(std::make_unique<engine::Engine>(settings)) {}

Status SimJournal::commit(const port::Commit& commit) {
  ++commits_;
  world_.await_point("before the commit is written");
  if (world_.chance(world_.faults.commit_fails)) {
    world_.trace("commit fails");
    return Error{ErrorCode::kIo, "the simulated disk is full", "sim"};
  }
  world_.await_point("after the commit is written, before it is synced");
  if (world_.mutation == Mutation::kAckBeforeSync) {
    // Synced one commit too late.
    while (!unsynced_.empty()) {
      make_durable(unsynced_.front());
      unsynced_.pop_front();
    }
    unsynced_.push_back(commit);
    return {};
  }
  make_durable(commit);
  world_.await_point("after the commit is synced");
  return {};
}

Status SimJournal::save_snapshot(const port::Snapshot& snapshot) {
  world_.await_point("before the snapshot");
  if (world_.chance(world_.faults.commit_fails)) {
    return Error{ErrorCode::kIo, "the simulated disk is full", "sim"};
  }
  if (snapshot.sequence != last_ && world_.mutation == Mutation::kNone) {
    world_.violation(3, fmt::format("snapshot of record {} when {} is the last durable one",
                                    snapshot.sequence, last_));
  }
  snapshot_ = snapshot;
  records_.erase(records_.begin(), records_.upper_bound(snapshot.sequence));
  world_.await_point("after the snapshot");
  return {};
}

Status SimJournal::replay(uint64_t after,
                          const std::function<Status(uint64_t, std::string_view)>& visit) {
  for (auto at = records_.upper_bound(after); at != records_.end(); ++at) {
    TRY(visit(at->first, at->second));
  }
  return {};
}

Result<std::vector<port::WorkflowRow>> SimJournal::overdue(Time now, const port::Keep& keep,
                                                           size_t limit) {
  std::vector<port::WorkflowRow> rows;
  std::map<std::string, std::vector<const port::WorkflowRow*>> by_phase;
  for (const auto& [uid, row] : finished_.rows) {
    if (row.expires_at == port::kDeletionAskedFor) continue;
    if (!row.expires_at.is_zero() && row.expires_at <= now) {
      rows.push_back(row);
    } else {
      by_phase[row.phase].push_back(&row);
    }
  }
  const std::pair<const char*, std::optional<uint64_t>> kept[] = {
      {"Succeeded", keep.succeeded}, {"Failed", keep.failed}, {"Error", keep.error}};
  for (const auto& [phase, most] : kept) {
    auto& all = by_phase[phase];
    std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
      return std::tie(a->created_at, a->uid) > std::tie(b->created_at, b->uid);
    });
    for (size_t i = most.value_or(all.size()); i < all.size(); ++i) rows.push_back(*all[i]);
  }
  if (rows.size() > limit) rows.resize(limit);
  return rows;
}

Result<std::vector<port::WorkflowRow>> SimJournal::surplus(const port::CronHistory& history,
                                                           size_t limit) {
  std::vector<port::WorkflowRow> rows;
  for (const auto& [uid, row] : finished_.rows) {
    const auto label = row.labels.find("workflows.argoproj.io/cron-workflow");
    if (row.ns != history.ns || label == row.labels.end() || label->second != history.cron)
      continue;
    if (row.expires_at == port::kDeletionAskedFor) continue;
    const auto& phases = history.phases;
    if (std::find(phases.begin(), phases.end(), row.phase) != phases.end()) rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(a.created_at, a.uid) > std::tie(b.created_at, b.uid);
  });
  rows.erase(rows.begin(),
             rows.begin() + static_cast<ptrdiff_t>(std::min<size_t>(rows.size(), history.keep)));
  if (rows.size() > limit) rows.resize(limit);
  return rows;
}

Result<std::optional<Time>> SimJournal::next_deadline() {
  std::optional<Time> next;
  for (const auto& [uid, row] : finished_.rows) {
    if (row.expires_at <= Time{}) continue;
    if (!next || row.expires_at < *next) next = row.expires_at;
  }
  return next;
}

void SimJournal::lose_unsynced() {
  unsynced_.clear();
  if (world_.mutation == Mutation::kLoseCommit && !records_.empty()) {
    last_ = std::prev(records_.end())->first - 1;
    records_.erase(std::prev(records_.end()));
  }
}

void SimJournal::make_durable(const port::Commit& commit) {
  for (const port::Record& record : commit.records) {
    if (record.sequence != last_ + 1) {
      world_.violation(3, fmt::format("record {} follows record {}", record.sequence, last_));
    }
    last_ = record.sequence;
    records_[record.sequence] = record.bytes;
    world_.trace(record.bytes);
    const auto event = engine::decode(record.bytes);
    if (!event.ok()) {
      world_.violation(3, "a record can not be read back: " + event.error().text());
      continue;
    }
    note(event.value());
    shadow_->apply(event.value());
  }
  for (const port::RowChange& change : commit.rows) {
    if (const auto* put = std::get_if<port::PutEvent>(&change)) {
      events_[put->row.id] = put->row;
    } else if (const auto* answer = std::get_if<port::PutAnswer>(&change)) {
      const auto row = events_.find(answer->event);
      if (row != events_.end()) row->second.answers[answer->call] = answer->answer;
    } else {
      finished_.note(change);
    }
  }
}

void SimJournal::note(const engine::Event& event) {
  if (const auto* created = std::get_if<engine::WorkflowCreated>(&event.body)) {
    const auto parsed = parse_json(created->object);
    if (!parsed.ok() || !parsed.value().is_object()) {
      world_.violation(3, "a created workflow is no JSON object");
      return;
    }
    // A retry removes a finished one and makes it anew.
    const bool anew = removed_.erase(created->uid) > 0;
    const json::object& object = parsed.value().get_object();
    if (!created_.insert_or_assign(created->uid, object).second && !anew) {
      world_.violation(3, fmt::format("workflow {} was created twice", created->uid.value));
    }
    const json::value* cause = find_path(object, {"metadata", "annotations", "slipway.dev/event"});
    // One made again by hand keeps saying which event it goes back to.
    const json::value* again = find_path(
        object, {"metadata", "labels", "workflows.argoproj.io/resubmitted-from-workflow"});
    if (cause != nullptr && cause->is_string() && again == nullptr && !anew) {
      ++workflows_of_[EventId(str(cause->get_string()))];
    }
  } else if (const auto* removed = std::get_if<engine::WorkflowRemoved>(&event.body)) {
    removed_.insert(removed->uid);
  } else if (const auto* finished = std::get_if<engine::WorkflowFinished>(&event.body)) {
    if (shadow_->find_run(finished->uid) == nullptr) {
      world_.violation(3, fmt::format("workflow {} finished twice", finished->uid.value));
    }
  }
}

}  // namespace slipway::sim
