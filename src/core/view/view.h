// From the engine's state to the rows and texts that people and lists see. Pure builders.
// The namespace is `views`: slipway::view() is a function of base/json.h.
#pragma once

#include <string>

#include "base/json.h"
#include "base/time.h"
#include "core/engine/event.h"
#include "core/workflow/run.h"
#include "port/row.h"

namespace slipway::views {

// What is stored of a workflow that is finished: the columns, and the whole object.
port::WorkflowRow workflow_row(const workflow::Run& run);

// What is stored of one delivery. `at` is the time of the journal record that holds it.
port::EventRow event_row(const engine::EventReceived& event, Time at);
port::EventRow event_row(const engine::EventRefused& event, Time at);

// What a trigger that called out was answered, into the row of its event.
port::PutAnswer answer_of(const engine::TriggerDone& done, Time at);
// The verdicts of an event; one whose trigger called out has the answer as "answer" {ok, message,
// time}, and one that was answered badly has failed.
json::array verdicts_of(const port::EventRow& row);

// Leaves of a Workflow what lists show of it: everything but nodes and templates.
void summarize(json::object& workflow);

// A Workflow as lists show it, without templates and nodes: metadata {name, namespace, uid, labels,
// creationTimestamp}, status {phase, message, startedAt, finishedAt, progress}. The same shape for
// a live and for a finished one.
json::object workflow_summary(const workflow::Run& run);
json::object workflow_summary(const port::WorkflowRow& row);

}  // namespace slipway::views
