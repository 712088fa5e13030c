#include "adapter/journal/sqlite_journal.h"

#include <fmt/format.h>

#include "adapter/journal/row_codec.h"
#include "adapter/journal/schema.h"
#include "base/hash.h"

namespace slipway::adapter {
namespace {

constexpr int kLogPages = 2000;

int64_t sum_of(uint64_t sequence, std::string_view bytes) {
  return static_cast<int64_t>(fnv1a64(bytes, 14695981039346656037ull ^ sequence));
}

Error damaged(const Database& database, std::string what) {
  return {ErrorCode::kIo,
          fmt::format("{}; stop the server and restore the file from a backup", what),
          database.path()};
}

}  // namespace

struct SqliteJournal::Writes {
  Statement put_record, put_workflow, drop_labels, put_label, drop_workflow, put_event, put_answer,
      drop_events;

  static Result<std::unique_ptr<Writes>> prepare(Database& database) {
    auto made = std::make_unique<Writes>();
    TRY_ASSIGN(made->put_record,
               database.prepare("INSERT INTO record (sequence, sum, bytes) VALUES (?, ?, ?)"));
    TRY_ASSIGN(made->put_workflow,
               database.prepare(
                   "INSERT INTO workflow (uid, ns, name, phase, message, created_at, started_at, "
                   "finished_at, expires_at, labels, summary, object) VALUES (?, ?, ?, ?, ?, ?, ?, "
                   "?, ?, ?, ?, ?) ON CONFLICT (uid) DO UPDATE SET ns = excluded.ns, name = "
                   "excluded.name, phase = excluded.phase, message = excluded.message, created_at "
                   "= excluded.created_at, started_at = excluded.started_at, finished_at = "
                   "excluded.finished_at, expires_at = excluded.expires_at, labels = "
                   "excluded.labels, summary = excluded.summary, object = excluded.object"));
    // The labels of a row are found by its own list of them.
    TRY_ASSIGN(made->drop_labels,
               database.prepare("DELETE FROM label WHERE (key, value, created_at, uid) IN ("
                                "SELECT j.key, j.value, w.created_at, w.uid FROM workflow w, "
                                "json_each(w.labels) j WHERE w.uid = ?)"));
    TRY_ASSIGN(made->put_label, database.prepare("INSERT OR IGNORE INTO label (key, value, "
                                                 "created_at, uid) VALUES (?, ?, ?, ?)"));
    TRY_ASSIGN(made->drop_workflow, database.prepare("DELETE FROM workflow WHERE uid = ?"));
    TRY_ASSIGN(made->put_event,
               database.prepare("INSERT OR REPLACE INTO event (id, ns, source, name, type, "
                                "delivery, at, status, outcome, message, summary, payload, "
                                "verdicts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    TRY_ASSIGN(made->put_answer, database.prepare("UPDATE event SET answers = "
                                                  "json_patch(answers, ?) WHERE id = ?"));
    TRY_ASSIGN(made->drop_events, database.prepare("DELETE FROM event WHERE at < ?"));
    return made;
  }

  Status operator()(const port::PutWorkflow& change) {
    const port::WorkflowRow& row = change.row;
    const std::string labels = texts_to_json(row.labels);
    TRY(drop_labels.bind(row.uid.value).run());
    put_workflow.bind(row.uid.value).bind(row.ns).bind(row.name).bind(row.phase).bind(row.message);
    put_workflow.bind(row.created_at.ns).bind(row.started_at.ns).bind(row.finished_at.ns);
    put_workflow.bind(row.expires_at.ns);
    TRY(put_workflow.bind(labels).bind_blob(row.summary).bind_blob(row.object).run());
    for (const auto& [key, value] : row.labels) {
      TRY(put_label.bind(key).bind(value).bind(row.created_at.ns).bind(row.uid.value).run());
    }
    return {};
  }
  Status operator()(const port::RemoveWorkflow& change) {
    TRY(drop_labels.bind(change.uid.value).run());
    return drop_workflow.bind(change.uid.value).run();
  }
  Status operator()(const port::PutEvent& change) {
    const port::EventRow& row = change.row;
    put_event.bind(row.id.value).bind(row.ns).bind(row.source).bind(row.name).bind(row.type);
    put_event.bind(row.delivery).bind(row.at.ns).bind(int64_t{row.status}).bind(row.outcome);
    return put_event.bind(row.message)
        .bind(row.summary)
        .bind_blob(row.payload)
        .bind_blob(row.verdicts)
        .run();
  }
  Status operator()(const port::PutAnswer& change) {
    const std::string answer = texts_to_json({{change.call, change.answer}});
    return put_answer.bind(answer).bind(change.event.value).run();
  }
  Status operator()(const port::RemoveEventsBefore& change) {
    return drop_events.bind(change.time.ns).run();
  }
};

SqliteJournal::SqliteJournal(std::unique_ptr<Database> writer, std::unique_ptr<Database> reader)
    : writer_(std::move(writer)), reader_(std::move(reader)) {}
SqliteJournal::~SqliteJournal() = default;

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(const std::string& path,
                                                           Options options) {
  TRY_ASSIGN(auto writer, Database::open(path, Database::Mode::kWrite));
  TRY(prepare_schema(*writer));
  if (!options.durable) TRY(writer->execute("PRAGMA synchronous = OFF"));
  TRY_ASSIGN(const int64_t page_bytes, writer->number("PRAGMA page_size"));
  if (options.max_bytes > 0) {
    TRY_ASSIGN(const int64_t pages, writer->number(fmt::format("PRAGMA max_page_count = {}",
                                                               options.max_bytes / page_bytes)));
    static_cast<void>(pages);
  }
  TRY_ASSIGN(auto reader, Database::open(path, Database::Mode::kRead));
  std::unique_ptr<SqliteJournal> journal(new SqliteJournal(std::move(writer), std::move(reader)));
  journal->mover_ = std::make_unique<LogMover>(path, options.durable);
  journal->writer_->tend_log(page_bytes, kLogPages, *journal->mover_);
  TRY_ASSIGN(journal->writes_, Writes::prepare(*journal->writer_));
  return journal;
}

Status SqliteJournal::commit(const port::Commit& commit) {
  TRY(writer_->begin());
  Status written = write(commit);
  if (written.ok()) written = writer_->commit();
  if (!written.ok()) writer_->rollback();
  return written;
}

Status SqliteJournal::write(const port::Commit& commit) {
  for (const port::Record& record : commit.records) {
    writes_->put_record.bind(static_cast<int64_t>(record.sequence));
    writes_->put_record.bind(sum_of(record.sequence, record.bytes));
    TRY(writes_->put_record.bind_blob(record.bytes).run());
  }
  for (const port::RowChange& change : commit.rows) TRY(std::visit(*writes_, change));
  return {};
}

Result<port::Snapshot> SqliteJournal::load_snapshot() {
  TRY_ASSIGN(Statement read, writer_->prepare("SELECT sequence, sum, bytes FROM snapshot"));
  TRY_ASSIGN(const bool row, read.step());
  if (!row) return port::Snapshot{};
  port::Snapshot snapshot{static_cast<uint64_t>(read.number(0)), std::string(read.blob(2))};
  if (sum_of(snapshot.sequence, snapshot.bytes) != read.number(1)) {
    return damaged(*writer_,
                   fmt::format("the snapshot of record {} is damaged", snapshot.sequence));
  }
  return snapshot;
}

Status SqliteJournal::save_snapshot(const port::Snapshot& snapshot) {
  TRY(writer_->begin());
  const auto write = [&]() -> Status {
    TRY_ASSIGN(Statement put, writer_->prepare("INSERT OR REPLACE INTO snapshot (one, sequence, "
                                               "sum, bytes) VALUES (1, ?, ?, ?)"));
    put.bind(static_cast<int64_t>(snapshot.sequence));
    put.bind(sum_of(snapshot.sequence, snapshot.bytes));
    TRY(put.bind_blob(snapshot.bytes).run());
    TRY_ASSIGN(Statement drop, writer_->prepare("DELETE FROM record WHERE sequence <= ?"));
    return drop.bind(static_cast<int64_t>(snapshot.sequence)).run();
  };
  Status written = write();
  if (written.ok()) written = writer_->commit();
  if (!written.ok()) writer_->rollback();
  return written;
}

Status SqliteJournal::replay(uint64_t after,
                             const std::function<Status(uint64_t, std::string_view)>& visit) {
  TRY_ASSIGN(Statement read, writer_->prepare("SELECT sequence, sum, bytes FROM record WHERE "
                                              "sequence > ? ORDER BY sequence"));
  read.bind(static_cast<int64_t>(after));
  for (uint64_t expected = after + 1;; ++expected) {
    TRY_ASSIGN(const bool row, read.step());
    if (!row) return {};
    const auto sequence = static_cast<uint64_t>(read.number(0));
    if (sequence != expected) {
      return damaged(*writer_, fmt::format("record {} is missing", expected));
    }
    const std::string_view bytes = read.blob(2);
    if (sum_of(sequence, bytes) != read.number(1)) {
      return damaged(*writer_, fmt::format("record {} is damaged", sequence));
    }
    TRY(visit(sequence, bytes));
  }
}

}  // namespace slipway::adapter
