// Reaper: removes finished workflows whose time is over (ttlStrategy), those that are more than the
// server keeps (retentionPolicy), and those that are more than their CronWorkflow keeps. Of all the
// finished ones it holds no more than the moment at which it has to look again; the store knows the
// rest. Lives on the driver's thread.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "core/engine/input.h"
#include "core/manifest/catalog.h"
#include "port/retention.h"

namespace slipway::server {

class Reaper {
 public:
  Reaper(port::Retention& retention, port::Keep keep) : retention_(retention), keep_(keep) {}

  // What is to be removed now, some of it when it is much. The rows stay until the commit.
  std::vector<engine::DeleteWorkflow> take_due(Time now);

  // A row change that was committed; `catalog` knows the limits of CronWorkflows.
  void note(const port::RowChange& change, const manifest::Catalog& catalog);

  // What was taken may not have been removed: a commit failed.
  void look_again() { next_ = Time{}; }

  // When take_due() may give something; nullopt: not before another workflow has finished.
  std::optional<Time> next() const { return next_; }

 private:
  port::Retention& retention_;
  port::Keep keep_;
  std::optional<Time> next_ = Time{};  // a start looks at once
  std::set<port::CronHistory> grown_;  // histories to be looked at
};

}  // namespace slipway::server
