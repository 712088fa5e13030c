// A small world for tests of advance(): pods and requests are answered by a script, each Delta goes
// through its journal form, and every pass can be made to start without its index.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "core/manifest/parse.h"
#include "core/workflow/advance.h"
#include "core/workflow/lock.h"
#include "core/workflow/memo.h"
#include "core/workflow/run_index.h"

namespace slipway::workflow {

struct Story {
  using Answer = std::function<pod::PodReport(const Node&)>;

  explicit Story(std::string_view workflow_yaml) { submit(workflow_yaml); }
  Story() = default;

  void submit(std::string_view yaml) {
    auto parsed = manifest::parse_yaml(yaml, "story");
    EXPECT_TRUE(parsed.ok()) << (parsed.ok() ? "" : parsed.error().text());
    json::object object = parsed->as_object();
    json::object& metadata = object["metadata"].is_object() ? object["metadata"].as_object()
                                                            : object["metadata"].emplace_object();
    metadata["name"] = "wf";
    metadata["namespace"] = "default";
    metadata["uid"] = "u-1";
    metadata["creationTimestamp"] = format_rfc3339(now);
    object["apiVersion"] = "argoproj.io/v1alpha1";
    object["kind"] = "Workflow";
    run.emplace(WorkflowUid("u-1"), print_json(object));
  }

  void put(std::string_view yaml) {
    auto parsed = manifest::parse_yaml(yaml, "story");
    ASSERT_TRUE(parsed.ok()) << parsed.error().text();
    const json::object& object = parsed->as_object();
    manifest::Resource resource{*manifest::parse_kind(get_string(object, "kind")), object};
    if (manifest::is_namespaced(resource.kind)) {
      resource.object["metadata"].as_object()["namespace"] = "default";
    }
    catalog.put(std::move(resource));
  }

  World world() const { return {catalog, settings, locks, now, 7}; }

  // One pass, and those that a released lock brings; false when it changed nothing.
  bool pass(const Happening& happening = {}) {
    if (forget_index) run->index() = RunIndex{};
    const Delta delta = advance(*run, happening, world());
    auto back = delta_from_json(parse_json(print_json(to_json(delta)))->as_object());
    EXPECT_TRUE(back.ok());
    std::vector<WantChange> changes;
    run->apply(*back, changes);
    update_locks(locks, *run, *back);
    for (const CacheWrite& write : delta.caches) keep(write);
    deltas.push_back(to_json(delta));
    if (!locks.take_woken().empty()) pass();  // as the engine does
    return !delta.empty();
  }

  // What the engine does with Delta::caches.
  void keep(const CacheWrite& write) {
    const manifest::ResourceKey key{manifest::Kind::kConfigMap, "default", write.config_map};
    const manifest::Resource* old = catalog.find(key);
    const json::object fresh{{"kind", "ConfigMap"},
                             {"metadata",
                              {{"name", write.config_map},
                               {"namespace", "default"},
                               {"labels", {{kLabelConfigMapType, "Cache"}}}}}};
    catalog.put({key.kind, with_entries(old != nullptr ? old->object : fresh, {write})});
  }

  const Node* node(std::string_view name) const {
    return run->find_node(node_id(run->name(), name));
  }
  std::string phase(std::string_view name) const {
    const Node* found = node(name);
    return found != nullptr ? std::string(to_string(found->phase)) : "absent";
  }
  std::string message(std::string_view name) const {
    const Node* found = node(name);
    return found != nullptr ? found->message : "absent";
  }
  std::string output(std::string_view name, std::string_view parameter) const {
    const Node* found = node(name);
    const json::array* list = found ? find_array(found->outputs, "parameters") : nullptr;
    if (list == nullptr) return "absent";
    for (const json::value& item : *list) {
      if (get_string(item.get_object(), "name") == parameter) {
        return get_string(item.get_object(), "value");
      }
    }
    return "absent";
  }
  std::string input(std::string_view name, std::string_view parameter) const {
    const Node* found = node(name);
    const json::array* list = found ? find_array(found->inputs, "parameters") : nullptr;
    if (list == nullptr) return "absent";
    for (const json::value& item : *list) {
      if (get_string(item.get_object(), "name") == parameter) {
        return get_string(item.get_object(), "value");
      }
    }
    return "absent";
  }
  std::string workflow_phase() const { return std::string(to_string(run->phase())); }
  std::string workflow_message() const { return get_string(run->status(), "message"); }
  std::vector<std::string> children(std::string_view name) const {
    std::vector<std::string> names;
    if (node(name) == nullptr) return {"absent: " + workflow_message()};
    for (const NodeId& id : node(name)->children) names.push_back(run->find_node(id)->name);
    return names;
  }
  // Pods that are wanted and not to be stopped, by display name.
  std::vector<std::string> pods() const {
    std::vector<std::string> names;
    for (const Want& want : run->wants()) {
      if (want.kind == Want::Kind::kPod) names.push_back(run->find_node(want.node)->display_name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  std::set<std::string> stopped() const {
    std::set<std::string> names;
    for (const Want& want : run->wants()) {
      if (want.kind == Want::Kind::kStop) names.insert(run->find_node(want.node)->display_name);
    }
    return names;
  }

  pod::PodReport report(const Node& of, pod::PodReport::Phase phase, int exit_code = 0,
                        std::string message = {}) const {
    pod::PodReport report;
    report.id = of.pod_id;
    report.phase = phase;
    report.message = std::move(message);
    report.at = now;
    if (pod::is_final(phase)) {
      report.finished_at = now;
      report.exit_code = exit_code;
    }
    return report;
  }
  void tell(std::string_view name, pod::PodReport::Phase phase, int exit_code = 0,
            std::string message = {}) {
    ASSERT_NE(node(name), nullptr) << name;
    pass({.reports = {report(*node(name), phase, exit_code, std::move(message))}});
  }
  void succeed(std::string_view name) { tell(name, pod::PodReport::Phase::kSucceeded); }
  void fail(std::string_view name, int code = 1) {
    tell(name, pod::PodReport::Phase::kFailed, code,
         "main: Error (exit code " + std::to_string(code) + ")");
  }
  pod::PodReport answer(const Node& of) const {
    for (const auto& [name, make] : answers) {
      if (name == of.display_name || name == of.name) return make(of);
    }
    return report(of, pod::PodReport::Phase::kSucceeded);
  }

  // Runs until the workflow is over or nothing happens any more. `together`: how many pods are
  // answered in one pass.
  void run_to_end(size_t together = 1) {
    pass();
    for (int i = 0; i < 20'000 && !is_completed(run->phase()); ++i) {
      Happening happening;
      for (const Want& want : run->wants()) {
        if (want.kind != Want::Kind::kPod || happening.reports.size() >= together) continue;
        const Node& of = *run->find_node(want.node);
        now = now + Duration::milliseconds(10);
        happening.reports.push_back(of.kill_requested
                                        ? report(of, pod::PodReport::Phase::kFailed, 143, "killed")
                                        : answer(of));
      }
      if (happening.reports.empty()) {
        const auto wake = run->next_wake();
        if (!wake) break;
        now = std::max(now, *wake);
      }
      if (!pass(happening) && happening.reports.empty()) break;
    }
  }
  Answer result(std::string text) {
    return [this, text](const Node& of) {
      auto made = report(of, pod::PodReport::Phase::kSucceeded);
      made.result = text;
      return made;
    };
  }
  Answer parameter(std::string name, std::string value) {
    return [this, name, value](const Node& of) {
      auto made = report(of, pod::PodReport::Phase::kSucceeded);
      made.parameters[name] = value;
      return made;
    };
  }
  Answer failure(int code = 1) {
    return [this, code](const Node& of) {
      return report(of, pod::PodReport::Phase::kFailed, code,
                    "main: Error (exit code " + std::to_string(code) + ")");
    };
  }

  manifest::Catalog catalog;
  Settings settings;
  LockTable locks;
  Time now = Time::from_seconds(1'700'000'000);
  std::optional<Run> run;
  std::map<std::string, Answer> answers;
  std::vector<json::object> deltas;
  bool forget_index = false;
};

}  // namespace slipway::workflow
