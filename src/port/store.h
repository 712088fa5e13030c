// Reading the rows that Journal commits. Safe to call from any thread while commits go on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "port/row.h"

namespace slipway::port {

struct WorkflowQuery {
  std::string ns;                             // empty: all
  std::string name, name_prefix;              // empty: any
  std::vector<std::string> phases;            // empty: any
  std::map<std::string, std::string> labels;  // all must be equal
  std::optional<Time> finished_before, created_after;
  size_t limit = 100;
  std::string cursor;        // from WorkflowPage::next
  bool with_object = false;  // fill WorkflowRow::object
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

class Store {
 public:
  virtual ~Store() = default;
  virtual Result<WorkflowPage> list_workflows(const WorkflowQuery& query) = 0;
  virtual Result<std::optional<WorkflowRow>> find_workflow(const std::string& ns,
                                                           const std::string& name) = 0;
  virtual Result<std::optional<WorkflowRow>> find_workflow(const WorkflowUid& uid) = 0;
  virtual Result<EventPage> list_events(const EventQuery& query) = 0;
  // A unique prefix of at least six digits is enough.
  virtual Result<std::optional<EventRow>> find_event(const std::string& id_or_delivery) = 0;
};

}  // namespace slipway::port
