// How long a workflow and its nodes will probably take: as long as those of the newest good run of
// the same template or schedule took (Argo's workflow/controller/estimation).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/manifest/resource.h"
#include "core/workflow/run.h"

namespace slipway::workflow {

struct Estimate {
  Time created_at;  // of the run that was measured
  int64_t workflow_s = 0;
  // By what follows the workflow's name in the node's: "[0].build". Of a run with too many: none.
  std::map<std::string, int64_t> nodes;

  int64_t of_node(std::string_view workflow, std::string_view node) const;
};

// What the run is an instance of, by its labels: a template before a schedule.
std::optional<manifest::ResourceKey> estimated_by(const Run& run);

Estimate measure_run(const Run& run);

json::object to_json(const Estimate& estimate);
Estimate estimate_from_json(const json::object& object);

}  // namespace slipway::workflow
