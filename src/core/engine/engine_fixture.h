// An engine whose events go through the journal's form, and the answers of a world of good pods.
#pragma once

#include <gtest/gtest.h>

#include "core/engine/engine.h"
#include "core/manifest/parse.h"

namespace slipway::engine {

class EngineFixture : public ::testing::Test {
 protected:
  template <class Body>
  Reply run(Body body) {
    Decision decision = engine_.decide({now_, ++entropy_, std::move(body)});
    for (const Event& event : decision.events) {
      const auto back = decode(encode(event));
      EXPECT_TRUE(back.ok()) << back.error().text();
      if (back.ok()) engine_.apply(back.value());
    }
    for (workflow::Sample& sample : decision.samples) samples_.push_back(std::move(sample));
    records_ += decision.events.size();
    return std::move(decision.reply);
  }
  Reply put(std::string_view yaml) {
    auto parsed = manifest::parse_yaml(yaml, "test");
    EXPECT_TRUE(parsed.ok()) << parsed.error().text();
    json::object object = parsed->as_object();
    const auto kind = manifest::parse_kind(get_string(object, "kind"));
    if (*kind != manifest::Kind::kClusterWorkflowTemplate) {
      object["metadata"].as_object()["namespace"] = "ci";
    }
    const Reply reply = run(ApplyResource{{*kind, std::move(object)}, false, ""});
    EXPECT_FALSE(reply.error.has_value()) << reply.message;
    return reply;
  }
  Reply submit(std::string_view yaml) {
    auto parsed = manifest::parse_yaml(yaml, "test");
    EXPECT_TRUE(parsed.ok()) << parsed.error().text();
    SubmitWorkflow body;
    body.workflow = parsed->as_object();
    body.workflow["apiVersion"] = "argoproj.io/v1alpha1";
    body.workflow["kind"] = "Workflow";
    body.ns = "ci";
    const Reply reply = run(std::move(body));
    EXPECT_FALSE(reply.error.has_value()) << reply.message;
    return reply;
  }
  // Everything that is due now. Finished runs leave, and are kept here.
  void tick() {
    for (int i = 0; i < 1000; ++i) {
      const auto wake = engine_.next_wake();
      if (!wake || *wake > now_) return;
      engine_.for_each_run([&](const workflow::Run& run) {
        if (run.finished()) finished_[run.name()] = run.to_object();
      });
      run(Tick{});
    }
    ADD_FAILURE() << "ticks never end";
  }
  // Every started pod ends well, until none starts any more.
  void work() {
    for (tick(); true; tick()) {
      std::vector<PodId> pods;
      for (const Effect* effect : engine_.outstanding().after(0)) {
        if (effect->kind == Effect::Kind::kStartPod) pods.push_back(effect->pod);
      }
      if (pods.empty()) return;
      for (const PodId& pod : pods) end(pod, pod::PodReport::Phase::kSucceeded);
    }
  }
  void end(const PodId& pod, pod::PodReport::Phase phase) {
    pod::PodReport report;
    report.id = pod;
    report.phase = phase;
    report.at = report.finished_at = now_;
    report.exit_code = phase == pod::PodReport::Phase::kSucceeded ? 0 : 1;
    run(PodReported{report});
  }
  const workflow::Node* node(std::string_view workflow, std::string_view name) const {
    const workflow::Run* run = engine_.find_run("ci", workflow);
    return run != nullptr ? run->find_node(workflow::node_id(run->name(), name)) : nullptr;
  }
  const json::object* object(manifest::Kind kind, std::string_view name) const {
    const manifest::Resource* resource = engine_.catalog().find(kind, "ci", name);
    return resource != nullptr ? &resource->object : nullptr;
  }
  // A member of a finished workflow: "status.phase", "status.nodes.<id>.message".
  std::string finished(const std::string& name, std::initializer_list<std::string_view> path) {
    const auto at = finished_.find(name);
    if (at == finished_.end()) return "not finished";
    const json::value* value = find_path(at->second, path);
    if (value == nullptr) return "absent";
    return value->is_string() ? str(value->get_string()) : print_json(*value);
  }

  Engine engine_{workflow::Settings{}};
  Time now_ = Time::from_seconds(1'790'000'000);
  uint64_t entropy_ = 0;
  size_t records_ = 0;
  std::vector<workflow::Sample> samples_;
  std::map<std::string, json::object> finished_;
};

}  // namespace slipway::engine
