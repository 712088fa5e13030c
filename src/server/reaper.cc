#include "server/reaper.h"

#include "core/engine/removal.h"

namespace slipway::server {
namespace {

constexpr size_t kAtOnce = 100;  // removals of one commit
constexpr Duration kPauseAfterFailure = Duration::seconds(60);

bool limits(const port::Keep& keep, std::string_view phase) {
  if (phase == "Succeeded") return keep.succeeded.has_value();
  if (phase == "Failed") return keep.failed.has_value();
  return keep.error.has_value();
}

std::optional<port::CronHistory> history_of(const port::WorkflowRow& row,
                                            const manifest::Catalog& catalog) {
  const auto label = row.labels.find("workflows.argoproj.io/cron-workflow");
  if (label == row.labels.end()) return std::nullopt;
  const manifest::Resource* cron =
      catalog.find(manifest::Kind::kCronWorkflow, row.ns, label->second);
  if (cron == nullptr) return std::nullopt;
  const bool succeeded = row.phase == "Succeeded";
  const int64_t keep = succeeded ? get_int(cron->spec(), "successfulJobsHistoryLimit", 3)
                                 : get_int(cron->spec(), "failedJobsHistoryLimit", 1);
  std::vector<std::string> phases{"Succeeded"};
  if (!succeeded) phases = {"Failed", "Error"};
  return port::CronHistory{row.ns, label->second, std::move(phases),
                           static_cast<uint64_t>(std::max<int64_t>(keep, 0))};
}

engine::DeleteWorkflow removal_of(const port::WorkflowRow& row) {
  const auto object = parse_json(row.object);
  engine::DeleteWorkflow removal = object.ok() && object->is_object()
                                       ? engine::removal_of(object->get_object())
                                       : engine::DeleteWorkflow{};
  removal.uid = row.uid;
  removal.ns = row.ns;
  removal.name = row.name;
  return removal;
}

}  // namespace

std::vector<engine::DeleteWorkflow> Reaper::take_due(Time now) {
  std::vector<engine::DeleteWorkflow> removals;
  if (!next_ || now < *next_) return removals;
  auto rows = retention_.overdue(now, keep_, kAtOnce);
  const auto deadline = retention_.next_deadline();
  bool failed = !rows.ok() || !deadline.ok();
  for (auto history = grown_.begin(); !failed && history != grown_.end();) {
    auto more = retention_.surplus(*history, kAtOnce);
    failed = !more.ok();
    if (failed) break;
    for (port::WorkflowRow& row : *more) rows->push_back(std::move(row));
    history = more->size() < kAtOnce ? grown_.erase(history) : std::next(history);
  }
  if (failed) {
    // Workflows that can not be read now are kept a little longer.
    next_ = now + kPauseAfterFailure;
    return removals;
  }
  // Those that are about to be removed are still in the store: it is asked once more after them.
  next_ = rows->empty() ? *deadline : std::optional(now);
  for (const port::WorkflowRow& row : *rows) removals.push_back(removal_of(row));
  return removals;
}

void Reaper::note(const port::RowChange& change, const manifest::Catalog& catalog) {
  const auto* put = std::get_if<port::PutWorkflow>(&change);
  if (put == nullptr) return;
  const port::WorkflowRow& row = put->row;
  if (limits(keep_, row.phase)) next_ = Time{};
  if (auto history = history_of(row, catalog)) {
    grown_.insert(std::move(*history));
    next_ = Time{};
  }
  if (row.expires_at <= Time{}) return;
  if (!next_ || row.expires_at < *next_) next_ = row.expires_at;
}

}  // namespace slipway::server
