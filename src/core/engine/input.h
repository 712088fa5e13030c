// What the engine is asked to decide on.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/intake/intake.h"
#include "core/manifest/resource.h"
#include "core/pod/report.h"
#include "core/workflow/advance.h"
#include "core/workflow/operation.h"
#include "core/workflow/read.h"
#include "core/workflow/submit.h"

namespace slipway::engine {

// An HTTP request at an event source. The reply waits until the event is durable.
struct ReceiveEvent {
  std::string ns, source, event;
  intake::Request request;
};
// An event at Argo Server's endpoint, for the WorkflowEventBindings of a namespace.
struct ReceiveBound {
  std::string ns, discriminator;
  intake::Request request;
};
inline constexpr const char* kBoundEventType = "workflow-event-binding";

// Offers a stored event to the sensors once more, on purpose; deduplication is passed over.
struct ReplayEvent {
  EventId original;
  std::string ns, source, event, type;
  json::value data;
  std::string summary;
};
struct ApplyResource {
  manifest::Resource resource;  // namespace set
  bool create_only = false;     // kAlreadyExists when it is there
  std::string if_version;       // optimistic concurrency: resourceVersion that must be current
};
struct DeleteResource {
  manifest::ResourceKey key;
};
struct SubmitWorkflow {
  json::object workflow;  // a Workflow object; or empty when from_* is set
  std::string from_kind, from_name;
  std::string ns = "default";
  workflow::SubmitOptions options;
  bool dry_run = false;
};
struct OperateWorkflow {
  std::string ns, name;
  workflow::Operation operation;
  bool finished = false;  // the shell found it in the store; if it is live by now, that one counts
};
// The shell found the finished object in the store, since finished workflows are not in memory.
struct RetryWorkflow {
  json::object finished;
  workflow::RetryOptions options;
};
struct ResubmitWorkflow {
  json::object workflow;
  workflow::ResubmitOptions options;
};
struct DeleteWorkflow {
  WorkflowUid uid;
  std::string ns, name;
  std::vector<PodId> pods;          // of a finished one, so that what they left is removed
  std::vector<std::string> claims;  // the same for its claims, "<namespace>/<name>"
  json::object finished;            // it, when its artifacts are to be removed first
  bool force = false;               // leaves its artifacts where they are (`argo delete --force`)
};
struct PodReported {
  pod::PodReport report;
};
struct PodRemoved {
  PodId pod;
};
struct ClaimRemoved {
  std::string ns, name;
};
struct ArtifactRemoved {
  std::string key;    // address
  std::string error;  // why it could not be removed; empty: it is gone
};
struct ArtifactsRead {
  WorkflowUid uid;
  workflow::ReadResult result;
};
struct RequestAnswered {
  WorkflowUid uid;
  workflow::RequestResult result;
};
struct TriggerAnswered {  // reply to a sensor's HTTP trigger
  EffectId effect;
  bool ok = false;
  int status = 0;
  std::string error;
};
struct WorkflowSought {  // for a trigger: what the store holds of that name
  EffectId effect;
  std::vector<json::object> finished;
  std::string error;  // why it could not be read; or empty
};
// `argo sync`: a semaphore's limit in a ConfigMap, or in the database, which is the journal here.
struct SetSyncLimit {
  enum class Verb { kCreate, kUpdate, kDelete };
  Verb verb = Verb::kCreate;
  std::string ns, config_map, key;  // config_map empty: of the database
  int64_t limit = 0;
};
// Time has come. One Tick does one thing that is due (a pass, a schedule, a finished run that
// leaves); the driver goes on until next_wake() lies ahead.
struct Tick {};

struct Input {
  Time now;
  uint64_t entropy = 0;
  std::variant<ReceiveEvent, ReceiveBound, ReplayEvent, ApplyResource, DeleteResource,
               SubmitWorkflow, OperateWorkflow, RetryWorkflow, ResubmitWorkflow, DeleteWorkflow,
               PodReported, PodRemoved, ClaimRemoved, ArtifactRemoved, ArtifactsRead,
               RequestAnswered, TriggerAnswered, WorkflowSought, SetSyncLimit, Tick>
      body;
};

}  // namespace slipway::engine
