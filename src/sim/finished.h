// The rows of finished workflows, in memory.
#pragma once

#include <map>

#include "port/store.h"

namespace slipway::sim {

class FinishedRows : public port::WorkflowStore {
 public:
  void note(const port::RowChange& change);

  // Of the namespace; whoever asks looks at the labels again.
  Result<port::WorkflowPage> list_workflows(const port::WorkflowQuery& query) override;
  Result<std::optional<port::WorkflowRow>> find_workflow(const std::string& ns,
                                                         const std::string& name) override;
  Result<std::optional<port::WorkflowRow>> find_workflow(const WorkflowUid& uid) override;

  std::map<WorkflowUid, port::WorkflowRow> rows;
};

}  // namespace slipway::sim
