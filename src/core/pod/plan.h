// PodPlan: everything a pod runtime needs to run one node, and nothing else.
//
// A plan is a pure function of a workflow's state, the node, and the ConfigMaps, Secrets and claims
// it refers to; it is made anew at each dispatch and never journaled. It may hold secret values, so
// whoever writes it to disk does so with mode 0600 and removes it with the pod.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/time.h"

namespace slipway::pod {

enum class PullPolicy { kAlways, kIfNotPresent, kNever };
enum class RuntimeKind { kOci, kHost };

struct EnvVar {
  std::string name;
  std::string value;  // $(VAR) references already resolved as Kubernetes does
  // What only the runtime can know; `value` is then empty: "podIP", "hostIP", "nodeName", and
  // "limits.cpu/D" or "limits.memory/D", a container's without a limit, in units of D thousandths.
  std::string runtime_field = {};
  friend bool operator==(const EnvVar&, const EnvVar&) = default;
};

struct Mount {
  std::string volume;  // PodPlan::volumes key
  std::string path;    // in the container
  std::string sub_path;
  bool read_only = false;
};

// One file of a configMap, secret, projected or downwardAPI volume.
struct VolumeFile {
  std::string path;  // relative, may contain slashes, never ".."
  std::string content;
  uint32_t mode = 0644;
  std::string runtime_field = {};  // as in EnvVar
};

struct Volume {
  enum class Type { kEmptyDir, kMemory, kFiles, kClaim, kHostPath };
  std::string name;
  Type type = Type::kEmptyDir;
  std::vector<VolumeFile> files;  // kFiles
  std::string claim;              // kClaim: "<namespace>/<claim name>"
  std::string host_path;          // kHostPath
  std::string host_path_type;     // "", Directory, DirectoryOrCreate, File, FileOrCreate, Socket...
  int64_t size_limit_bytes = 0;   // 0: no limit; enforced for kMemory
};

struct Capabilities {
  std::vector<std::string> add;  // without the CAP_ prefix; may be "ALL"
  std::vector<std::string> drop;
};

struct SecurityContext {
  std::optional<int64_t> run_as_user;
  std::optional<int64_t> run_as_group;
  std::vector<int64_t> supplemental_groups;
  std::optional<int64_t> fs_group;
  bool run_as_non_root = false;
  bool privileged = false;
  bool read_only_root = false;
  bool allow_privilege_escalation = true;
  bool seccomp_unconfined = false;
  bool proc_unmasked = false;  // procMount: Unmasked
  Capabilities capabilities;
};

struct Resources {  // 0: no limit
  int64_t cpu_limit_millis = 0;
  int64_t cpu_request_millis = 0;
  int64_t memory_limit_bytes = 0;
  int64_t memory_request_bytes = 0;
};

// What is done to a container that runs: a probe's test, or a hook of its lifecycle.
struct Action {
  enum class Type { kExec, kHttp, kTcp, kSleep };
  Type type = Type::kExec;
  std::vector<std::string> command;
  std::string host, path = "/", scheme = "HTTP";
  std::vector<EnvVar> headers;
  int port = 0;
  Duration pause;  // kSleep
};

struct Probe {
  Action action;
  int initial_delay_s = 0, period_s = 10, timeout_s = 1, failure_threshold = 3,
      success_threshold = 1;
  std::optional<Duration> grace;  // of the end that its failure brings; absent: the pod's
};

struct Container {
  enum class Role { kInit, kMain, kSidecar };
  std::string name;
  Role role = Role::kMain;
  std::string image;
  PullPolicy pull_policy = PullPolicy::kIfNotPresent;
  std::vector<std::string> command;  // empty: the image's ENTRYPOINT
  std::vector<std::string> args;     // empty and command empty: the image's CMD
  std::string working_dir;           // empty: the image's
  std::vector<EnvVar> env;
  std::vector<Mount> mounts;
  bool mirrors_main = false;  // sees main's input artifacts too; its volumes are among `mounts`
  SecurityContext security;
  Resources resources;
  std::optional<Probe> readiness;
  std::optional<Probe> startup;
  std::optional<Probe> liveness;
  std::optional<Action> post_start;       // its failure ends the container
  std::optional<Action> pre_stop;         // before the stop signal, and within the grace
  std::string stop_signal;                // e.g. SIGINT; empty: the image's, or SIGTERM
  std::vector<std::string> kill_command;  // inside, in place of the signal, which is "%d" in it
  std::vector<std::string> depends_on;  // containerSet: names of containers that must succeed first
  bool stdin = false, tty = false;
  // kSidecar: a native one. It starts in its place among the init containers, is started again
  // whenever it ends, and is ended after all that are not native. How it ended is no failure.
  bool restarts = false;
  int tries = 1;       // containerSet.retryStrategy: how often the process is started at most
  Duration try_pause;  // between two of them
  // script template: written to a file that is appended to `command` as its last word.
  std::optional<std::string> script_source;
};

// Where an artifact's bytes are.
struct ArtifactLocation {
  enum class Type { kStore, kRaw, kHttp, kGit, kS3 };
  Type type = Type::kStore;
  std::string key;  // kStore, kS3
  std::string raw;  // kRaw: the content itself
  std::string url;  // kHttp
  std::vector<EnvVar> headers;
  // kGit, kS3: Argo's own fields; kHttp: those of its auth. A Secret reference is already replaced
  // by the value itself under the same name, e.g. "accessKeySecret": "AKIA...".
  json::object options;
  // kS3: the same with Secrets by name and without the key, as a status may show it.
  json::object reference;
};

enum class Archive { kTarGzip, kTar, kZip, kNone };

struct InputArtifact {
  std::string name;
  std::string path;
  ArtifactLocation location;
  std::string sub_path;  // inside the artifact
  // How it was packed; nullopt: nobody says, and what is a tar inside gzip is unpacked.
  std::optional<Archive> archive;
  bool optional = false;
  std::optional<uint32_t> mode;
  bool recurse_mode = false;
};

struct OutputArtifact {
  std::string name;
  std::string path;
  ArtifactLocation location;  // where to put it
  Archive archive = Archive::kTarGzip;
  int compression_level = -1;  // -1: the library's default
  bool optional = false;
};

struct OutputParameter {
  std::string name;
  std::string path;
  std::optional<std::string> fallback;  // valueFrom.default
};

struct HostAlias {
  std::string ip;
  std::vector<std::string> hostnames;
};

struct DnsConfig {
  std::string policy = "ClusterFirst";  // or Default, None
  std::vector<std::string> nameservers, searches, options;
};

struct RegistryCredential {
  std::string registry;  // host[:port]
  std::string username, password;
};

struct PodPlan {
  PodId id;  // unique for all time; also the name of its folder
  WorkflowUid workflow_uid;
  NodeId node_id;
  std::string ns, workflow_name, pod_name, template_name;
  RuntimeKind runtime = RuntimeKind::kOci;
  std::map<std::string, std::string> labels, annotations;

  std::vector<Container> containers;  // init containers and native sidecars first, in order;
                                      // exactly one main or, for a containerSet, several
  std::vector<Volume> volumes;
  std::vector<InputArtifact> input_artifacts;
  std::vector<OutputArtifact> output_artifacts;
  std::vector<OutputParameter> output_parameters;
  bool capture_result = true;                    // stdout of main as outputs.result
  std::optional<ArtifactLocation> log_location;  // archiveLogs: key prefix for <container>.log

  bool host_network = false, host_pid = false, host_ipc = false;
  bool share_pid = false;  // its containers see each other's processes
  std::string hostname;
  std::vector<HostAlias> host_aliases;
  DnsConfig dns;
  std::vector<RegistryCredential> pull_credentials;
  std::map<std::string, std::string> sysctls;

  std::optional<Duration> active_deadline;  // from the start of the first container
  Duration grace = Duration::seconds(30);   // between SIGTERM and SIGKILL
  bool daemon = false;                      // ready is reported, end is not expected
};

json::object to_json(const PodPlan& plan);
Result<PodPlan> plan_from_json(const json::object& object);

}  // namespace slipway::pod
