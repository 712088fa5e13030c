// The server's driver over simulated ports: a disk that keeps everything, and pods and peers that
// wait for the scenario to say what they do.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "server/driver.h"
#include "sim/scenario/stage.h"
#include "sim/store.h"

namespace slipway::sim::scenario {
namespace {

constexpr int kMostSteps = 200'000;

// Notes in the book what has become durable.
class NotedJournal : public SimJournal {
 public:
  using SimJournal::SimJournal;
  Status commit(const port::Commit& commit) override {
    TRY(SimJournal::commit(commit));
    for (const port::RowChange& row : commit.rows) book.note(row);
    for (const port::Record& record : commit.records) {
      const auto event = engine::decode(record.bytes);
      if (event.ok()) book.note(*event);
    }
    return {};
  }
  Book book;
};

class ScriptedPods : public port::PodRuntime {
 public:
  void start(pod::PodPlan plan) override {
    const PodId id = plan.id;
    const auto [at, fresh] = pods_.try_emplace(id);
    if (!fresh) return adopt(id);
    order_.push_back(id);
    at->second.shown.plan = std::move(plan);
  }
  void adopt(const PodId& id) override {
    const auto at = pods_.find(id);
    if (at != pods_.end() && at->second.said && sink) sink(*at->second.said);
  }
  void stop(const PodId& id) override {
    const auto at = pods_.find(id);
    if (at != pods_.end()) at->second.shown.stopping = true;
  }
  void remove(const PodId& id) override {
    pods_.erase(id);
    std::erase(order_, id);
  }
  std::vector<PodId> list() override { return order_; }
  Status remove_claim(const std::string&, const std::string&) override { return {}; }

  void say(const pod::PodReport& report) {
    const auto at = pods_.find(report.id);
    if (at != pods_.end()) {
      at->second.said = report;
      if (report.phase == pod::PodReport::Phase::kGone) remove(report.id);
    }
    sink(report);
  }
  std::vector<StagePod> shown() const {
    std::vector<StagePod> pods;
    for (const PodId& id : order_) {
      const Pod& pod = pods_.at(id);
      if (!pod.said || !pod::is_final(pod.said->phase)) pods.push_back(pod.shown);
    }
    return pods;
  }

  port::PodReportSink sink;

 private:
  struct Pod {
    StagePod shown;
    std::optional<pod::PodReport> said;  // the newest
  };
  std::map<PodId, Pod> pods_;
  std::vector<PodId> order_;
};

class ScriptedHttp : public port::HttpClient {
 public:
  void send(port::HttpRequest request, port::HttpDone done) override {
    waiting.emplace_back(std::move(request), std::move(done));
  }
  std::vector<std::pair<port::HttpRequest, port::HttpDone>> waiting;
};

class ServerStage : public Stage {
 public:
  explicit ServerStage(workflow::Settings settings)
      : world_(1, Mutation::kNone), settings_(std::move(settings)), journal_(world_, settings_) {
    world_.calm = true;
    world_.jump_clock(kFirstTime - world_.now());
    boot();
  }

  std::string_view name() const override { return "server"; }

  engine::Reply post(server::InputBody body) override {
    engine::Reply reply;
    driver_->post(std::move(body), [&](engine::Reply got) { reply = std::move(got); });
    settle();
    return reply;
  }
  void report(pod::PodReport report) override {
    artifacts_.note(report);
    pods_.say(report);
    settle();
  }
  void answer(size_t index, Result<port::HttpResponse> response) override {
    const auto at = http_.waiting.begin() + static_cast<ptrdiff_t>(index);
    const port::HttpDone done = std::move(at->second);
    http_.waiting.erase(at);
    done(std::move(response));
    settle();
  }
  void refuse_removals(std::string refusal) override { artifacts_.refusal = std::move(refusal); }
  void advance_to(Time time) override {
    for (int i = 0; i < kMostSteps; ++i) {
      settle();
      const auto wake = driver_->next_wake();
      if (!wake || *wake > time || *wake <= now()) break;
      world_.advance(*wake - now());
    }
    world_.advance(time - now());
    settle();
  }
  void restart() override { down({}); }
  void down(Duration time) override {
    pods_.sink = nullptr;
    http_.waiting.clear();
    driver_.reset();
    world_.advance(time);
    boot();
    settle();
  }
  std::vector<StagePod> pods() const override { return pods_.shown(); }
  std::vector<port::HttpRequest> requests() const override {
    std::vector<port::HttpRequest> requests;
    for (const auto& [request, done] : http_.waiting) requests.push_back(request);
    return requests;
  }
  Time now() const override { return world_.now(); }
  const engine::Engine& engine() const override { return driver_->engine(); }
  const Book& book() const override { return journal_.book; }
  std::vector<std::string> complaints() const override { return world_.violations; }

 private:
  void boot() {
    server::DriverOptions options;
    options.max_parallel_pods = 0;
    options.max_parallel_calls = 0;
    driver_ = std::make_unique<server::Driver>(
        server::Ports{world_, world_, journal_, journal_, pods_, logs_, http_, artifacts_,
                      journal_.finished_store()},
        settings_, options);
    pods_.sink = driver_->report_sink();
    if (const Status status = driver_->recover(); !status.ok()) {
      world_.violation(3, "the server does not start: " + status.error().text());
    }
  }
  void settle() {
    for (int i = 0; i < kMostSteps; ++i) {
      if (!driver_->step()) return;
    }
    world_.violation(7, "the server never comes to rest");
  }

  World world_;
  workflow::Settings settings_;
  NotedJournal journal_;
  ScriptedPods pods_;
  ScriptedHttp http_;
  SimLogs logs_;
  SimArtifacts artifacts_;
  std::unique_ptr<server::Driver> driver_;
};

}  // namespace

std::unique_ptr<Stage> make_server_stage(workflow::Settings settings) {
  return std::make_unique<ServerStage>(std::move(settings));
}

}  // namespace slipway::sim::scenario
