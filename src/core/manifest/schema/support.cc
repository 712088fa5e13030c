#include "core/manifest/schema/support.h"

#include <algorithm>
#include <array>

namespace slipway::manifest {
namespace {

struct Row {
  std::string_view type;    // of the schema, or "*" for every type with the field
  std::string_view fields;  // separated by spaces; "*" for every field not in `acted_on`
  std::string_view reason;
  std::string_view acted_on = {};  // with "*"
};

constexpr std::string_view kCluster = "it is for a cluster's scheduler, and one machine has none";
constexpr std::string_view kDriver = "only the embedded store, http, git and raw exist so far";
constexpr std::string_view kLimits = "pods are not limited as a whole, only their containers";
constexpr std::string_view kVolume = "this volume type needs a cluster or a storage service";
constexpr std::string_view kSource = "only the EventSource types webhook and github exist so far";
constexpr std::string_view kTrigger =
    "only the trigger types k8s, argoWorkflow, log and http exist so far";
constexpr std::string_view kBus = "the event log in Slipway's own journal is the bus";
constexpr std::string_view kSecurityModule = "AppArmor, SELinux and Windows are not configured";
constexpr std::string_view kIdentity =
    "steps get no Kubernetes identity, since there is no Kubernetes API";

constexpr std::array kRows = std::to_array<Row>({
    // Argo Workflows.
    {"w.WorkflowSpec",
     "affinity nodeSelector tolerations schedulerName podPriorityClassName podDisruptionBudget "
     "resourceClaims",
     kCluster},
    {"w.WorkflowSpec", "serviceAccountName automountServiceAccountToken executor", kIdentity},
    {"w.WorkflowSpec", "podResources", kLimits},
    {"w.WorkflowSpec", "metrics", "custom metrics are not emitted"},
    {"w.WorkflowSpec", "podGC", "pods are removed with their workflow"},
    {"w.WorkflowSpec", "ttlStrategy", "finished workflows are kept until they are deleted"},
    {"w.WorkflowSpec", "artifactGC", "artifacts are kept until their workflow is deleted"},
    {"w.WorkflowSpec", "executorPlugins", "plugins are the built-in tasks slack, asana and github"},
    {"w.Template",
     "affinity nodeSelector tolerations schedulerName priorityClassName resourceClaims", kCluster},
    {"w.Template", "serviceAccountName automountServiceAccountToken executor", kIdentity},
    {"w.Template", "podResources", kLimits},
    {"w.Template", "memoize", "results are not kept between workflows"},
    {"w.Template", "metrics", "custom metrics are not emitted"},
    {"w.Template", "resource", "there is no Kubernetes API to send the manifest to"},
    {"w.Template", "data", "data templates are not run"},
    {"w.Mutex", "database", "locks live in Slipway's own journal"},
    {"w.SemaphoreRef", "database", "limits come from ConfigMaps only"},
    {"w.RetryStrategy", "affinity", kCluster},
    {"w.Artifact", "artifactory azure gcs hdfs oss plugin", kDriver},
    {"w.ArtifactLocation", "artifactory azure gcs hdfs oss plugin", kDriver},
    {"w.ArtifactPaths", "artifactory azure gcs hdfs oss plugin", kDriver},
    {"w.S3Artifact", "bucket",
     "S3 is not called; without the bucket the artifact is kept in the embedded store"},
    {"w.Artifact", "artifactGC", "artifacts are kept until their workflow is deleted"},
    {"w.WorkflowEventBindingSpec", "event submit", "the /api/v1/events endpoint does not exist"},

    // Argo Events.
    {"e.EventSourceSpec", "*", kSource, " webhook github eventBusName service replicas template "},
    {"e.EventSourceSpec", "eventBusName", kBus},
    {"e.EventSourceSpec", "service replicas",
     "the server itself listens on the ports that the webhooks name"},
    {"e.EventSourceSpec", "template", "event sources run inside the server, not in pods"},
    {"e.GithubEventSource",
     "apiToken githubApp deleteHookOnFinish githubBaseURL githubUploadURL events active insecure "
     "contentType",
     "hooks are not registered at GitHub; add the webhook in the repository's settings"},
    {"e.SensorSpec", "eventBusName", kBus},
    {"e.SensorSpec", "replicas revisionHistoryLimit template",
     "sensors run inside the server, not in pods"},
    {"e.SensorSpec", "loggingFields", "every event's verdict is recorded in full instead"},
    {"e.SensorSpec", "errorOnFailedRound", "Argo Events does not use it either"},
    {"e.Trigger", "rateLimit", "triggers run as often as their events come"},
    {"e.Trigger", "dlqTrigger", "a trigger that fails is shown by `slipway events explain`"},
    {"e.Trigger", "retryStrategy", "an HTTP call is repeated by rules of the server's own"},
    {"e.Trigger", "atLeastOnce", "every trigger runs at least once, since its event is durable"},
    {"e.TriggerPolicy", "k8s", "a created workflow is not waited for"},
    {"e.StandardK8STrigger", "liveObject patchStrategy", "objects are created, not patched"},
    {"e.HTTPTrigger", "tls", "certificates are those of the system"},
    {"e.LogTrigger", "intervalSeconds", "every event is logged"},
    {"e.TriggerTemplate", "*", kTrigger,
     " k8s argoWorkflow log http name conditions conditionsReset "},
    {"e.ArtifactLocation", "s3 file url git",
     "a trigger's source is read from inline, resource or configmap only"},
    {"e.EventBusSpec", "*", kBus, ""},

    // Kubernetes.
    {"*", "lifecycle", "postStart and preStop do not run"},
    {"*", "terminationMessagePath terminationMessagePolicy", "no termination message is read"},
    {"*", "resizePolicy restartPolicyRules volumeDevices", kCluster},
    {"k.PodSecurityContext",
     "appArmorProfile seLinuxOptions seLinuxChangePolicy windowsOptions fsGroupChangePolicy "
     "supplementalGroupsPolicy",
     kSecurityModule},
    {"k.SecurityContext", "appArmorProfile seLinuxOptions windowsOptions", kSecurityModule},
    {"k.Volume", "*", kVolume,
     " name emptyDir configMap secret persistentVolumeClaim hostPath projected downwardAPI "},
    {"k.PersistentVolumeClaimSpec",
     "dataSource dataSourceRef selector storageClassName volumeAttributesClassName volumeMode "
     "volumeName",
     "a claim is a folder of the data directory"},
});

bool has_word(std::string_view words, std::string_view word) {
  for (size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string_view not_acted_on(std::string_view type, std::string_view field) {
  for (const Row& row : kRows) {
    if (row.type != type && row.type != "*") continue;
    const bool listed =
        row.fields == "*" ? !has_word(row.acted_on, field) : has_word(row.fields, field);
    if (listed) return row.reason;
  }
  return {};
}

bool is_optional_in_practice(std::string_view type, std::string_view field) {
  // Each of these may be missing from a manifest that Argo runs.
  static constexpr std::pair<std::string_view, std::string_view> kOptional[] = {
      {"e.EventContext", "datacontenttype id source specversion subject time type"},
      {"e.WebhookContext", "method port url"},
      {"e.WebhookEventSource", "method port url"},
      {"e.HTTPTrigger", "payload"},
      {"e.CustomTrigger", "payload secure"},
      {"e.AzureServiceBusEventSource", "queueName topicName subscriptionName"},
      {"e.AzureServiceBusTrigger", "queueName topicName subscriptionName"},
      {"w.ArtifactPaths", "name"},
      {"w.AzureArtifact", "container endpoint"},
      {"w.Gauge", "realtime"},
      {"w.Memoize", "maxAge"},
  };
  return std::any_of(std::begin(kOptional), std::end(kOptional), [&](const auto& row) {
    return row.first == type && has_word(row.second, field);
  });
}

}  // namespace slipway::manifest
