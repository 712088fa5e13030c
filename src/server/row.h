// What the journal's records leave behind in the read models, in the same commit.
#pragma once

#include <vector>

#include "core/engine/engine.h"
#include "port/row.h"
#include "server/access.h"
#include "server/kube_event_log.h"

namespace slipway::server {

// Rows that `event` changes. Called before it is applied: the run of a finished workflow is read
// from `engine`.
void add_rows(const engine::Engine& engine, const engine::Event& event,
              std::vector<port::RowChange>& rows);

// The spans of a workflow that `event` finishes; also before it is applied.
void add_trace(const engine::Engine& engine, const engine::Event& event,
               std::vector<json::array>& traces);

// What Kubernetes Events tell of `event`, the record `sequence`; also before it is applied.
void add_kube_events(const engine::Engine& engine, const engine::Event& event, uint64_t sequence,
                     std::vector<KubeEventLog::Entry>& entries);

// Notes what `event` changes, for those who watch.
void add_change(const engine::Event& event, Change& change);

}  // namespace slipway::server
