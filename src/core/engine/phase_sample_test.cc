#include "core/engine/phase_sample.h"

#include <algorithm>

#include "core/engine/engine_fixture.h"

namespace slipway::engine {
namespace {

class PhaseSampleTest : public EngineFixture {
 protected:
  // The sum of a counter, or how often a histogram was told, by labels "a=b,c=d".
  double sum(std::string_view name, const std::string& labels) const {
    double sum = 0;
    for (const workflow::Sample& sample : samples_) {
      std::string text;
      for (const auto& [key, value] : sample.labels) {
        text += (text.empty() ? "" : ",") + key + "=" + value;
      }
      if (sample.name != name || text != labels) continue;
      sum += sample.kind == workflow::Sample::Kind::kObserve ? 1 : sample.value;
    }
    return sum;
  }
  PodId only_pod() const {
    for (const Effect* effect : engine_.outstanding().after(0)) {
      if (effect->kind == Effect::Kind::kStartPod) return effect->pod;
    }
    return {};
  }
  void say(pod::PodReport::Phase phase, const std::string& message = "") {
    pod::PodReport report;
    report.id = only_pod();
    report.phase = phase;
    report.message = message;
    report.at = now_;
    if (pod::is_final(phase)) report.finished_at = now_;
    run(PodReported{report});
    tick();
  }
};

constexpr const char* kLocked = R"({metadata: {name: locked}, spec: {entrypoint: main,
synchronization: {mutexes: [{name: m}]}, templates: [{name: main, container: {image: x}}]}})";

TEST_F(PhaseSampleTest, CountsPhasesOfWorkflowsAndPods) {
  submit(kLocked);
  tick();
  say(pod::PodReport::Phase::kPending, "PullingImage: x");
  say(pod::PodReport::Phase::kPending, "PullingImage: x");
  say(pod::PodReport::Phase::kPending, "PodInitializing");
  say(pod::PodReport::Phase::kRunning);
  end(only_pod(), pod::PodReport::Phase::kSucceeded);
  tick();
  EXPECT_EQ(sum("total_count", "phase=Running,namespace=ci"), 1);
  EXPECT_EQ(sum("total_count", "phase=Succeeded,namespace=ci"), 1);
  EXPECT_EQ(sum("pods_total_count", "phase=Pending,namespace=ci"), 1);
  EXPECT_EQ(sum("pods_total_count", "phase=Succeeded,namespace=ci"), 1);
  EXPECT_EQ(sum("pod_pending_count", "reason=PullingImage,namespace=ci"), 1);
  EXPECT_EQ(sum("pod_pending_count", "reason=PodInitializing,namespace=ci"), 0);
  EXPECT_EQ(sum("locks_taken_total", "type=mutex,storage=configmap,lock_name=m,namespace=ci"), 1);
}

TEST_F(PhaseSampleTest, CountsPodsThatAreGone) {
  submit(kLocked);
  tick();
  say(pod::PodReport::Phase::kRunning);
  now_ = now_ + Duration::seconds(60);
  say(pod::PodReport::Phase::kGone);
  EXPECT_EQ(sum("pod_missing", "node_phase=Running,recently_started=false"), 1);
}

TEST_F(PhaseSampleTest, MeasuresWorkflowsOfATemplate) {
  put(R"({apiVersion: argoproj.io/v1alpha1, kind: WorkflowTemplate, metadata: {name: t},
spec: {entrypoint: main, templates: [{name: main, container: {image: x}}]}})");
  submit("{metadata: {name: w}, spec: {workflowTemplateRef: {name: t}}}");
  work();
  EXPECT_EQ(sum("workflowtemplate_triggered_total",
                "name=t,namespace=ci,cluster_scope=false,phase=Running"),
            1);
  EXPECT_EQ(sum("workflowtemplate_triggered_total",
                "name=t,namespace=ci,cluster_scope=false,phase=Succeeded"),
            1);
  EXPECT_EQ(sum("workflowtemplate_runtime", "name=t,namespace=ci,cluster_scope=false"), 1);
}

TEST_F(PhaseSampleTest, NamesALockAsArgoDoes) {
  EXPECT_EQ(lock_labels("semaphore", "ci/ConfigMap/limits/builds"),
            (Labels{{"type", "semaphore"},
                    {"storage", "configmap"},
                    {"lock_name", "limits/builds"},
                    {"namespace", "ci"}}));
  EXPECT_EQ(lock_labels("semaphore", "ci/Database/builds")[1].second, "database");
}

}  // namespace
}  // namespace slipway::engine
