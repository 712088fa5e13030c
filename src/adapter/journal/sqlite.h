// SQLite with results instead of codes. The one place that includes sqlite3.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "adapter/journal/log_room.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace slipway::adapter {

class Database;
class LogMover;

// A prepared statement. Borrowed text and blobs stay valid until the next step() or reset().
class Statement {
 public:
  Statement() = default;
  Statement(Database& database, sqlite3_stmt* statement)
      : database_(&database), statement_(statement) {}

  // Positions count from 1 and go on by themselves: bind(a).bind(b).
  Statement& bind(int64_t number);
  Statement& bind(std::string_view text);  // copied by SQLite only when it must be
  Statement& bind_blob(std::string_view bytes);

  // True while there is a row. The text bound must live until the statement is done.
  Result<bool> step();
  // Runs to the end and is ready for the next use.
  Status run();
  void reset();
  bool empty() const { return statement_ == nullptr; }

  int64_t number(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Database* database_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int next_ = 1;
};

// One connection; one thread at a time.
class Database {
 public:
  enum class Mode { kWrite, kRead };

  // Errors name the file and say what to do.
  static Result<std::unique_ptr<Database>> open(const std::string& path, Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<Statement> prepare(std::string_view sql);
  Status execute(const char* sql);  // any number of statements, no rows
  Result<int64_t> number(std::string_view sql);
  Result<std::string> text(std::string_view sql);

  Status begin();
  Status commit();
  void rollback();  // no-op outside a transaction

  // From now on each commit leaves room in the write-ahead log (log_room.h), has `mover` move the
  // log into the file when it has grown to `pages`, and moves it itself when it has twice as many,
  // for which it waits at three times as many.
  void tend_log(int64_t page_bytes, int pages, LogMover& mover);
  // What can not be moved now, because it is read, stays.
  void move_log();

  const std::string& path() const { return path_; }
  // The connection's last failure, in words.
  Error error(std::string_view doing) const;

 private:
  Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  struct Log {
    LogRoom room;
    int64_t page_bytes;
    int pages;
    LogMover& mover;
    int asked_at = 0;  // pages of the log when it was last asked to move; 0: not since it began
  };
  static int on_commit(void* log, sqlite3* handle, const char* name, int pages);

  std::string path_;
  sqlite3* handle_;
  Statement begin_, commit_;  // prepared at their first use
  std::unique_ptr<Log> log_;
};

}  // namespace slipway::adapter
