// The driver over fakes that do exactly what a test tells them.
#pragma once

#include <gtest/gtest.h>

#include "core/pod/plan.h"
#include "core/pod/report.h"
#include "server/driver.h"
#include "sim/journal.h"
#include "sim/manifest.h"
#include "sim/store.h"
#include "sim/world.h"

namespace slipway::sim {

using Phase = pod::PodReport::Phase;

inline json::object parse(std::string_view text) { return parse_json(text).value().get_object(); }

// Passes commits on to the simulated disk, until told to fail.
class TestJournal : public SimJournal {
 public:
  using SimJournal::SimJournal;
  Status commit(const port::Commit& commit) override {
    if (fail) {
      ++refused;
      return Error{ErrorCode::kIo, "no space", "disk"};
    }
    ++good;
    return SimJournal::commit(commit);
  }
  bool fail = false;
  int good = 0, refused = 0;
};

class TestBell : public port::Bell {
 public:
  void ring() override {}
  void wait(Duration at_most) override {
    if (on_wait) on_wait(at_most);
  }
  std::function<void(Duration)> on_wait;
};

class TestPods : public port::PodRuntime {
 public:
  void start(pod::PodPlan plan) override { started.push_back(plan.id); }
  void adopt(const PodId& id) override { adopted.push_back(id); }
  void stop(const PodId& id) override { stopped.push_back(id); }
  void remove(const PodId& id) override { removed.push_back(id); }
  std::vector<PodId> list() override { return existing; }
  Status remove_claim(const std::string&, const std::string&) override { return {}; }
  std::vector<PodId> started, adopted, stopped, removed, existing;
};

class TestHttp : public port::HttpClient {
 public:
  void send(port::HttpRequest request, port::HttpDone done) override {
    requests.push_back(std::move(request));
    answers.push_back(std::move(done));
  }
  std::vector<port::HttpRequest> requests;
  std::vector<port::HttpDone> answers;
};

class DriverTest : public ::testing::Test {
 protected:
  DriverTest() : world_(1, Mutation::kNone), journal_(world_, settings_) {
    world_.calm = true;
    boot();
  }

  void boot(server::DriverOptions options = {}) {
    driver_ = std::make_unique<server::Driver>(
        server::Ports{world_, bell_, journal_, journal_, pods_, logs_, http_, artifacts_,
                      journal_.finished_store()},
        settings_, options);
    const Status status = driver_->recover();
    ASSERT_TRUE(status.ok()) << status.error().text();
  }
  void steps() {
    for (int i = 0; i < 100 && driver_->step(); ++i) {
    }
  }
  std::optional<engine::Reply> post(server::InputBody body) {
    std::optional<engine::Reply> reply;
    driver_->post(std::move(body), [&](engine::Reply got) { reply = std::move(got); });
    steps();
    return reply;
  }
  server::InputBody work(int64_t priority = 0) {
    engine::SubmitWorkflow submit;
    submit.workflow = parse_json(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow",
      "metadata":{"generateName":"job-"},"spec":{"entrypoint":"main","templates":[{"name":"main",
      "container":{"image":"busybox","command":["true"]}}]}})")
                          .value()
                          .get_object();
    submit.ns = "ci";
    submit.options.priority = priority;
    return submit;
  }
  void report(const PodId& pod, Phase phase) {
    pod::PodReport said;
    said.id = pod;
    said.phase = phase;
    said.at = said.finished_at = world_.now();
    if (phase == Phase::kSucceeded) said.exit_code = 0;
    driver_->report_sink()(said);
  }

  World world_;
  TestBell bell_;
  workflow::Settings settings_;
  TestJournal journal_;
  TestPods pods_;
  TestHttp http_;
  SimLogs logs_;
  SimArtifacts artifacts_;
  std::unique_ptr<server::Driver> driver_;
};

}  // namespace slipway::sim
