#include "sim/finished.h"

namespace slipway::sim {

void FinishedRows::note(const port::RowChange& change) {
  if (const auto* put = std::get_if<port::PutWorkflow>(&change)) rows[put->row.uid] = put->row;
  if (const auto* gone = std::get_if<port::RemoveWorkflow>(&change)) rows.erase(gone->uid);
}

Result<port::WorkflowPage> FinishedRows::list_workflows(const port::WorkflowQuery& query) {
  port::WorkflowPage page;
  for (const auto& [uid, row] : rows) {
    if (row.ns == query.ns) page.rows.push_back(row);
  }
  return page;
}

Result<std::optional<port::WorkflowRow>> FinishedRows::find_workflow(const std::string& ns,
                                                                     const std::string& name) {
  const port::WorkflowRow* newest = nullptr;
  for (const auto& [uid, row] : rows) {
    if (row.ns != ns || row.name != name) continue;
    if (newest == nullptr || newest->created_at < row.created_at) newest = &row;
  }
  return newest != nullptr ? std::optional(*newest) : std::nullopt;
}

Result<std::optional<port::WorkflowRow>> FinishedRows::find_workflow(const WorkflowUid& uid) {
  const auto row = rows.find(uid);
  return row != rows.end() ? std::optional(row->second) : std::nullopt;
}

}  // namespace slipway::sim
