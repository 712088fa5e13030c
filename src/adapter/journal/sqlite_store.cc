// The Store side of SqliteJournal: lists by key, newest first, one page at a time.
#include <fmt/format.h>

#include <algorithm>

#include "adapter/journal/conditions.h"
#include "adapter/journal/row_codec.h"
#include "adapter/journal/sqlite_journal.h"
#include "adapter/journal/workflow_search.h"

namespace slipway::adapter {
namespace {

constexpr size_t kLargestPage = 10'000;

// For LIKE with ESCAPE '\'.
std::string pattern(std::string_view text) {
  std::string out = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

constexpr std::string_view kWorkflowColumns =
    "w.uid, w.ns, w.name, w.phase, w.message, w.created_at, w.started_at, w.finished_at, w.labels";

port::WorkflowRow read_workflow(const Statement& row) {
  port::WorkflowRow out;
  out.uid = WorkflowUid(std::string(row.text(0)));
  out.ns = row.text(1);
  out.name = row.text(2);
  out.phase = row.text(3);
  out.message = row.text(4);
  out.created_at = {row.number(5)};
  out.started_at = {row.number(6)};
  out.finished_at = {row.number(7)};
  out.labels = texts_from_json(row.text(8));
  return out;
}

constexpr std::string_view kEventColumns =
    "id, ns, source, name, type, delivery, at, status, outcome, message, summary";

port::EventRow read_event(const Statement& row, bool whole) {
  port::EventRow out;
  out.id = EventId(std::string(row.text(0)));
  out.ns = row.text(1);
  out.source = row.text(2);
  out.name = row.text(3);
  out.type = row.text(4);
  out.delivery = row.text(5);
  out.at = {row.number(6)};
  out.status = static_cast<int>(row.number(7));
  out.outcome = row.text(8);
  out.message = row.text(9);
  out.summary = row.text(10);
  if (!whole) return out;
  out.payload = row.blob(11);
  out.verdicts = row.blob(12);
  out.answers = texts_from_json(row.text(13));
  return out;
}

}  // namespace

Result<port::WorkflowPage> SqliteJournal::list_workflows(const port::WorkflowQuery& query) {
  TRY_ASSIGN(const auto cursor, cursor_from_text(query.cursor));
  const size_t limit = std::clamp<size_t>(query.limit, 1, kLargestPage);
  const std::lock_guard lock(reading_);
  WorkflowSearch search(*reader_, query, cursor ? &*cursor : nullptr);
  TRY_ASSIGN(const std::vector<Cursor> keys, search.keys(limit + 1));
  // What was stored before there were summaries has none.
  TRY_ASSIGN(Statement read,
             reader_->prepare(fmt::format(
                 "SELECT {}, {}, {} FROM workflow w WHERE w.uid = ?", kWorkflowColumns,
                 query.with_summary ? "iif(length(w.summary) = 0, w.object, w.summary)" : "''",
                 query.with_object ? "w.object" : "''")));
  port::WorkflowPage page;
  for (const Cursor& key : keys) {
    if (page.rows.size() == limit) {
      page.next = cursor_to_text({page.rows.back().created_at.ns, page.rows.back().uid.value});
      break;
    }
    TRY_ASSIGN(const bool found, read.bind(key.id).step());
    if (found) {
      page.rows.push_back(read_workflow(read));
      page.rows.back().summary = read.blob(9);
      page.rows.back().object = read.blob(10);
    }
    read.reset();
  }
  return page;
}

Result<std::optional<port::WorkflowRow>> SqliteJournal::find_workflow(const std::string& ns,
                                                                      const std::string& name) {
  const std::lock_guard lock(reading_);
  TRY_ASSIGN(Statement read,
             reader_->prepare(fmt::format("SELECT {}, w.object FROM workflow w WHERE w.ns = ? AND "
                                          "w.name = ? ORDER BY w.created_at DESC LIMIT 1",
                                          kWorkflowColumns)));
  TRY_ASSIGN(const bool row, read.bind(ns).bind(name).step());
  if (!row) return std::optional<port::WorkflowRow>();
  port::WorkflowRow found = read_workflow(read);
  found.object = read.blob(9);
  return std::optional(std::move(found));
}

Result<std::optional<port::WorkflowRow>> SqliteJournal::find_workflow(const WorkflowUid& uid) {
  const std::lock_guard lock(reading_);
  TRY_ASSIGN(Statement read,
             reader_->prepare(fmt::format("SELECT {}, w.object FROM workflow w WHERE w.uid = ?",
                                          kWorkflowColumns)));
  TRY_ASSIGN(const bool row, read.bind(uid.value).step());
  if (!row) return std::optional<port::WorkflowRow>();
  port::WorkflowRow found = read_workflow(read);
  found.object = read.blob(9);
  return std::optional(std::move(found));
}

Result<port::EventPage> SqliteJournal::list_events(const port::EventQuery& query) {
  TRY_ASSIGN(const auto cursor, cursor_from_text(query.cursor));
  const size_t limit = std::clamp<size_t>(query.limit, 1, kLargestPage);
  Conditions conditions;
  if (!query.ns.empty()) conditions.add("ns = ?", query.ns);
  if (!query.source.empty()) conditions.add("source = ?", query.source);
  if (!query.name.empty()) conditions.add("name = ?", query.name);
  if (!query.outcome.empty()) conditions.add("outcome = ?", query.outcome);
  if (!query.delivery.empty()) conditions.add("delivery <> '' AND delivery = ?", query.delivery);
  if (!query.text.empty()) conditions.add("summary LIKE ? ESCAPE '\\'", pattern(query.text));
  if (query.after) conditions.add("at > ?", query.after->ns);
  if (query.before) conditions.add("at < ?", query.before->ns);
  if (cursor) {
    conditions.add("(at, id) < (?, ?)", cursor->at);
    conditions.also(cursor->id);
  }
  const std::string sql = fmt::format("SELECT {} FROM event{} ORDER BY at DESC, id DESC LIMIT {}",
                                      kEventColumns, conditions.where(), limit + 1);
  const std::lock_guard lock(reading_);
  TRY_ASSIGN(Statement read, reader_->prepare(sql));
  conditions.bind(read);
  port::EventPage page;
  while (true) {
    TRY_ASSIGN(const bool row, read.step());
    if (!row) return page;
    if (page.rows.size() == limit) {
      page.next = cursor_to_text({page.rows.back().at.ns, page.rows.back().id.value});
      return page;
    }
    page.rows.push_back(read_event(read, false));
  }
}

Result<std::optional<port::EventRow>> SqliteJournal::find_event(const std::string& given) {
  constexpr size_t kShortestPrefix = 6;
  const std::lock_guard lock(reading_);
  const auto find = [&](std::string_view condition, std::string_view first,
                        std::string_view second) -> Result<std::vector<port::EventRow>> {
    TRY_ASSIGN(Statement read, reader_->prepare(fmt::format(
                                   "SELECT {}, payload, verdicts, answers FROM event WHERE {} "
                                   "LIMIT 2",
                                   kEventColumns, condition)));
    read.bind(first);
    if (!second.empty()) read.bind(second);
    std::vector<port::EventRow> rows;
    while (true) {
      TRY_ASSIGN(const bool row, read.step());
      if (!row) return rows;
      rows.push_back(read_event(read, true));
    }
  };
  TRY_ASSIGN(auto exact, find("id = ?", given, ""));
  if (!exact.empty()) return std::optional(std::move(exact.front()));
  if (given.empty()) return std::optional<port::EventRow>();
  // A delivery that came twice has a line for each time; the one that was let through counts.
  TRY_ASSIGN(auto delivered,
             find("delivery <> '' AND delivery = ? ORDER BY outcome = 'accepted' DESC, at DESC",
                  given, ""));
  if (!delivered.empty()) return std::optional(std::move(delivered.front()));
  if (given.size() < kShortestPrefix) return std::optional<port::EventRow>();
  // Ids are hex digits, so "g" is above every one that starts so.
  TRY_ASSIGN(auto prefixed, find("id >= ? AND id < ?", given, given + "g"));
  if (prefixed.size() > 1) {
    return Error{
        ErrorCode::kConflict,
        fmt::format("'{}' is the beginning of more than one event's id; give more digits", given),
        ""};
  }
  if (prefixed.empty()) return std::optional<port::EventRow>();
  return std::optional(std::move(prefixed.front()));
}

}  // namespace slipway::adapter
