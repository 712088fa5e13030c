#include "core/manifest/schema/support.h"

#include <algorithm>
#include <array>

namespace slipway::manifest {
namespace {

struct Row {
  std::string_view type;    // of the schema, or "*" for every type with the field
  std::string_view fields;  // separated by spaces; "*" for every field not in `acted_on`
  Support support;
  std::string_view reason;
  std::string_view acted_on = {};  // with "*"
  std::string_view unless = {};    // as in FieldSupport
};

constexpr Support kNoEffect = Support::kNoEffect;
constexpr Support kRefused = Support::kRefused;
constexpr Support kServer = Support::kServer;

constexpr std::string_view kCluster = "it is for a cluster's scheduler, and one machine has none";
constexpr std::string_view kDriver =
    "artifacts are in the embedded store, s3, http, git and raw so far";
constexpr std::string_view kBucket = "it is about a bucket, and only s3 has buckets so far";
constexpr std::string_view kLimits = "pods are not limited as a whole, only their containers";
constexpr std::string_view kVolume = "this volume type needs a cluster or a storage service";
constexpr std::string_view kSource = "only the EventSource types webhook and github exist so far";
constexpr std::string_view kTrigger =
    "only the trigger types k8s, argoWorkflow, log and http exist so far";
constexpr std::string_view kBus = "the event log in Slipway's own journal is the bus";
constexpr std::string_view kSecurityModule = "AppArmor, SELinux and Windows are not configured";
constexpr std::string_view kExecutor = "what Argo's executor does is done outside the pod";
constexpr std::string_view kHook =
    "hooks are not registered at GitHub; add the webhook in the repository's settings";
constexpr std::string_view kStatus = "Argo writes it into a status; in a manifest it means nothing";
constexpr std::string_view kMetadata = "the server writes it";

constexpr std::array kRows = std::to_array<Row>({
    // Argo Workflows.
    {"w.WorkflowSpec",
     "affinity nodeSelector tolerations schedulerName podPriorityClassName podDisruptionBudget "
     "resourceClaims",
     kNoEffect, kCluster},
    {"w.WorkflowSpec", "executor", kNoEffect, kExecutor},
    {"w.WorkflowSpec", "podResources", kNoEffect, kLimits},
    {"w.WorkflowSpec", "executorPlugins", kNoEffect,
     "plugins are the built-in tasks slack, asana and github"},
    {"w.Template",
     "affinity nodeSelector tolerations schedulerName priorityClassName resourceClaims", kNoEffect,
     kCluster},
    {"w.Template", "executor", kNoEffect, kExecutor},
    {"w.Template", "podResources", kNoEffect, kLimits},
    {"w.RetryStrategy", "affinity", kNoEffect, kCluster},
    {"w.Outputs", "exitCode result", kNoEffect, kStatus},
    {"w.ArtifactGC", "podMetadata serviceAccountName", kNoEffect, "the server removes artifacts"},
    {"w.WorkflowLevelArtifactGC", "podMetadata podSpecPatch serviceAccountName", kNoEffect,
     "the server removes artifacts"},

    // Artifacts. A key alone, whatever the service, is a key of the artifact repository.
    {"w.Artifact", "artifactory hdfs plugin", kRefused, kDriver},
    {"w.Artifact", "archiveLogs", kNoEffect, "as in Argo, archiveLocation.archiveLogs decides"},
    {"w.Artifact", "deleted", kNoEffect, kStatus},
    {"w.ArtifactLocation", "artifactory azure gcs hdfs oss plugin git http raw", kRefused, kDriver},
    {"w.ArtifactPaths", "artifactory azure gcs hdfs oss plugin git http raw", kRefused,
     "the keys of the embedded store and of s3 are listed, and no other's"},
    {"w.S3Artifact", "roleARN useSDKCreds", kRefused,
     "credentials come from accessKeySecret and secretKeySecret so far"},
    {"w.GCSArtifact", "bucket", kRefused, kDriver},
    {"w.GCSArtifact", "serviceAccountKeySecret", kNoEffect, kBucket},
    {"w.OSSArtifact", "bucket endpoint", kRefused, kDriver},
    {"w.OSSArtifact", "*", kNoEffect, kBucket, " key bucket endpoint "},
    {"w.AzureArtifact", "container endpoint", kRefused, kDriver},
    {"w.AzureArtifact", "*", kNoEffect, kBucket, " blob container endpoint "},
    {"w.HTTPArtifact", "saveStreamViaFile", kNoEffect, "a file is never held in memory"},

    // Argo Events.
    {"e.EventSourceSpec", "eventBusName", kNoEffect, kBus},
    {"e.EventSourceSpec", "service replicas", kNoEffect,
     "the server itself listens on the ports that the webhooks name"},
    {"e.EventSourceSpec", "template", kNoEffect,
     "event sources run inside the server, not in pods"},
    {"e.EventSourceSpec", "*", kRefused, kSource,
     " webhook github eventBusName service replicas template "},
    {"e.GithubEventSource",
     "apiToken githubApp deleteHookOnFinish githubBaseURL githubUploadURL events active insecure "
     "contentType id organizations owner repositories repository",
     kNoEffect, kHook},
    {"e.WebhookContext", "url", kNoEffect, kHook},
    {"e.WebhookContext", "metadata", kNoEffect,
     "as in Argo, the event's own metadata is passed on"},
    {"e.WebhookEventSource", "url", kNoEffect,
     "it names the public address, for hooks to register"},
    {"e.EventContext", "id specversion time", kNoEffect,
     "as in Argo, a filter compares type, subject, source and datacontenttype"},
    {"e.SensorSpec", "eventBusName", kNoEffect, kBus},
    {"e.SensorSpec", "replicas revisionHistoryLimit template", kNoEffect,
     "sensors run inside the server, not in pods"},
    {"e.SensorSpec", "loggingFields", kNoEffect,
     "every event's verdict is recorded in full instead"},
    {"e.SensorSpec", "errorOnFailedRound", kNoEffect, "Argo Events does not use it either"},
    {"e.Trigger", "rateLimit", kNoEffect, "triggers run as often as their events come"},
    {"e.Trigger", "dlqTrigger", kNoEffect, "nothing is started for a trigger that failed"},
    {"e.Trigger", "retryStrategy", kNoEffect, "a trigger is tried once"},
    {"e.Trigger", "atLeastOnce", kNoEffect,
     "every trigger runs at least once, since its event is durable"},
    {"e.TriggerPolicy", "k8s", kNoEffect, "a created workflow is not waited for"},
    {"e.StandardK8STrigger", "liveObject", kNoEffect,
     "parameters are applied to the trigger's own object"},
    {"e.HTTPTrigger", "tls", kNoEffect, "certificates are those of the system"},
    {"e.LogTrigger", "intervalSeconds", kNoEffect, "every event is logged"},
    {"e.TriggerTemplate", "*", kRefused, kTrigger,
     " k8s argoWorkflow log http name conditions conditionsReset "},
    {"e.ArtifactLocation", "s3 file url git", kRefused,
     "a trigger's source is read from inline, resource or configmap only"},
    {"e.EventBusSpec", "*", kNoEffect, kBus, ""},

    // Kubernetes.
    {"w.CronWorkflow", "status", kServer, kMetadata},
    {"w.Workflow", "status", kServer, kMetadata},
    {"e.EventSource", "status", kServer, kMetadata},
    {"e.EventBus", "status", kServer, kMetadata},
    {"e.Sensor", "status", kServer, kMetadata},
    {"k.PersistentVolumeClaim", "status", kServer, kMetadata},
    {"k.ObjectMeta",
     "creationTimestamp deletionGracePeriodSeconds deletionTimestamp generation managedFields "
     "resourceVersion selfLink uid",
     kServer, kMetadata},
    {"k.ObjectMeta", "finalizers", kNoEffect, "an object that is deleted is gone at once"},
    {"k.ObjectMeta", "ownerReferences", kNoEffect,
     "only what a workflow owns goes with it: what its resource templates made so"},
    {"k.LifecycleHandler", "tcpSocket", kRefused,
     "a hook is exec, httpGet or sleep; Kubernetes runs no other either"},
    {"*", "terminationMessagePath terminationMessagePolicy", kNoEffect,
     "no termination message is read"},
    {"*", "resizePolicy restartPolicyRules volumeDevices", kRefused, "only a kubelet can do it"},
    {"*", "stdinOnce", kNoEffect, "nobody attaches to a container's input"},
    {"k.ResourceRequirements", "claims", kRefused, kCluster},
    {"k.ResourceRequirements", "limits.ephemeral-storage requests.ephemeral-storage", kNoEffect,
     "what a container may write is bounded by the disk alone"},
    {"k.EmptyDirVolumeSource", "sizeLimit", kNoEffect,
     "only a folder with medium Memory is kept to it; one on disk is bounded by the disk alone", "",
     "medium=Memory"},
    {"k.PodSpec",
     "affinity nodeName nodeSelector overhead preemptionPolicy priority priorityClassName "
     "readinessGates resourceClaims schedulerName schedulingGates tolerations "
     "topologySpreadConstraints",
     kNoEffect, kCluster},
    {"k.PodSpec", "serviceAccount", kNoEffect, "it is the old name of serviceAccountName"},
    {"k.PodSpec", "resources", kNoEffect, kLimits},
    {"k.PodSpec", "restartPolicy", kNoEffect,
     "a pod runs once; a retryStrategy or an init container's restartPolicy repeats"},
    {"k.PodSpec", "runtimeClassName", kNoEffect,
     "every container runs in the server's own OCI runtime"},
    {"k.PodSpec", "hostUsers", kNoEffect, "containers have no user name space of their own"},
    {"k.PodSpec", "enableServiceLinks hostnameOverride setHostnameAsFQDN subdomain", kNoEffect,
     "there are no Services, and pods have no names in DNS"},
    {"k.PodSpec", "os", kNoEffect, "containers are Linux's"},
    {"k.PodSpec", "ephemeralContainers", kRefused, "Kubernetes starts no pod with them either"},
    {"k.ContainerPort", "hostIP hostPort protocol", kNoEffect,
     "a port is reached at its pod's own address, and no port of the host is forwarded"},
    {"k.Probe", "grpc", kRefused, "a probe is exec, httpGet or tcpSocket"},
    {"k.EnvVarSource", "fileKeyRef", kRefused, "variables are known before a container has files"},
    {"k.ObjectFieldSelector", "apiVersion", kNoEffect, "a pod has one version, v1"},
    {"k.SeccompProfile", "localhostProfile", kRefused,
     "there are two profiles, RuntimeDefault and Unconfined"},
    {"k.PodSecurityContext",
     "appArmorProfile seLinuxOptions seLinuxChangePolicy windowsOptions fsGroupChangePolicy "
     "supplementalGroupsPolicy",
     kNoEffect, kSecurityModule},
    {"k.SecurityContext", "appArmorProfile seLinuxOptions windowsOptions", kNoEffect,
     kSecurityModule},
    {"k.Volume", "*", kRefused, kVolume,
     " name emptyDir configMap secret persistentVolumeClaim hostPath projected downwardAPI "
     "ephemeral "},
    {"k.VolumeProjection", "clusterTrustBundle podCertificate", kRefused,
     "it comes from a Kubernetes API"},
    {"k.ServiceAccountTokenProjection", "expirationSeconds", kNoEffect,
     "a token is good for as long as its pod runs"},
    {"k.EphemeralVolumeSource", "*", kNoEffect, "it is an empty folder for as long as the pod", ""},
    {"k.VolumeMount", "mountPropagation recursiveReadOnly", kNoEffect,
     "a container's mounts are its own"},
    {"k.PersistentVolumeClaimSpec", "*", kNoEffect, "a claim is a folder of the data directory",
     ""},
});

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

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

FieldSupport support_of(std::string_view type, std::string_view field) {
  for (const Row& row : kRows) {
    if (row.type != type && row.type != "*") continue;
    const bool listed =
        row.fields == "*" ? !has_word(row.acted_on, field) : has_word(row.fields, field);
    if (listed) return {row.support, row.reason, row.unless};
  }
  return {};
}

std::vector<NamedSupport> entries_in_support(std::string_view type, std::string_view field) {
  std::vector<NamedSupport> entries;
  for (const Row& row : kRows) {
    if (row.type != type) continue;
    for (const std::string_view word : words_of(row.fields)) {
      const size_t dot = word.find('.');
      if (dot == word.npos || word.substr(0, dot) != field) continue;
      entries.push_back({word.substr(dot + 1), {row.support, row.reason, row.unless}});
    }
  }
  return entries;
}

std::vector<std::pair<std::string_view, std::string_view>> named_in_support() {
  std::vector<std::pair<std::string_view, std::string_view>> named;
  for (const Row& row : kRows) {
    for (const std::string_view words : {row.fields, row.acted_on}) {
      for (const std::string_view word : words_of(words)) named.emplace_back(row.type, word);
    }
  }
  return named;
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
      {"k.Container", "image"},  // templateDefaults may give it, and the host runtime needs none
      {"w.ScriptTemplate", "image source"},
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
