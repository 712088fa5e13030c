#include "sim/gallery.h"

#include "base/assert.h"
#include "core/manifest/parse.h"

namespace slipway::sim {
namespace {

constexpr std::string_view kLimits = R"yaml(
apiVersion: v1
kind: ConfigMap
metadata: {name: limits, namespace: ci}
data: {builds: "2"}
)yaml";

constexpr std::string_view kLoops = R"yaml(
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: loops-, namespace: ci}
spec:
  entrypoint: main
  activeDeadlineSeconds: 7200
  parallelism: 3
  templates:
  - name: main
    parallelism: 2
    steps:
    - - {name: list, template: list}
    - - name: each
        template: echo
        withParam: "{{steps.list.outputs.result}}"
        arguments: {parameters: [{name: text, value: "{{item.n}}"}]}
        continueOn: {failed: true, error: true}
      - name: fixed
        template: echo
        withItems: [one, {a: 1}, [x, z]]
        arguments: {parameters: [{name: text, value: "{{item}}"}]}
        continueOn: {failed: true, error: true}
    - - name: when
        template: echo
        when: "{{steps.list.outputs.result}} != ''"
        arguments: {parameters: [{name: text, value: "{{= steps.list.outputs.result + '!' }}"}]}
      - {name: never, template: echo, when: "1 == 2", arguments: {parameters: [{name: text, value: x}]}}
    - - name: some
        template: echo
        withSequence: {start: "1", end: "3", format: "1%02d"}
        arguments: {parameters: [{name: text, value: "{{item}}"}]}
    - - {name: sum, template: echo, arguments: {parameters: [{name: text, value: "{{steps.some.outputs.result}}"}]}}
  - name: list
    script: {image: busybox, command: [say], source: '[{"n": 1}, {"n": 2}, {"n": 3}]'}
  - name: echo
    inputs: {parameters: [{name: text}]}
    outputs: {parameters: [{name: said, globalName: said, valueFrom: {path: /said, default: none}}]}
    container: {image: busybox, command: [say], args: ["{{inputs.parameters.text}}"]}
)yaml";

constexpr std::string_view kTree = R"yaml(
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: tree-, namespace: ci}
spec:
  entrypoint: main
  activeDeadlineSeconds: 7200
  templateDefaults: {activeDeadlineSeconds: 1200}
  metrics:
    prometheus: [{name: trees, help: trees that ended, counter: {value: "1"}}]
  templates:
  - name: main
    dag:
      failFast: false
      target: last deep
      tasks:
      - {name: a, template: work}
      - {name: many, template: work, withSequence: {count: "3"}, depends: a}
      - {name: any, template: work, depends: many.AnySucceeded}
      - {name: either, template: work, depends: a.Failed || a.Errored || any.Succeeded || many.AllFailed}
      - {name: shared, templateRef: {name: shared, template: main}, depends: a.Succeeded}
      - {name: old, template: nested, depends: a || a.Failed}
      - name: inline
        inline: {container: {image: busybox, command: ["true"]}}
        hooks:
          exit: {template: work}
          running: {template: work, expression: 'tasks.inline.status == "Running"'}
      - {name: deep, template: deep, arguments: {parameters: [{name: left, value: "3"}]}}
      - {name: last, template: work, depends: "either || shared.Skipped || old || inline"}
      - {name: unwanted, template: work}
  - name: nested
    retryStrategy: {limit: 1, retryPolicy: Always, expression: "asInt(lastRetry.exitCode) >= 0"}
    dag:
      tasks:
      - {name: x, template: work, continueOn: {failed: true, error: true}}
      - {name: y, template: work, dependencies: [x]}
  - name: deep
    inputs: {parameters: [{name: left}]}
    steps:
    - - {name: work, template: work}
    - - name: down
        template: deep
        when: "{{inputs.parameters.left}} > 0"
        arguments: {parameters: [{name: left, value: "{{= asInt(inputs.parameters.left) - 1 }}"}]}
  - name: work
    container: {image: busybox, command: ["true"]}
)yaml";

constexpr std::string_view kHooks = R"yaml(
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: hooks-, namespace: ci}
spec:
  entrypoint: main
  onExit: bye
  activeDeadlineSeconds: 3600
  podGC: {strategy: OnPodCompletion}
  hooks:
    running: {template: note, expression: 'workflow.status == "Running"'}
    failed: {template: note, expression: 'workflow.status == "Failed"'}
  templates:
  - name: main
    failFast: true
    steps:
    - - {name: gate, template: gate}
    - - name: work
        template: work
        hooks: {exit: {template: note, expression: 'steps["work"].status != "Succeeded"'}}
      - {name: call, template: call, onExit: note}
      - {name: tell, template: tell, continueOn: {failed: true, error: true}}
  - name: gate
    suspend: {duration: 45s}
    outputs: {parameters: [{name: answer, valueFrom: {supplied: {}, default: "no"}}]}
  - name: work
    timeout: 600s
    retryStrategy:
      limit: "2"
      retryPolicy: OnError
      backoff: {duration: 10s, factor: "3", maxDuration: 5m}
    container: {image: busybox, command: ["true"]}
  - name: note
    container: {image: busybox, command: ["true"]}
  - name: call
    http: {url: "http://api.example/{{workflow.name}}", timeoutSeconds: 10, successCondition: response.statusCode == 200}
  - name: tell
    plugin:
      slack:
        tokenSecret: {name: token, key: key}
        channel: C0123456789
        status: Running
        title: "{{workflow.name}}"
  - name: bye
    steps:
    - - {name: one, template: note}
      - {name: two, template: note, when: "{{workflow.status}} == Failed"}
)yaml";

constexpr std::string_view kPods = R"yaml(
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: pods-, namespace: ci}
spec:
  entrypoint: main
  activeDeadlineSeconds: 3600
  artifactGC: {strategy: OnWorkflowCompletion}
  podGC: {strategy: OnWorkflowCompletion}
  volumeClaimGC: {strategy: OnWorkflowCompletion}
  volumeClaimTemplates:
  - metadata: {name: cache}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
  templates:
  - name: main
    dag:
      tasks:
      - {name: db, template: db}
      - {name: build, template: build}
      - name: test
        template: test
        depends: db && build
        arguments:
          parameters: [{name: ip, value: "{{tasks.db.ip}}"}]
          artifacts: [{name: report, from: "{{tasks.build.outputs.artifacts.report}}"}]
      - {name: group, template: group, depends: build}
  - name: db
    daemon: true
    container: {image: mariadb, readinessProbe: {tcpSocket: {port: 3306}}}
  - name: build
    container: {image: busybox, command: ["true"], volumeMounts: [{name: cache, mountPath: /cache}]}
    outputs: {artifacts: [{name: report, path: /report}]}
  - name: test
    activeDeadlineSeconds: 900
    inputs:
      parameters: [{name: ip}]
      artifacts: [{name: report, path: /report}]
    initContainers: [{name: prepare, image: busybox, command: ["true"]}]
    sidecars: [{name: redis, image: redis}]
    container: {image: busybox, command: [test, "{{inputs.parameters.ip}}"]}
  - name: group
    containerSet:
      retryStrategy: {retries: "1", duration: 1s}
      containers:
      - {name: first, image: busybox, command: ["true"]}
      - {name: main, image: busybox, command: ["true"], dependencies: [first]}
)yaml";

constexpr std::string_view kObjects = R"yaml(
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: objects-, namespace: ci}
spec:
  entrypoint: main
  activeDeadlineSeconds: 7200
  synchronization: {semaphores: [{configMapKeyRef: {name: limits, key: builds}}]}
  workflowMetadata: {labels: {team: rides}, labelsFrom: {of: {expression: workflow.name}}}
  templates:
  - name: main
    steps:
    - - {name: put, template: put}
      - {name: keep, template: keep}
    - - {name: child, template: child, continueOn: {failed: true}}
      - {name: seen, template: seen, continueOn: {failed: true, error: true}}
    - - {name: drop, template: drop}
  - name: put
    synchronization: {mutexes: [{name: notes}]}
    resource:
      action: apply
      manifest: |
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: "{{workflow.name}}"}
        data: {phase: "{{workflow.uid}}"}
  - name: keep
    memoize: {key: keep, maxAge: 5m, cache: {configMap: {name: kept}}}
    container: {image: busybox, command: [say], args: [kept]}
    outputs: {artifacts: [{name: report, path: /report}]}
  - name: child
    resource:
      action: create
      setOwnerReference: true
      successCondition: status.phase == Succeeded
      failureCondition: status.phase in (Failed, Error)
      manifest: |
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata: {generateName: child-}
        spec:
          workflowTemplateRef: {name: shared}
    outputs: {parameters: [{name: phase, valueFrom: {jsonPath: "{.status.phase}"}}]}
  - name: seen
    data:
      source: {artifactPaths: {name: all, s3: {key: "{{workflow.name}}"}}}
      transformation: [{expression: "filter(data, {# != ''})"}]
  - name: drop
    resource:
      action: delete
      manifest: |
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: "{{workflow.name}}"}
)yaml";

json::object parse_one(std::string_view text) {
  auto parsed = manifest::parse(text, "gallery", {.strict = true});
  SLIPWAY_ASSERT(!manifest::has_errors(parsed.diagnostics) && parsed.documents.size() == 1);
  return std::move(parsed.documents[0].resource.object);
}

}  // namespace

std::vector<json::object> gallery() {
  std::vector<json::object> all;
  for (const auto text : {kLoops, kTree, kHooks, kPods, kObjects}) all.push_back(parse_one(text));
  return all;
}

json::object gallery_limits() { return parse_one(kLimits); }

}  // namespace slipway::sim
