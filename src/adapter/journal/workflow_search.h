// WorkflowSearch: which finished workflows are on a page, newest first, out of a million.
//
// What is wanted is walked in the order of an index that has only (or mostly) it: a label's, a
// phase's, a namespace's or the names'. Which one is found by counting a little in each. What else
// is asked for is checked on the way.
#pragma once

#include <string>
#include <vector>

#include "adapter/journal/conditions.h"
#include "adapter/journal/row_codec.h"
#include "adapter/journal/sqlite.h"
#include "port/store.h"

namespace slipway::adapter {

// Used once, while nobody else uses the database. Everything borrowed outlives it.
class WorkflowSearch {
 public:
  WorkflowSearch(Database& database, const port::WorkflowQuery& query, const Cursor* after)
      : database_(database), query_(query), after_(after) {}

  // The first `limit` of them: when they were made, and their uid.
  Result<std::vector<Cursor>> keys(size_t limit);

 private:
  // A way through one index: rows that are equal in what it begins with.
  struct Walk {
    enum class By { kCreation, kPhase, kLabel, kName } by = By::kCreation;
    std::string value;  // of kLabel, kPhase
    const port::LabelTerm* label = nullptr;
  };
  // Walks that have all that is wanted between them, and how many rows they are.
  struct Plan {
    std::vector<Walk> walks;
    int64_t rows = 0;
  };

  Result<Plan> plan();
  Status consider(Plan candidate, Plan& best);
  Result<int64_t> count(const Walk& walk);
  Result<std::vector<std::string>> values_of(const std::string& key);
  bool lacks_labels() const;
  Result<bool> nothing_lacks();
  Result<int64_t> count_values(const port::LabelTerm& term);

  Result<std::vector<Cursor>> walk(const Walk& walk, size_t limit);
  Result<std::vector<Cursor>> walk_newest(int64_t newest_rows, size_t limit, bool& all);
  Result<std::vector<Cursor>> read(const std::string& sql, const Conditions& conditions);
  void narrow(const Walk& walk, Conditions& conditions) const;
  void narrow_name(Conditions& conditions) const;
  void narrow_labels(const Walk& walk, const std::string& from, Conditions& conditions) const;
  bool needs_row(const Walk& walk) const;

  Database& database_;
  const port::WorkflowQuery& query_;
  const Cursor* after_;
};

}  // namespace slipway::adapter
