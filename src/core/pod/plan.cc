#include "core/pod/plan.h"

#include "core/pod/codec.h"

namespace slipway::pod {

template <>
struct EnumWords<PullPolicy> {
  static constexpr std::array<std::string_view, 3> values{"Always", "IfNotPresent", "Never"};
};
template <>
struct EnumWords<RuntimeKind> {
  static constexpr std::array<std::string_view, 2> values{"oci", "host"};
};
template <>
struct EnumWords<Volume::Type> {
  static constexpr std::array<std::string_view, 5> values{"emptyDir", "memory", "files", "claim",
                                                          "hostPath"};
};
template <>
struct EnumWords<Action::Type> {
  static constexpr std::array<std::string_view, 4> values{"exec", "http", "tcp", "sleep"};
};
template <>
struct EnumWords<Container::Role> {
  static constexpr std::array<std::string_view, 3> values{"init", "main", "sidecar"};
};
template <>
struct EnumWords<ArtifactLocation::Type> {
  static constexpr std::array<std::string_view, 5> values{"store", "raw", "http", "git", "s3"};
};
template <>
struct EnumWords<Archive> {
  static constexpr std::array<std::string_view, 4> values{"tgz", "tar", "zip", "none"};
};

template <class Fields>
void describe(Fields& fields, Of<EnvVar>) {
  fields("name", &EnvVar::name);
  fields("value", &EnvVar::value);
  fields("runtimeField", &EnvVar::runtime_field);
}

template <class Fields>
void describe(Fields& fields, Of<Mount>) {
  fields("volume", &Mount::volume);
  fields("path", &Mount::path);
  fields("subPath", &Mount::sub_path);
  fields("readOnly", &Mount::read_only);
}

template <class Fields>
void describe(Fields& fields, Of<VolumeFile>) {
  fields("path", &VolumeFile::path);
  fields("content", &VolumeFile::content);
  fields("mode", &VolumeFile::mode);
  fields("runtimeField", &VolumeFile::runtime_field);
}

template <class Fields>
void describe(Fields& fields, Of<Volume>) {
  fields("name", &Volume::name);
  fields("type", &Volume::type);
  fields("files", &Volume::files);
  fields("claim", &Volume::claim);
  fields("hostPath", &Volume::host_path);
  fields("hostPathType", &Volume::host_path_type);
  fields("sizeLimitBytes", &Volume::size_limit_bytes);
}

template <class Fields>
void describe(Fields& fields, Of<Capabilities>) {
  fields("add", &Capabilities::add);
  fields("drop", &Capabilities::drop);
}

template <class Fields>
void describe(Fields& fields, Of<SecurityContext>) {
  fields("runAsUser", &SecurityContext::run_as_user);
  fields("runAsGroup", &SecurityContext::run_as_group);
  fields("supplementalGroups", &SecurityContext::supplemental_groups);
  fields("fsGroup", &SecurityContext::fs_group);
  fields("runAsNonRoot", &SecurityContext::run_as_non_root);
  fields("privileged", &SecurityContext::privileged);
  fields("readOnlyRoot", &SecurityContext::read_only_root);
  fields("allowPrivilegeEscalation", &SecurityContext::allow_privilege_escalation);
  fields("seccompUnconfined", &SecurityContext::seccomp_unconfined);
  fields("procUnmasked", &SecurityContext::proc_unmasked);
  fields("capabilities", &SecurityContext::capabilities);
}

template <class Fields>
void describe(Fields& fields, Of<Resources>) {
  fields("cpuLimitMillis", &Resources::cpu_limit_millis);
  fields("cpuRequestMillis", &Resources::cpu_request_millis);
  fields("memoryLimitBytes", &Resources::memory_limit_bytes);
  fields("memoryRequestBytes", &Resources::memory_request_bytes);
}

template <class Fields>
void describe(Fields& fields, Of<Action>) {
  fields("type", &Action::type);
  fields("command", &Action::command);
  fields("host", &Action::host);
  fields("path", &Action::path);
  fields("scheme", &Action::scheme);
  fields("headers", &Action::headers);
  fields("port", &Action::port);
  fields("pauseNs", &Action::pause);
}

template <class Fields>
void describe(Fields& fields, Of<Probe>) {
  fields("action", &Probe::action);
  fields("initialDelaySeconds", &Probe::initial_delay_s);
  fields("periodSeconds", &Probe::period_s);
  fields("timeoutSeconds", &Probe::timeout_s);
  fields("failureThreshold", &Probe::failure_threshold);
  fields("successThreshold", &Probe::success_threshold);
  fields("graceNs", &Probe::grace);
}

template <class Fields>
void describe(Fields& fields, Of<Container>) {
  fields("name", &Container::name);
  fields("role", &Container::role);
  fields("image", &Container::image);
  fields("pullPolicy", &Container::pull_policy);
  fields("command", &Container::command);
  fields("args", &Container::args);
  fields("workingDir", &Container::working_dir);
  fields("env", &Container::env);
  fields("mounts", &Container::mounts);
  fields("mirrorsMain", &Container::mirrors_main);
  fields("security", &Container::security);
  fields("resources", &Container::resources);
  fields("readiness", &Container::readiness);
  fields("startup", &Container::startup);
  fields("liveness", &Container::liveness);
  fields("postStart", &Container::post_start);
  fields("preStop", &Container::pre_stop);
  fields("stopSignal", &Container::stop_signal);
  fields("killCommand", &Container::kill_command);
  fields("dependsOn", &Container::depends_on);
  fields("stdin", &Container::stdin);
  fields("tty", &Container::tty);
  fields("restarts", &Container::restarts);
  fields("tries", &Container::tries);
  fields("tryPauseNs", &Container::try_pause);
  fields("scriptSource", &Container::script_source);
}

template <class Fields>
void describe(Fields& fields, Of<ArtifactLocation>) {
  fields("type", &ArtifactLocation::type);
  fields("key", &ArtifactLocation::key);
  fields("raw", &ArtifactLocation::raw);
  fields("url", &ArtifactLocation::url);
  fields("headers", &ArtifactLocation::headers);
  fields("options", &ArtifactLocation::options);
  fields("reference", &ArtifactLocation::reference);
}

template <class Fields>
void describe(Fields& fields, Of<InputArtifact>) {
  fields("name", &InputArtifact::name);
  fields("path", &InputArtifact::path);
  fields("location", &InputArtifact::location);
  fields("subPath", &InputArtifact::sub_path);
  fields("archive", &InputArtifact::archive);
  fields("optional", &InputArtifact::optional);
  fields("mode", &InputArtifact::mode);
  fields("recurseMode", &InputArtifact::recurse_mode);
}

template <class Fields>
void describe(Fields& fields, Of<OutputArtifact>) {
  fields("name", &OutputArtifact::name);
  fields("path", &OutputArtifact::path);
  fields("location", &OutputArtifact::location);
  fields("archive", &OutputArtifact::archive);
  fields("compressionLevel", &OutputArtifact::compression_level);
  fields("optional", &OutputArtifact::optional);
}

template <class Fields>
void describe(Fields& fields, Of<OutputParameter>) {
  fields("name", &OutputParameter::name);
  fields("path", &OutputParameter::path);
  fields("default", &OutputParameter::fallback);
}

template <class Fields>
void describe(Fields& fields, Of<HostAlias>) {
  fields("ip", &HostAlias::ip);
  fields("hostnames", &HostAlias::hostnames);
}

template <class Fields>
void describe(Fields& fields, Of<DnsConfig>) {
  fields("policy", &DnsConfig::policy);
  fields("nameservers", &DnsConfig::nameservers);
  fields("searches", &DnsConfig::searches);
  fields("options", &DnsConfig::options);
}

template <class Fields>
void describe(Fields& fields, Of<RegistryCredential>) {
  fields("registry", &RegistryCredential::registry);
  fields("username", &RegistryCredential::username);
  fields("password", &RegistryCredential::password);
}

template <class Fields>
void describe(Fields& fields, Of<PodPlan>) {
  fields("id", &PodPlan::id);
  fields("workflowUid", &PodPlan::workflow_uid);
  fields("nodeId", &PodPlan::node_id);
  fields("namespace", &PodPlan::ns);
  fields("workflowName", &PodPlan::workflow_name);
  fields("podName", &PodPlan::pod_name);
  fields("templateName", &PodPlan::template_name);
  fields("runtime", &PodPlan::runtime);
  fields("labels", &PodPlan::labels);
  fields("annotations", &PodPlan::annotations);
  fields("containers", &PodPlan::containers);
  fields("volumes", &PodPlan::volumes);
  fields("inputArtifacts", &PodPlan::input_artifacts);
  fields("outputArtifacts", &PodPlan::output_artifacts);
  fields("outputParameters", &PodPlan::output_parameters);
  fields("captureResult", &PodPlan::capture_result);
  fields("logLocation", &PodPlan::log_location);
  fields("hostNetwork", &PodPlan::host_network);
  fields("hostPid", &PodPlan::host_pid);
  fields("hostIpc", &PodPlan::host_ipc);
  fields("sharePid", &PodPlan::share_pid);
  fields("hostname", &PodPlan::hostname);
  fields("hostAliases", &PodPlan::host_aliases);
  fields("dns", &PodPlan::dns);
  fields("pullCredentials", &PodPlan::pull_credentials);
  fields("sysctls", &PodPlan::sysctls);
  fields("activeDeadlineNs", &PodPlan::active_deadline);
  fields("graceNs", &PodPlan::grace);
  fields("daemon", &PodPlan::daemon);
}

json::object to_json(const PodPlan& plan) { return encode_struct(plan); }

Result<PodPlan> plan_from_json(const json::object& object) {
  PodPlan plan;
  if (Status status = decode_struct(json::value(object), "plan", plan); !status.ok()) {
    Error error = std::move(status).error();
    error.where = "pod plan";
    return error;
  }
  return plan;
}

}  // namespace slipway::pod
