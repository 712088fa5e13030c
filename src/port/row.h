// Rows of the read models that live on disk: finished workflows and received events.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace slipway::port {

// A finished workflow: it left memory, and this is what remains queryable.
struct WorkflowRow {
  WorkflowUid uid;
  std::string ns, name, phase, message;
  Time created_at, started_at, finished_at;
  Time expires_at;  // when it is to be removed (ttlStrategy); zero: never; or kDeletionAskedFor
  std::map<std::string, std::string> labels;
  std::string summary;  // the Workflow without its nodes and templates, as lists show it; JSON text
  std::string object;   // the whole Workflow as JSON text
};

// It was to be removed and could not be: nothing but its user removes it now.
inline constexpr Time kDeletionAskedFor{-1};

// One HTTP request to an event source, accepted or refused, or a made-up or replayed event.
struct EventRow {
  EventId id;
  std::string ns, source, name;  // EventSource and event name; empty when the path is unknown
  std::string type;              // "github", "webhook", ...
  std::string delivery;          // the provider's id of this delivery, or empty
  Time at;
  int status = 0;       // HTTP status that was answered
  std::string outcome;  // accepted, duplicate, filtered, refused, replayed; and why in `message`
  std::string message;
  std::string payload;   // the event's data as JSON text; empty when refused
  std::string verdicts;  // JSON array of sensor verdict traces, "[]" before any ran
  std::string summary;   // one line for lists, e.g. "pull_request closed octo/ride#7"
  std::map<std::string, std::string> answers;  // by call: what triggers were answered, JSON text
};

struct PutWorkflow {
  WorkflowRow row;
};
struct RemoveWorkflow {
  WorkflowUid uid;
};
struct PutEvent {
  EventRow row;
};  // same id: replaced
struct PutAnswer {
  EventId event;
  std::string call, answer;  // into the event's answers, when its row still exists
};
struct RemoveEventsBefore {
  Time time;
};

using RowChange =
    std::variant<PutWorkflow, RemoveWorkflow, PutEvent, PutAnswer, RemoveEventsBefore>;

}  // namespace slipway::port
