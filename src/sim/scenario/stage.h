// Stage: where a scenario is played. The pure engine is one, server and simulated ports are the
// other; what happens on them must be the same.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/pod/plan.h"
#include "core/pod/report.h"
#include "port/http_client.h"
#include "server/access.h"
#include "sim/scenario/book.h"

namespace slipway::sim::scenario {

// A pod that shall exist and has not ended.
struct StagePod {
  pod::PodPlan plan;
  bool stopping = false;  // it is asked to end
};

class Stage {
 public:
  virtual ~Stage() = default;
  virtual std::string_view name() const = 0;

  // Each of these returns when nothing more happens at this time.
  virtual engine::Reply post(server::InputBody body) = 0;
  virtual void report(pod::PodReport report) = 0;
  // Answers the `index`th of requests().
  virtual void answer(size_t index, Result<port::HttpResponse> response) = 0;
  // What the artifact store says to removals from now on; empty: it removes.
  virtual void refuse_removals(std::string refusal) = 0;
  virtual void advance_to(Time time) = 0;  // all that comes due on the way, in order
  virtual void restart() = 0;              // as after kill -9
  virtual void down(Duration time) = 0;    // the same, and it is started again after `time`

  // In the order in which they were asked for.
  virtual std::vector<StagePod> pods() const = 0;
  virtual std::vector<port::HttpRequest> requests() const = 0;

  virtual Time now() const = 0;
  virtual const engine::Engine& engine() const = 0;
  virtual const Book& book() const = 0;
  // What is wrong with the stage itself, such as a state that can not be replayed. Empty: nothing.
  virtual std::vector<std::string> complaints() const = 0;
};

// The clock of every scenario begins at this time.
constexpr Time kFirstTime = Time::from_seconds(1'790'000'000);  // 2026-09-21T14:13:20Z

// Restless: it restarts before each thing that happens, so that a crash at any point is tried.
std::unique_ptr<Stage> make_engine_stage(workflow::Settings settings, bool restless);
std::unique_ptr<Stage> make_server_stage(workflow::Settings settings);

}  // namespace slipway::sim::scenario
