// For tests of plans: a template in a world, and what is planned of it.
#pragma once

#include <gtest/gtest.h>

#include "core/workflow/plan_build.h"

namespace slipway::workflow {

inline json::object parse(std::string_view text) { return parse_json(text).value().get_object(); }

// One template in one world; the members are there to be changed before plan().
class PlanBuild : public testing::Test {
 protected:
  PlanBuild() {
    put(manifest::Kind::kConfigMap, "conf",
        R"({"data": {"A_KEY": "1", "file.txt": "text", "9bad=": "x"},
            "binaryData": {"bin": "/wAB"}})");
    put(manifest::Kind::kSecret, "cred", R"({"stringData": {"user": "u", "pass": "p:w"}})");
    node.id = NodeId("wf-1");
    node.name = "wf.build";
    node.template_name = "build";
    node.pod_id = PodId("pod-1");
    scope.set("pod.name", "wf-build-1");
    scope.set("workflow.name", "wf");
  }

  void put(manifest::Kind kind, const std::string& name, std::string_view body) {
    json::object object = parse(body);
    object["metadata"] = json::object{{"name", name}, {"namespace", "ci"}};
    catalog.put({kind, std::move(object)});
  }

  Result<pod::PodPlan> plan(std::string_view templ, std::string_view spec = "{}") {
    PlanContext context{.templ = parse(templ),
                        .spec = parse(spec),
                        .node = node,
                        .scope = scope,
                        .catalog = catalog,
                        .settings = settings,
                        .now = Time::from_seconds(1000),
                        .workflow_uid = WorkflowUid("uid"),
                        .ns = "ci",
                        .workflow_name = "wf",
                        .pod_name = "wf-build-1"};
    context.labels = {{"app", "x"}};
    context.annotations = annotations;
    context.retry_deadline = retry_deadline;
    return build_plan(context);
  }

  std::string error(std::string_view templ, std::string_view spec = "{}") {
    const auto planned = plan(templ, spec);
    return planned.ok() ? "no error" : planned.error().text();
  }

  static std::string env(const pod::Container& container, std::string_view name) {
    for (const pod::EnvVar& variable : container.env) {
      if (variable.name == name) {
        return variable.runtime_field.empty() ? variable.value : "@" + variable.runtime_field;
      }
    }
    return "(unset)";
  }

  manifest::Catalog catalog;
  Settings settings;
  Node node;
  expr::Scope scope;
  std::optional<Time> retry_deadline;
  std::map<std::string, std::string> annotations;
};

}  // namespace slipway::workflow
