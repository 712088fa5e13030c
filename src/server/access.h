// What the HTTP API and the CLI may do with a running engine. The Driver implements it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/id.h"
#include "core/engine/engine.h"
#include "core/engine/input.h"

namespace slipway::server {

using InputBody = decltype(engine::Input::body);

struct WorkflowName {
  std::string ns, name;
};

// What one commit changed.
struct Change {
  std::set<WorkflowUid> workflows;              // created, advanced or finished
  std::map<WorkflowUid, std::vector<NodeId>> nodes;  // that advanced, of `workflows`
  std::map<WorkflowUid, WorkflowName> removed;  // some may have been created anew, by a retry
  std::set<EventId> events;                     // received or refused
  bool resources = false;                       // some object was put or removed
};

class KubeEventLog;
class MetricRegistry;

class Access {
 public:
  virtual ~Access() = default;

  // Hands an input to the engine. `done` is called once, on the driver's thread, when what was
  // decided is durable; with kLimit at once (from this thread) when the mailbox is full.
  virtual void post(InputBody body, std::function<void(engine::Reply)> done) = 0;

  // Runs `look` on the driver's thread between two steps. It must be quick and must not keep
  // references into the engine.
  virtual void query(std::function<void(const engine::Engine&)> look) = 0;

  // `heed` is called on the driver's thread after each commit, until unsubscribed. When
  // unsubscribe() has returned, it is not called any more.
  virtual uint64_t subscribe(std::function<void(const Change&, const engine::Engine&)> heed) = 0;
  virtual void unsubscribe(uint64_t subscription) = 0;

  // What was measured so far; from any thread.
  virtual const MetricRegistry& metrics() const = 0;
  // The Kubernetes Events of the last hour. What a commit brought is there before those who
  // subscribed are told of it.
  virtual const KubeEventLog& kube_events() const = 0;
};

}  // namespace slipway::server
