// One pass over a workflow: what happened comes in, what changes comes out. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/random.h"
#include "core/manifest/catalog.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"
#include "core/workflow/operation.h"
#include "core/workflow/run.h"

namespace slipway::workflow {

// The answer to a Want::Kind::kRequest.
struct RequestResult {
  NodeId node;
  int attempt = 0;
  bool ok = false;         // an HTTP response came
  std::string error;       // otherwise why not
  bool permanent = false;  // the error: another attempt would end the same
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct ActResult;   // act.h
struct ReadResult;  // read.h

struct Happening {
  std::vector<pod::PodReport> reports;  // of pods of this run; unknown ones are ignored
  std::vector<RequestResult> responses;
  std::vector<Operation> operations;  // stop, resume, node set ... (operation.h)
  const ActResult* act = nullptr;     // what was done for a resource template
  const ReadResult* read = nullptr;   // what the artifact store answered
};

enum class UntrustedPolicy { kAllow, kWarn, kDeny };

// Where pods reach the server's API, and what says who they are (core/pod/token.h).
struct PodApi {
  std::string host;  // an address
  int port = 0;
  std::string certificate_pem;  // what it serves HTTPS with, for clients to trust
  std::string token_key;
};

struct Settings {
  json::object workflow_defaults;  // merged below every workflow (spec rule 53)
  std::string artifact_key_format = "{{workflow.name}}/{{pod.name}}";
  bool archive_logs = false;  // main-logs as an artifact, unless a manifest says otherwise
  bool allow_privileged = false;
  bool allow_host_path = false;
  bool allow_host_network = false;
  int64_t parallelism = 0;  // running workflows at once; 0: no limit
  pod::RuntimeKind runtime = pod::RuntimeKind::kOci;
  UntrustedPolicy untrusted = UntrustedPolicy::kAllow;
  std::string default_service_account = "default";
  std::optional<PodApi> pod_api;  // absent: there is none
};

// Locks (mutexes, semaphores) held across runs; lock.h. The engine owns one table.
class LockTable;

struct Estimate;

struct World {
  const manifest::Catalog& catalog;
  const Settings& settings;
  const LockTable& locks;
  Time now;
  uint64_t entropy = 0;
  const Estimate* estimate = nullptr;  // of the run that is advanced; or nullptr
};

// A pass over `run` (spec workflows.md, rule 7: re-entrant over the stored node map), after taking
// in what happened. An empty Delta means that nothing changed. Never fails: an invalid workflow
// ends as Failed "invalid spec: ..." in the Delta. Cost grows with what changed.
Delta advance(const Run& run, const Happening& happening, const World& world);

// The pod of a node that is wanted. kNotFound (a Secret, ConfigMap or key that is missing) makes
// the node Error; the driver reports it as a final PodReport.
Result<pod::PodPlan> plan_pod(const Run& run, const NodeId& node, const World& world);

// The request of an http or plugin node that is wanted, as a value the shell can send. Secrets are
// resolved here and only here. Method, url, headers, body and so on as in port/http_client.h.
struct PlannedRequest {
  std::string method, url, body;
  std::vector<std::pair<std::string, std::string>> headers;
  Duration timeout = Duration::seconds(30);
  bool insecure_skip_verify = false;
  // Set when there is nothing to send: hand back status 204 with the header
  // task::kNothingToDoHeader and this text, and the node succeeds.
  std::optional<std::string> nothing_to_do;
};
Result<PlannedRequest> plan_request(const Run& run, const NodeId& node, const World& world);

// What a node that reads wants: the keys below a prefix of an artifact store, one artifact's text,
// or finished workflows. Secrets are resolved here.
struct ReadPlan {
  enum class What { kKeys, kText, kFinished } what = What::kKeys;
  pod::InputArtifact from;  // of kKeys its location
  std::string sought;       // of kFinished (read.h)
};
Result<ReadPlan> plan_read(const Run& run, const NodeId& node, const World& world);

}  // namespace slipway::workflow
