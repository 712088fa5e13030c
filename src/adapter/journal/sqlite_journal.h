// The embedded journal and store: one SQLite file in WAL mode.
//
// The Journal side belongs to one thread (the driver's); the Store and Retention sides may be used
// from any thread while it commits. Every commit is one transaction with synchronous=FULL, so it is
// on the disk when it returns. Each record and the snapshot carry a sum of their bytes and
// sequence, which is checked whenever they are read back.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "adapter/journal/log_mover.h"
#include "adapter/journal/sqlite.h"
#include "port/journal.h"
#include "port/retention.h"
#include "port/store.h"

namespace slipway::adapter {

class SqliteJournal : public port::Journal, public port::Store, public port::Retention {
 public:
  struct Options {
    // False: a commit is not forced to the disk, and power loss may take it. For measuring only.
    bool durable = true;
    int64_t max_bytes = 0;  // of the file; 0: no limit. Beyond it commits fail as on a full disk.
  };

  // Opens or creates the file. kIo when it is damaged, truncated or foreign, kUnsupported when a
  // newer release wrote it; each names the file and what to do.
  static Result<std::unique_ptr<SqliteJournal>> open(const std::string& path, Options options);
  static Result<std::unique_ptr<SqliteJournal>> open(const std::string& path) {
    return open(path, Options{});
  }
  ~SqliteJournal() override;

  Status commit(const port::Commit& commit) override;
  Result<port::Snapshot> load_snapshot() override;
  Status save_snapshot(const port::Snapshot& snapshot) override;
  Status replay(uint64_t after,
                const std::function<Status(uint64_t, std::string_view)>& visit) override;

  Result<port::WorkflowPage> list_workflows(const port::WorkflowQuery& query) override;
  Result<std::optional<port::WorkflowRow>> find_workflow(const std::string& ns,
                                                         const std::string& name) override;
  Result<std::optional<port::WorkflowRow>> find_workflow(const WorkflowUid& uid) override;
  Result<port::EventPage> list_events(const port::EventQuery& query) override;
  Result<std::optional<port::EventRow>> find_event(const std::string& id_or_delivery) override;

  Result<std::vector<port::WorkflowRow>> overdue(Time now, const port::Keep& keep,
                                                 size_t limit) override;
  Result<std::vector<port::WorkflowRow>> surplus(const port::CronHistory& history,
                                                 size_t limit) override;
  Result<std::optional<Time>> next_deadline() override;

 private:
  struct Writes;
  SqliteJournal(std::unique_ptr<Database> writer, std::unique_ptr<Database> reader);

  Status write(const port::Commit& commit);

  std::unique_ptr<LogMover> mover_;
  std::unique_ptr<Database> writer_;
  std::unique_ptr<Writes> writes_;  // prepared statements of writer_

  std::mutex reading_;
  std::unique_ptr<Database> reader_;
};

}  // namespace slipway::adapter
