// Carries out what is outstanding. Level-triggered: every verb may be repeated, and what has been
// started is remembered only so as not to be repeated needlessly.
//
// On the driver's thread; what the world answers goes to the mailbox.
#pragma once

#include <memory>
#include <set>

#include "port/artifact_store.h"
#include "port/clock.h"
#include "port/http_client.h"
#include "port/log_store.h"
#include "port/pod_runtime.h"
#include "port/store.h"
#include "server/lane.h"
#include "server/mailbox.h"

namespace slipway::server {

struct World {  // the ports that effects reach; they outlive the dispatcher
  port::PodRuntime& pods;
  port::LogStore& logs;
  port::HttpClient& http;
  port::ArtifactStore& artifacts;
  port::WorkflowStore& workflows;
  std::function<void(const std::string&)> tell;  // the operator; from any thread; or empty
};

class Dispatcher {
 public:
  Dispatcher(World world, std::shared_ptr<Mailbox> mailbox, size_t max_parallel_pods,
             size_t max_parallel_calls)
      : world_(world),
        mailbox_(std::move(mailbox)),
        starts_(max_parallel_pods),
        calls_(max_parallel_calls) {}

  // After a start of the process: adopts the pods that run and are wanted, removes those that
  // nobody wants, and reports those gone that ran when the server stopped and no longer exist.
  void adopt(const engine::Engine& engine, Time now);

  // Everything that became outstanding since the last call. Nothing here is done before what
  // justifies it is durable: the driver calls this after its commit.
  void dispatch(const engine::Engine& engine, Time now);

  // The engine was rebuilt: its effects have new sequences.
  void forget_position() { seen_ = 0; }

  // Removals that were carried out and need no commit of their own.
  std::deque<InputBody> take_done() { return std::exchange(done_, {}); }
  size_t done_count() const { return done_.size(); }

  size_t running_pods() const { return starts_.active_count(); }
  size_t waiting_pods() const { return starts_.waiting_count(); }

 private:
  void take_in(const engine::Engine& engine, const engine::Effect& effect, Time now);
  void start(const engine::Engine& engine, const engine::Effect& effect, Time now);
  void stop(const engine::Effect& effect, Time now);
  void send(const engine::Engine& engine, const engine::Effect& effect, Time now);
  void read(const engine::Engine& engine, const engine::Effect& effect, Time now);
  void remove_artifact(const engine::Engine& engine, const engine::Effect& effect);
  void call(const engine::Engine& engine, const engine::Effect& effect);

  World world_;
  std::shared_ptr<Mailbox> mailbox_;
  Lane starts_, calls_;
  uint64_t seen_ = 0;
  std::deque<InputBody> done_;
};

}  // namespace slipway::server
