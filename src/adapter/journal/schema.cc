#include "adapter/journal/schema.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <iterator>

namespace slipway::adapter {
namespace {

// How many finished workflows have a label, by its key; of all of them, by the empty key.
constexpr char kTally[] = R"sql(
CREATE TABLE tally (
  key  TEXT PRIMARY KEY NOT NULL,
  rows INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER label_put AFTER INSERT ON label BEGIN
  INSERT INTO tally VALUES (new.key, 1) ON CONFLICT (key) DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER label_dropped AFTER DELETE ON label BEGIN
  UPDATE tally SET rows = rows - 1 WHERE key = old.key;
END;
CREATE TRIGGER workflow_put AFTER INSERT ON workflow BEGIN
  UPDATE tally SET rows = rows + 1 WHERE key = '';
END;
CREATE TRIGGER workflow_dropped AFTER DELETE ON workflow BEGIN
  UPDATE tally SET rows = rows - 1 WHERE key = '';
END;
INSERT INTO tally SELECT '', count(*) FROM workflow;
INSERT INTO tally SELECT key, count(*) FROM label GROUP BY key;
)sql";

constexpr char kTables[] = R"sql(
CREATE TABLE record (
  sequence INTEGER PRIMARY KEY,
  sum      INTEGER NOT NULL,
  bytes    BLOB NOT NULL
);
CREATE TABLE snapshot (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  sequence INTEGER NOT NULL,
  sum      INTEGER NOT NULL,
  bytes    BLOB NOT NULL
);
CREATE TABLE workflow (
  uid         TEXT PRIMARY KEY NOT NULL,
  ns          TEXT NOT NULL,
  name        TEXT NOT NULL,
  phase       TEXT NOT NULL,
  message     TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  started_at  INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL DEFAULT 0,
  labels      TEXT NOT NULL,
  summary     BLOB NOT NULL DEFAULT '',
  object      BLOB NOT NULL
);
CREATE INDEX workflow_created ON workflow (created_at, uid);
CREATE INDEX workflow_ns ON workflow (ns, created_at, uid);
CREATE INDEX workflow_name ON workflow (name, ns, created_at, uid);
CREATE INDEX workflow_phase ON workflow (phase, created_at, uid);
CREATE INDEX workflow_ns_phase ON workflow (ns, phase, created_at, uid);
CREATE INDEX workflow_expiry ON workflow (expires_at) WHERE expires_at > 0;
CREATE TABLE label (
  key        TEXT NOT NULL,
  value      TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  uid        TEXT NOT NULL,
  PRIMARY KEY (key, value, created_at, uid)
) WITHOUT ROWID;
CREATE TABLE event (
  id       TEXT PRIMARY KEY NOT NULL,
  ns       TEXT NOT NULL,
  source   TEXT NOT NULL,
  name     TEXT NOT NULL,
  type     TEXT NOT NULL,
  delivery TEXT NOT NULL,
  at       INTEGER NOT NULL,
  status   INTEGER NOT NULL,
  outcome  TEXT NOT NULL,
  message  TEXT NOT NULL,
  summary  TEXT NOT NULL,
  payload  BLOB NOT NULL,
  verdicts BLOB NOT NULL,
  answers  TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX event_at ON event (at, id);
CREATE INDEX event_source ON event (ns, source, at, id);
CREATE INDEX event_delivery ON event (delivery, at) WHERE delivery <> '';
)sql";

// kUpgrades[n] brings a file of schema n + 1 to the next.
constexpr const char* kUpgrades[] = {
    R"sql(
ALTER TABLE workflow ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX workflow_expiry ON workflow (expires_at) WHERE expires_at > 0;
)sql",
    "ALTER TABLE event ADD COLUMN answers TEXT NOT NULL DEFAULT '{}'",
    R"sql(
ALTER TABLE workflow ADD COLUMN summary BLOB NOT NULL DEFAULT '';
DROP INDEX workflow_name;
CREATE INDEX workflow_name ON workflow (name, ns, created_at, uid);
CREATE INDEX workflow_ns_phase ON workflow (ns, phase, created_at, uid);
)sql",
    kTally};
static_assert(std::size(kUpgrades) + 1 == kSchemaVersion);

// Larger files are not read whole at each start; their records carry sums of their own.
constexpr int64_t kQuickCheckBytes = 64 << 20;

Status check_whole(Database& database) {
  TRY_ASSIGN(const int64_t pages, database.number("PRAGMA page_count"));
  TRY_ASSIGN(const int64_t page_bytes, database.number("PRAGMA page_size"));
  struct stat file {};
  if (stat(database.path().c_str(), &file) == 0 && file.st_size < pages * page_bytes) {
    return Error{ErrorCode::kIo,
                 fmt::format("the database is truncated: {} bytes of {}; restore it from a backup",
                             static_cast<int64_t>(file.st_size), pages * page_bytes),
                 database.path()};
  }
  if (pages * page_bytes > kQuickCheckBytes) return {};
  TRY_ASSIGN(const std::string verdict, database.text("PRAGMA quick_check(1)"));
  if (verdict == "ok") return {};
  return Error{ErrorCode::kIo,
               fmt::format("the database is damaged ({}); stop the server and restore the file "
                           "from a backup",
                           verdict),
               database.path()};
}

Status check_ours(Database& database, int64_t application, int64_t version) {
  if (application != kApplicationId) {
    return Error{ErrorCode::kIo,
                 "is a SQLite database of another program; name another data directory",
                 database.path()};
  }
  if (version > kSchemaVersion) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("was written by a newer Slipway (schema {}, this release knows {}); "
                             "start that release, or restore a backup made before the upgrade",
                             version, kSchemaVersion),
                 database.path()};
  }
  return {};
}

// `sql` and the version it leads to, both or neither.
Status change(Database& database, const char* sql, int64_t version) {
  TRY(database.begin());
  Status made = database.execute(sql);
  if (made.ok()) {
    made = database.execute(
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, version)
            .c_str());
  }
  if (made.ok()) made = database.commit();
  if (!made.ok()) database.rollback();
  return made;
}

Status upgrade(Database& database, int64_t version) {
  for (; version < kSchemaVersion; ++version) {
    TRY(change(database, kUpgrades[version - 1], version + 1));
  }
  return {};
}

}  // namespace

Status prepare_schema(Database& database) {
  TRY_ASSIGN(const int64_t application, database.number("PRAGMA application_id"));
  TRY_ASSIGN(const int64_t version, database.number("PRAGMA user_version"));
  TRY_ASSIGN(const int64_t tables, database.number("SELECT count(*) FROM sqlite_schema"));
  const bool fresh = tables == 0 && application == 0 && version == 0;
  if (!fresh) TRY(check_ours(database, application, version));
  TRY_ASSIGN(const std::string mode, database.text("PRAGMA journal_mode = WAL"));
  if (mode != "wal") {
    return Error{ErrorCode::kIo,
                 "the file system can not hold a write-ahead log; put the data directory on a "
                 "local disk",
                 database.path()};
  }
  // FULL: every commit is on the disk before it returns, power loss included.
  TRY(
      database.execute("PRAGMA synchronous = FULL;"
                       "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;"
                       "PRAGMA cell_size_check = ON"));
  if (fresh) return change(database, (std::string(kTables) + kTally).c_str(), kSchemaVersion);
  TRY_ASSIGN(const int64_t ignored, database.number("PRAGMA wal_checkpoint(TRUNCATE)"));
  static_cast<void>(ignored);
  TRY(check_whole(database));
  return upgrade(database, version);
}

}  // namespace slipway::adapter
