// Reading the rows that Journal commits. Safe to call from any thread while commits go on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "port/row.h"

namespace slipway::port {

// One part of a Kubernetes label selector. kIn has one value for "="; kNotIn also takes what has no
// such label; kGreater and kLess have one integer.
struct LabelTerm {
  enum class Op { kIn, kNotIn, kExists, kAbsent, kGreater, kLess } op = Op::kIn;
  std::string key;
  std::vector<std::string> values;
};

enum class NameMatch { kExact, kPrefix, kContains };

struct WorkflowQuery {
  std::string ns;    // empty: all
  std::string name;  // empty: any
  NameMatch name_match = NameMatch::kExact;
  std::vector<std::string> phases;  // empty: any
  std::vector<LabelTerm> labels;    // all of them
  std::optional<Time> finished_before, created_after;
  size_t limit = 100;
  std::string cursor;         // from WorkflowPage::next
  bool with_summary = false;  // fill WorkflowRow::summary
  bool with_object = false;   // fill WorkflowRow::object
};

struct WorkflowPage {
  std::vector<WorkflowRow> rows;  // newest first by creation
  std::string next;               // empty: no more
};

struct EventQuery {
  std::string ns, source, name, outcome, delivery, text;  // empty: any; text searches summary
  std::optional<Time> after, before;
  size_t limit = 100;
  std::string cursor;
};

struct EventPage {
  std::vector<EventRow> rows;  // newest first, without payload and verdicts
  std::string next;
};

// The rows of finished workflows.
class WorkflowStore {
 public:
  virtual ~WorkflowStore() = default;
  virtual Result<WorkflowPage> list_workflows(const WorkflowQuery& query) = 0;
  // The newest of that name.
  virtual Result<std::optional<WorkflowRow>> find_workflow(const std::string& ns,
                                                           const std::string& name) = 0;
  virtual Result<std::optional<WorkflowRow>> find_workflow(const WorkflowUid& uid) = 0;
};

class Store : public WorkflowStore {
 public:
  virtual Result<EventPage> list_events(const EventQuery& query) = 0;
  // A unique prefix of at least six digits is enough.
  virtual Result<std::optional<EventRow>> find_event(const std::string& id_or_delivery) = 0;
};

}  // namespace slipway::port
