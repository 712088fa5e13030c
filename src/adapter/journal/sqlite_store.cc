// The Store side of SqliteJournal: lists by key, newest first, one page at a time.
#include <fmt/format.h>

#include <algorithm>

#include "adapter/journal/row_codec.h"
#include "adapter/journal/sqlite_journal.h"

namespace slipway::adapter {
namespace {

constexpr size_t kLargestPage = 10'000;

// A WHERE clause and what is bound to it, in order.
class Conditions {
 public:
  void add(std::string_view sql) { sql_ += fmt::format("{} {}", sql_.empty() ? "" : " AND", sql); }
  void add(std::string_view sql, std::string_view text) {
    add(sql);
    values_.push_back({false, 0, std::string(text)});
  }
  void add(std::string_view sql, int64_t number) {
    add(sql);
    values_.push_back({true, number, {}});
  }
  void also(std::string_view text) { values_.push_back({false, 0, std::string(text)}); }
  void also(int64_t number) { values_.push_back({true, number, {}}); }

  std::string where() const { return sql_.empty() ? "" : " WHERE" + sql_; }
  void bind(Statement& statement) const {
    for (const Value& value : values_) {
      value.is_number ? statement.bind(value.number) : statement.bind(value.text);
    }
  }

 private:
  struct Value {
    bool is_number;
    int64_t number;
    std::string text;
  };
  std::string sql_;
  std::vector<Value> values_;
};

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

port::WorkflowRow read_workflow(const Statement& row, bool with_object) {
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
  if (with_object) out.object = row.blob(9);
  return out;
}

void narrow(const port::WorkflowQuery& query, Conditions& conditions) {
  if (!query.ns.empty()) conditions.add("w.ns = ?", query.ns);
  if (!query.name.empty()) conditions.add("w.name = ?", query.name);
  if (!query.name_prefix.empty()) {
    conditions.add("substr(w.name, 1, ?) = ?", static_cast<int64_t>(query.name_prefix.size()));
    conditions.also(query.name_prefix);
  }
  if (query.phases.size() == 1) conditions.add("w.phase = ?", query.phases.front());
  if (query.phases.size() > 1) {
    // The plus keeps the order of the list the driving index: several phases would need a sort.
    std::string list;
    for (size_t i = 0; i < query.phases.size(); ++i) list += i == 0 ? "?" : ", ?";
    conditions.add(fmt::format("+w.phase IN ({})", list));
    for (const std::string& phase : query.phases) conditions.also(phase);
  }
  if (query.finished_before) conditions.add("w.finished_at < ?", query.finished_before->ns);
  if (query.created_after) conditions.add("w.created_at > ?", query.created_after->ns);
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
  Conditions conditions;
  std::string from = "workflow w";
  std::string order = "w";
  for (auto label = query.labels.begin(); label != query.labels.end(); ++label) {
    if (label == query.labels.begin()) {
      // CROSS JOIN: the label's own index gives the order.
      from = "label l CROSS JOIN workflow w";
      order = "l";
      conditions.add("l.key = ?", label->first);
      conditions.add("l.value = ?", label->second);
      conditions.add("w.uid = l.uid");
      continue;
    }
    conditions.add(
        "EXISTS (SELECT 1 FROM label o WHERE o.key = ? AND o.value = ? AND "
        "o.created_at = w.created_at AND o.uid = w.uid)",
        label->first);
    conditions.also(label->second);
  }
  narrow(query, conditions);
  if (cursor) {
    conditions.add(fmt::format("({0}.created_at, {0}.uid) < (?, ?)", order), cursor->at);
    conditions.also(cursor->id);
  }
  const std::string sql = fmt::format(
      "SELECT {}{} FROM {}{} ORDER BY {}.created_at DESC, {}.uid DESC LIMIT {}", kWorkflowColumns,
      query.with_object ? ", w.object" : "", from, conditions.where(), order, order, limit + 1);
  const std::lock_guard lock(reading_);
  TRY_ASSIGN(Statement read, reader_->prepare(sql));
  conditions.bind(read);
  port::WorkflowPage page;
  while (true) {
    TRY_ASSIGN(const bool row, read.step());
    if (!row) return page;
    if (page.rows.size() == limit) {
      page.next = cursor_to_text({page.rows.back().created_at.ns, page.rows.back().uid.value});
      return page;
    }
    page.rows.push_back(read_workflow(read, query.with_object));
  }
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
  return std::optional(read_workflow(read, true));
}

Result<std::optional<port::WorkflowRow>> SqliteJournal::find_workflow(const WorkflowUid& uid) {
  const std::lock_guard lock(reading_);
  TRY_ASSIGN(Statement read,
             reader_->prepare(fmt::format("SELECT {}, w.object FROM workflow w WHERE w.uid = ?",
                                          kWorkflowColumns)));
  TRY_ASSIGN(const bool row, read.bind(uid.value).step());
  if (!row) return std::optional<port::WorkflowRow>();
  return std::optional(read_workflow(read, true));
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
