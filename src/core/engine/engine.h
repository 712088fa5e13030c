// Engine: the whole product as a value.
//
// One owner, one thread. decide() says what shall be true; apply() makes it so. A driver
// (server/driver.h) appends the events to the journal between the two and dispatches what is
// outstanding after. decide() may change with every release; apply() accepts all history ever
// written. Neither reads a clock, a file or a random source.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "core/engine/effect.h"
#include "core/engine/event.h"
#include "core/engine/input.h"
#include "core/manifest/catalog.h"
#include "core/workflow/advance.h"
#include "core/workflow/run.h"

namespace slipway::engine {

// What the asker is told, once the events are durable.
struct Reply {
  std::optional<Error> error;  // refused; events may still have been written (a refused webhook)
  int http_status = 200;       // for ReceiveEvent
  std::string message;         // for people
  EventId event;               // ReceiveEvent, ReplayEvent
  WorkflowUid workflow;        // SubmitWorkflow and the other workflow verbs
  std::string name;            // of what was made
  json::object object;         // the object as it now is (apply, submit, dry run)
  std::vector<std::string> warnings;
};

struct Decision {
  std::vector<Event> events;
  std::vector<workflow::Sample> samples;  // for the metrics, once the events are durable
  Reply reply;
};

class Engine {
 public:
  explicit Engine(workflow::Settings settings);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  Decision decide(const Input& input) const;
  void apply(const Event& event);

  const EffectSet& outstanding() const;
  // When a Tick could give something new; a time in the past means now.
  std::optional<Time> next_wake() const;

  // What the shell needs to carry out an effect; kNotFound when it is no longer outstanding.
  Result<pod::PodPlan> plan_pod(const Effect& effect, Time now) const;
  Result<workflow::PlannedRequest> plan_request(const Effect& effect, Time now) const;
  Result<workflow::ReadPlan> plan_read(const Effect& effect, Time now) const;
  Result<pod::ArtifactLocation> plan_removal(const Effect& effect) const;  // kRemoveArtifact
  const sensor::CallHttp* find_trigger_call(const EffectId& id) const;

  // Read access for views. Borrowed until the next apply().
  const manifest::Catalog& catalog() const;
  const workflow::Settings& settings() const;
  const workflow::Run* find_run(const WorkflowUid& uid) const;
  const workflow::Run* find_run(std::string_view ns, std::string_view name) const;
  void for_each_run(const std::function<void(const workflow::Run&)>& visit) const;
  size_t run_count() const;
  size_t recalled_count() const;  // of those, finished ones that wait for their deletion

  // State as text and back; the snapshot a journal may be cut at. Restoring what another release
  // wrote is part of the contract.
  std::string snapshot() const;
  static Result<Engine> restore(std::string_view snapshot, workflow::Settings settings);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::engine
