// The Retention side of SqliteJournal: deadlines by their own index, and what newer rows push out
// by the index of phases.
#include <fmt/format.h>

#include "adapter/journal/sqlite_journal.h"

namespace slipway::adapter {
namespace {

// Rows of `read` (uid, ns, name, phase, object) until there are `limit`.
Status collect(Statement& read, size_t limit, std::vector<port::WorkflowRow>& rows) {
  while (rows.size() < limit) {
    TRY_ASSIGN(const bool more, read.step());
    if (!more) return {};
    port::WorkflowRow row;
    row.uid = WorkflowUid(std::string(read.text(0)));
    row.ns = read.text(1);
    row.name = read.text(2);
    row.phase = read.text(3);
    row.object = read.blob(4);
    rows.push_back(std::move(row));
  }
  return {};
}

}  // namespace

Result<std::vector<port::WorkflowRow>> SqliteJournal::overdue(Time now, const port::Keep& keep,
                                                              size_t limit) {
  const std::lock_guard lock(reading_);
  std::vector<port::WorkflowRow> rows;
  TRY_ASSIGN(Statement expired,
             reader_->prepare("SELECT uid, ns, name, phase, object FROM workflow WHERE "
                              "expires_at > 0 AND expires_at <= ? ORDER BY expires_at"));
  TRY(collect(expired.bind(now.ns), limit, rows));
  const std::pair<std::string_view, std::optional<uint64_t>> kept[] = {
      {"Succeeded", keep.succeeded}, {"Failed", keep.failed}, {"Error", keep.error}};
  for (const auto& [phase, most] : kept) {
    if (!most) continue;
    // The plan is one walk down the index, which ends `most` rows below the newest.
    TRY_ASSIGN(Statement old,
               reader_->prepare("SELECT uid, ns, name, phase, object FROM workflow WHERE phase = ? "
                                "AND (expires_at = 0 OR expires_at > ?) "
                                "ORDER BY created_at DESC, uid DESC LIMIT -1 OFFSET ?"));
    old.bind(phase).bind(now.ns).bind(static_cast<int64_t>(*most));
    TRY(collect(old, limit, rows));
  }
  return rows;
}

Result<std::vector<port::WorkflowRow>> SqliteJournal::surplus(const port::CronHistory& history,
                                                              size_t limit) {
  std::string phases;
  for (size_t i = 0; i < history.phases.size(); ++i) phases += i == 0 ? "?" : ", ?";
  const std::lock_guard lock(reading_);
  // CROSS JOIN: the label's own index gives the order.
  TRY_ASSIGN(Statement read,
             reader_->prepare(fmt::format(
                 "SELECT w.uid, w.ns, w.name, w.phase, w.object FROM label l CROSS JOIN workflow w "
                 "WHERE l.key = 'workflows.argoproj.io/cron-workflow' AND l.value = ? AND "
                 "w.uid = l.uid AND w.ns = ? AND w.phase IN ({}) AND w.expires_at >= 0 "
                 "ORDER BY l.created_at DESC, l.uid DESC LIMIT -1 OFFSET ?",
                 phases)));
  read.bind(history.cron).bind(history.ns);
  for (const std::string& phase : history.phases) read.bind(phase);
  read.bind(static_cast<int64_t>(history.keep));
  std::vector<port::WorkflowRow> rows;
  TRY(collect(read, limit, rows));
  return rows;
}

Result<std::optional<Time>> SqliteJournal::next_deadline() {
  const std::lock_guard lock(reading_);
  TRY_ASSIGN(Statement read, reader_->prepare("SELECT expires_at FROM workflow WHERE expires_at > "
                                              "0 ORDER BY expires_at LIMIT 1"));
  TRY_ASSIGN(const bool row, read.step());
  return row ? std::optional(Time{read.number(0)}) : std::nullopt;
}

}  // namespace slipway::adapter
