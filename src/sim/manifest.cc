#include "sim/manifest.h"

#include "base/assert.h"
#include "sim/gallery.h"

namespace slipway::sim {
namespace {

json::object parse(std::string_view text) {
  auto value = parse_json(text);
  SLIPWAY_ASSERT(value.ok());
  return std::move(value).value().get_object();
}

constexpr std::string_view kSource = R"({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "EventSource",
  "metadata": {"name": "github", "namespace": "ci"},
  "spec": {"github": {"push": {"webhook": {"endpoint": "/push", "port": "12000", "method": "POST"},
    "repositories": [{"owner": "octo", "names": ["ride"]}], "events": ["push"]}}}})";

constexpr std::string_view kBuildSensor = R"({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "Sensor",
  "metadata": {"name": "build", "namespace": "ci"},
  "spec": {
    "dependencies": [{"name": "push", "eventSourceName": "github", "eventName": "push",
      "filters": {"data": [{"path": "body.kind", "type": "string", "value": ["build"]}]}}],
    "triggers": [{"template": {"name": "build", "k8s": {"operation": "create",
      "source": {"resource": {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
        "metadata": {"generateName": "build-", "namespace": "ci"},
        "spec": {"entrypoint": "main",
          "arguments": {"parameters": [{"name": "number", "value": "none"}]},
          "templates": [
            {"name": "main", "steps": [
              [{"name": "checkout", "template": "work"}],
              [{"name": "test", "template": "work"}, {"name": "lint", "template": "work"}]]},
            {"name": "work", "container": {"image": "busybox", "command": ["true"]}}]}}},
      "parameters": [{"src": {"dependencyName": "push", "dataKey": "body.number"},
                      "dest": "spec.arguments.parameters.0.value"}]}}}]}})";

constexpr std::string_view kAuditSensor = R"({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "Sensor",
  "metadata": {"name": "audit", "namespace": "ci"},
  "spec": {
    "dependencies": [{"name": "push", "eventSourceName": "github", "eventName": "push"}],
    "triggers": [{"template": {"name": "audit", "http": {
      "url": "http://audit.example/hook", "method": "POST",
      "payload": [{"src": {"dependencyName": "push", "dataKey": "body.number"},
                   "dest": "number"}]}}}]}})";

constexpr std::string_view kTemplate = R"({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "WorkflowTemplate",
  "metadata": {"name": "shared", "namespace": "ci"},
  "spec": {"entrypoint": "main", "templates": [
    {"name": "main", "container": {"image": "busybox", "command": ["true"]}}]}})";

constexpr std::string_view kCron = R"({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "CronWorkflow",
  "metadata": {"name": "nightly", "namespace": "ci"},
  "spec": {"schedules": ["*/30 * * * *"], "concurrencyPolicy": "Forbid",
    "startingDeadlineSeconds": 600,
    "workflowSpec": {"entrypoint": "main", "templates": [
      {"name": "main", "container": {"image": "busybox", "command": ["true"]}}]}}})";

constexpr std::string_view kToken = R"({
  "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "token", "namespace": "ci"},
  "stringData": {"key": "hush"}})";

constexpr std::string_view kSensorWithoutTriggers = R"({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "Sensor",
  "metadata": {"name": "bad", "namespace": "ci"},
  "spec": {"dependencies": [{"name": "push", "eventSourceName": "github", "eventName": "push"}]}})";

constexpr std::string_view kCronWithoutSense = R"({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "CronWorkflow",
  "metadata": {"name": "bad", "namespace": "ci"},
  "spec": {"schedules": ["61 * * * *"], "workflowSpec": {"entrypoint": "main", "templates": [
    {"name": "main", "container": {"image": "busybox", "command": ["true"]}}]}}})";

constexpr std::string_view kDag = R"({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
  "metadata": {"generateName": "dag-", "namespace": "ci"},
  "spec": {"entrypoint": "main", "activeDeadlineSeconds": 7200,
    "artifactGC": {"strategy": "OnWorkflowCompletion"}, "templates": [
    {"name": "main", "dag": {"tasks": [
      {"name": "a", "template": "work"},
      {"name": "b", "template": "retried", "depends": "a"},
      {"name": "c", "template": "work", "depends": "a"},
      {"name": "d", "template": "work", "depends": "b && c"}]}},
    {"name": "retried", "retryStrategy": {"limit": 2, "retryPolicy": "Always",
       "backoff": {"duration": "5", "factor": 2}},
     "container": {"image": "busybox", "command": ["true"]}},
    {"name": "work", "container": {"image": "busybox", "command": ["true"]},
     "outputs": {"artifacts": [{"name": "report", "path": "/report"}]}}]}})";

constexpr std::string_view kHttp = R"({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
  "metadata": {"generateName": "call-", "namespace": "ci"},
  "spec": {"entrypoint": "main", "onExit": "bye", "templates": [
    {"name": "main", "http": {"url": "http://api.example/{{workflow.name}}", "method": "POST",
      "timeoutSeconds": 20}},
    {"name": "bye", "container": {"image": "busybox", "command": ["true"]}}]}})";

constexpr std::string_view kSuspend = R"({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
  "metadata": {"generateName": "wait-", "namespace": "ci"},
  "spec": {"entrypoint": "main", "artifactGC": {"strategy": "OnWorkflowDeletion"},
    "ttlStrategy": {"secondsAfterCompletion": 600}, "templates": [
    {"name": "main", "steps": [
      [{"name": "hold", "template": "hold"}],
      [{"name": "many", "template": "work", "withSequence": {"count": "4"}}]]},
    {"name": "hold", "suspend": {"duration": "90"}},
    {"name": "work", "container": {"image": "busybox", "command": ["true"]},
     "outputs": {"artifacts": [{"name": "report", "path": "/report"}]}}]}})";

constexpr std::string_view kKeyed = R"({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
  "metadata": {"generateName": "keyed-", "namespace": "ci"},
  "spec": {"entrypoint": "main", "templates": [
    {"name": "main", "steps": [[{"name": "many", "template": "work",
      "withSequence": {"count": "6"}}]]},
    {"name": "work", "container": {"image": "busybox", "command": ["true"],
      "env": [{"name": "TOKEN",
               "valueFrom": {"secretKeyRef": {"name": "token", "key": "key"}}}]}}]}})";

constexpr std::string_view kLocked = R"({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
  "metadata": {"generateName": "locked-", "namespace": "ci"},
  "spec": {"entrypoint": "main", "synchronization": {"mutexes": [{"name": "one"}]},
    "activeDeadlineSeconds": 3600, "templates": [
    {"name": "main", "container": {"image": "busybox", "command": ["true"]}}]}})";

}  // namespace

std::vector<json::object> good_manifests() {
  return {parse(kSource), parse(kBuildSensor), parse(kAuditSensor), parse(kTemplate), parse(kCron),
          token(),        gallery_limits()};
}

json::object token() { return parse(kToken); }

std::vector<json::object> bad_manifests() {
  return {parse(kSensorWithoutTriggers), parse(kCronWithoutSense)};
}

std::vector<json::object> workflows() {
  std::vector<json::object> all;
  for (const auto text : {kDag, kHttp, kSuspend, kLocked, kKeyed}) all.push_back(parse(text));
  for (json::object& shown : gallery()) all.push_back(std::move(shown));
  return all;
}

}  // namespace slipway::sim
