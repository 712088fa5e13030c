#include "adapter/journal/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "adapter/journal/log_mover.h"

namespace slipway::adapter {

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::bind(int64_t number) {
  sqlite3_bind_int64(statement_.get(), next_++, number);
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text64(statement_.get(), next_++, text.data() != nullptr ? text.data() : "",
                      text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(std::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), next_++, bytes.data() != nullptr ? bytes.data() : "",
                      bytes.size(), SQLITE_STATIC);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->error("reading or writing");
}

Status Statement::run() {
  while (true) {
    Result<bool> more = step();
    if (!more.ok()) {
      reset();
      return std::move(more).error();
    }
    if (!more.value()) break;
  }
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  next_ = 1;
}

int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const { return blob(column); }

std::string_view Statement::blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data != nullptr ? std::string_view(data, size) : std::string_view();
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Mode mode) {
  sqlite3* handle = nullptr;
  const int flags =
      SQLITE_OPEN_NOMUTEX |
      (mode == Mode::kRead ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> database(new Database(path, handle));
  if (code != SQLITE_OK) return database->error("opening");
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 5000);
  if (mode == Mode::kRead) TRY(database->execute("PRAGMA query_only = ON"));
  return database;
}

Database::~Database() {
  begin_ = Statement();
  commit_ = Statement();
  sqlite3_close_v2(handle_);
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return error("reading");
  return Statement(*this, statement);
}

Status Database::execute(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error("writing");
  return {};
}

Result<int64_t> Database::number(std::string_view sql) {
  TRY_ASSIGN(Statement statement, prepare(sql));
  TRY_ASSIGN(const bool row, statement.step());
  return row ? statement.number(0) : int64_t{0};
}

Result<std::string> Database::text(std::string_view sql) {
  TRY_ASSIGN(Statement statement, prepare(sql));
  TRY_ASSIGN(const bool row, statement.step());
  return row ? std::string(statement.text(0)) : std::string();
}

Status Database::begin() {
  if (begin_.empty()) {
    TRY_ASSIGN(begin_, prepare("BEGIN IMMEDIATE"));
  }
  return begin_.run();
}

Status Database::commit() {
  if (commit_.empty()) {
    TRY_ASSIGN(commit_, prepare("COMMIT"));
  }
  return commit_.run();
}

void Database::move_log() {
  sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

void Database::tend_log(int64_t page_bytes, int pages, LogMover& mover) {
  log_.reset(new Log{LogRoom(path_ + "-wal"), page_bytes, pages, mover});
  sqlite3_wal_hook(handle_, on_commit, log_.get());
}

int Database::on_commit(void* tended, sqlite3* handle, const char* name, int pages) {
  constexpr int64_t kHeader = 32, kFrameHeader = 24;  // sqlite.org/fileformat2.html, section 4
  auto& log = *static_cast<Log*>(tended);
  log.room.make(kHeader + pages * (log.page_bytes + kFrameHeader));
  if (pages < log.asked_at) log.asked_at = 0;
  // As SQLite's own hook: what can not be moved now is moved later. The log begins anew when all of
  // it has been moved, which under a steady load only the one that writes it can see to.
  if (pages >= 2 * log.pages) {
    // While another thread moves it, it can only grow. One that gets little of the processor would
    // let it grow for ever.
    if (pages >= 3 * log.pages) log.mover.settle();
    sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  } else if (pages >= std::max(log.pages, log.asked_at + log.pages / 4)) {
    log.asked_at = pages;
    log.mover.move();
  }
  return SQLITE_OK;
}

void Database::rollback() {
  if (handle_ != nullptr && sqlite3_get_autocommit(handle_) == 0) {
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

Error Database::error(std::string_view doing) const {
  if (handle_ == nullptr) return {ErrorCode::kIo, "out of memory opening the database", path_};
  const int code = sqlite3_errcode(handle_) & 0xff;
  const char* said = sqlite3_errmsg(handle_);
  switch (code) {
    case SQLITE_NOTADB:
      return {ErrorCode::kIo,
              "is not a Slipway database, or its first bytes are damaged; restore it from a "
              "backup, or name another data directory",
              path_};
    case SQLITE_CORRUPT:
      return {ErrorCode::kIo,
              fmt::format("the database is damaged ({}); stop the server and restore the file "
                          "from a backup",
                          said),
              path_};
    case SQLITE_FULL:
      return {ErrorCode::kIo,
              "the disk is full; nothing was written. Free some space: the server goes on by "
              "itself",
              path_};
    case SQLITE_BUSY:
      return {ErrorCode::kUnavailable,
              "the database is locked by another process; is a second server running on this data "
              "directory?",
              path_};
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {ErrorCode::kIo,
              fmt::format("can not be opened for writing ({}); check that the directory exists and "
                          "belongs to the server's user",
                          said),
              path_};
    default:
      return {ErrorCode::kIo, fmt::format("{} failed: {}", doing, said), path_};
  }
}

}  // namespace slipway::adapter
