#include "core/workflow/plan_build.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "core/workflow/plan_fixture.h"

namespace slipway::workflow {
namespace {

using Location = pod::ArtifactLocation;

TEST_F(PlanBuild, Container) {
  const pod::PodPlan planned = plan(R"j({"container": {"image": "alpine", "command": ["sh"],
      "args": ["-c", "echo $(X) $$(X) $(NO)"], "workingDir": "/w", "imagePullPolicy": "Never",
      "env": [{"name": "X", "value": "1"}], "tty": true,
      "resources": {
    "limits" : {"cpu" : "500m", "memory" : "64Mi"}, "requests" : { "cpu" : 0.1 }}
}
})j")
                                   .value();
  ASSERT_EQ(planned.containers.size(), 1u);
  const pod::Container& main = planned.containers[0];
  EXPECT_EQ(main.name, "main");
  EXPECT_EQ(main.role, pod::Container::Role::kMain);
  EXPECT_EQ(main.args[1], "echo 1 $(X) $(NO)");
  EXPECT_EQ(main.pull_policy, pod::PullPolicy::kNever);
  EXPECT_EQ(main.resources.cpu_limit_millis, 500);
  EXPECT_EQ(main.resources.cpu_request_millis, 100);
  EXPECT_EQ(main.resources.memory_limit_bytes, 64 << 20);
  EXPECT_EQ(main.resources.memory_request_bytes, 64 << 20);
  EXPECT_TRUE(main.tty);
  EXPECT_EQ(env(main, "ARGO_CONTAINER_NAME"), "main");
  EXPECT_EQ(env(main, "ARGO_NODE_ID"), "wf-1");
  EXPECT_EQ(planned.hostname, "wf-build-1");
  EXPECT_EQ(planned.grace, Duration::seconds(30));
  EXPECT_FALSE(planned.active_deadline.has_value());
  // Logs are kept by the log store; as artifacts only where a manifest asks for them.
  EXPECT_FALSE(planned.log_location.has_value());
}

TEST_F(PlanBuild, LogsAsArtifacts) {
  const std::string templ = R"({"container": {"image": "a"}})";
  const pod::PodPlan asked = plan(templ, R"({"archiveLogs": true})").value();
  ASSERT_TRUE(asked.log_location.has_value());
  EXPECT_EQ(asked.log_location->key, "wf/wf-build-1");
  const std::string quiet =
      R"({"container": {"image": "a"}, "archiveLocation": {"archiveLogs": false}})";
  EXPECT_FALSE(plan(quiet, R"({"archiveLogs": true})").value().log_location.has_value());
}

TEST_F(PlanBuild, ScriptSidecarsAndInit) {
  const pod::PodPlan planned = plan(R"({
      "script": {"image": "a", "command": ["python"], "source": "print(1)\n",
                 "volumeMounts": [{"name": "w", "mountPath": "/w"}]},
      "volumes": [{"name": "w", "emptyDir": {}}, {"name": "unused", "emptyDir": {}}],
      "sidecars": [{"name": "db", "image": "mariadb", "mirrorVolumeMounts": true,
         "readinessProbe": {"tcpSocket": {"port": "sql"}, "periodSeconds": 2},
         "ports": [{"name": "sql", "containerPort": 3306}]}],
      "initContainers": [{"name": "prep", "image": "b"},
                         {"name": "native", "image": "c", "restartPolicy": "Always"}]})")
                                   .value();
  ASSERT_EQ(planned.containers.size(), 4u);
  EXPECT_EQ(planned.containers[0].role, pod::Container::Role::kInit);
  EXPECT_EQ(planned.containers[1].role, pod::Container::Role::kSidecar);
  EXPECT_TRUE(planned.containers[1].restarts);
  EXPECT_FALSE(planned.containers[3].restarts);
  EXPECT_EQ(planned.containers[2].name, "main");
  EXPECT_EQ(planned.containers[2].script_source, "print(1)\n");
  EXPECT_EQ(planned.containers[3].role, pod::Container::Role::kSidecar);
  ASSERT_EQ(planned.containers[3].mounts.size(), 1u);
  EXPECT_TRUE(planned.containers[3].mirrors_main);
  EXPECT_FALSE(planned.containers[2].mirrors_main);
  EXPECT_EQ(planned.containers[3].readiness->action.port, 3306);
  EXPECT_EQ(planned.containers[3].readiness->period_s, 2);
  ASSERT_EQ(planned.volumes.size(), 1u);
}

TEST_F(PlanBuild, KillCommands) {
  const std::string templ =
      R"({"container": {"image": "a"}, "sidecars": [{"name": "proxy", "image": "b"}]})";
  annotations = {{"workflows.argoproj.io/kill-cmd-proxy", R"(["quit", "-%d"])"},
                 {"workflows.argoproj.io/kill-cmd-main", R"(["sh", "-c", "kill -%d 1"])"}};
  const auto planned = plan(templ);
  ASSERT_TRUE(planned.ok()) << planned.error().text();
  EXPECT_TRUE(planned->containers[0].kill_command.empty());  // what is done anyway
  EXPECT_EQ(planned->containers[1].kill_command, (std::vector<std::string>{"quit", "-%d"}));
  for (const char* wrong : {"kill 1", "[]", "[1]", "{}"}) {
    annotations = {{"workflows.argoproj.io/kill-cmd-proxy", wrong}};
    EXPECT_NE(error(templ).find("kill-cmd-proxy is no list of words in JSON"), std::string::npos);
  }
}

TEST_F(PlanBuild, ProbesAndHooks) {
  const pod::Container main = plan(R"({"container": {"image": "a",
      "env": [{"name": "W", "value": "/w"}], "ports": [{"name": "web", "containerPort": 80}],
      "startupProbe": {"exec": {"command": ["test", "$(W)/x"]}},
      "livenessProbe": {"httpGet": {"port": "web"}, "terminationGracePeriodSeconds": 5},
      "lifecycle": {"stopSignal": "SIGRTMIN+3",
        "postStart": {"exec": {"command": ["echo", "$(W)/x"]}},
        "preStop": {"sleep": {"seconds": 7}}}}})")
                                  .value()
                                  .containers.at(0);
  EXPECT_EQ(main.startup->action.command, (std::vector<std::string>{"test", "/w/x"}));
  EXPECT_EQ(main.startup->grace, std::nullopt);
  EXPECT_EQ(main.liveness->action.port, 80);
  EXPECT_EQ(main.liveness->grace, Duration::seconds(5));
  EXPECT_EQ(main.post_start->command, (std::vector<std::string>{"echo", "$(W)/x"}));
  EXPECT_EQ(main.pre_stop->type, pod::Action::Type::kSleep);
  EXPECT_EQ(main.pre_stop->pause, Duration::seconds(7));
  EXPECT_EQ(main.stop_signal, "SIGRTMIN+3");
  const auto refusal = [this](const std::string& lifecycle) {
    return error(R"({"container": {"image": "a", "name": "main", "lifecycle": )" + lifecycle +
                 "}}");
  };
  EXPECT_NE(refusal(R"({"stopSignal": "TERM"})").find("\"TERM\" is no signal"), std::string::npos);
  EXPECT_NE(refusal(R"({"stopSignal": "SIGRTMIN+16"})").find("no signal"), std::string::npos);
  EXPECT_NE(refusal(R"({"preStop": {"tcpSocket": {"port": 1}}})")
                .find("container main: lifecycle.preStop: a hook needs exec, httpGet or sleep"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"postStart": {"exec": {"command": []}}})").find("no words"),
            std::string::npos);
}

TEST_F(PlanBuild, ContainerSet) {
  const pod::PodPlan planned = plan(R"({"containerSet": {
      "volumeMounts": [{"name": "w", "mountPath": "/w"}], "retryStrategy": {"retries": "3",
      "duration": "2s"}, "containers": [{"name": "a", "image": "i"},
      {"name": "main", "image": "i", "dependencies": ["a"]}]},
      "volumes": [{"name": "w", "emptyDir": {}}]})")
                                   .value();
  ASSERT_EQ(planned.containers.size(), 2u);
  EXPECT_EQ(planned.containers[1].role, pod::Container::Role::kMain);
  EXPECT_EQ(planned.containers[1].depends_on, std::vector<std::string>{"a"});
  EXPECT_EQ(planned.containers[0].mounts.size(), 1u);
  EXPECT_EQ(planned.containers[0].tries, 3);
  EXPECT_EQ(planned.containers[0].try_pause, Duration::seconds(2));
}

TEST_F(PlanBuild, Environment) {
  const pod::Container main = plan(R"j({"container": {"image": "a",
      "envFrom": [{"prefix": "P_", "configMapRef": {"name": "conf"}},
                  {"secretRef": {"name": "none", "optional": true}}],
      "env": [{"name": "A", "value": "a"}, {"name": "B", "value": "$(A)-$(LATER)-$(P_A_KEY)"},
        {"name": "LATER", "value": "l"}, {"name": "NUM", "value": 5},
        {"name": "S", "valueFrom": {"secretKeyRef": {"name": "cred", "key": "pass"}}},
        {"name": "OPT", "valueFrom": {"secretKeyRef": {"name": "cred", "key": "no",
          "optional": true}}},
        {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "conf", "key": "file.txt"}}},
        {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "LABEL", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"}}},
        {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "MEM", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory",
          "divisor": "1Mi"}}},
        {"name": "A", "value": "again"}],
      "resources": {
  "limits" : { "memory" : "100Mi" }
}
}
})j")
                                  .value()
                                  .containers.at(0);
  EXPECT_EQ(env(main, "P_A_KEY"), "1");
  EXPECT_EQ(env(main, "P_9bad="), "(unset)");
  EXPECT_EQ(env(main, "B"), "a-$(LATER)-$(P_A_KEY)");
  EXPECT_EQ(env(main, "NUM"), "5");
  EXPECT_EQ(env(main, "S"), "p:w");
  EXPECT_EQ(env(main, "OPT"), "(unset)");
  EXPECT_EQ(env(main, "C"), "text");
  EXPECT_EQ(env(main, "POD"), "wf-build-1");
  EXPECT_EQ(env(main, "LABEL"), "x");
  EXPECT_EQ(env(main, "IP"), "@podIP");
  EXPECT_EQ(env(main, "MEM"), "100");
  EXPECT_EQ(env(main, "A"), "again");
}

TEST_F(PlanBuild, LimitsThatAreNotSetAreTheMachines) {
  const pod::PodPlan planned = plan(R"j({"container": {"image": "a", "env": [
      {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
      {"name": "MIB", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory",
        "divisor": "1Mi"}}},
      {"name": "ASKED", "valueFrom": {"resourceFieldRef": {"resource": "requests.cpu"}}},
      {"name": "JOBS", "value": "-j$(CPU)"}],
      "volumeMounts": [{"name": "info", "mountPath": "/info"}]},
    "volumes": [{"name": "info", "downwardAPI": {"items": [{"path": "cpu", "resourceFieldRef":
      {"containerName": "main", "resource": "limits.cpu", "divisor": "1m"}}]}}]})j")
                                   .value();
  EXPECT_EQ(env(planned.containers[0], "CPU"), "@limits.cpu/1000");
  EXPECT_EQ(env(planned.containers[0], "MIB"), "@limits.memory/1048576000");
  EXPECT_EQ(env(planned.containers[0], "ASKED"), "0");
  EXPECT_EQ(env(planned.containers[0], "JOBS"), "-j$(CPU)");
  ASSERT_EQ(planned.volumes[0].files.size(), 1u);
  EXPECT_EQ(planned.volumes[0].files[0].runtime_field, "limits.cpu/1");
}

TEST_F(PlanBuild, MissingReferencesAreNotFoundAndNamed) {
  const auto planned = plan(R"({"container": {"image": "a", "env": [{"name": "S", "valueFrom":
      {"secretKeyRef": {"name": "gone", "key": "k"}}}]}})");
  ASSERT_FALSE(planned.ok());
  EXPECT_EQ(planned.error().code, ErrorCode::kNotFound);
  EXPECT_NE(planned.error().text().find("gone"), std::string::npos);
  EXPECT_NE(error(R"({"container": {"image": "a", "envFrom": [{"secretRef": {"name": "gone"}}]}})")
                .find("Secret \"gone\" not found"),
            std::string::npos);
}

TEST_F(PlanBuild, Volumes) {
  const pod::PodPlan planned =
      plan(
          R"j({"container": {"image": "a", "env": [{"name": "D", "value": "deep"}], "volumeMounts": [
           {"name": "mem", "mountPath": "/m"}, {"name": "claim", "mountPath": "/c"},
           {"name": "made", "mountPath": "/d", "subPathExpr": "x/$(D)", "readOnly": true},
           {"name": "cm", "mountPath": "/cm"}, {"name": "sec", "mountPath": "/s"},
           {"name": "all", "mountPath": "/p"}]
}
, "volumes" : [ {"name" : "mem", "emptyDir" : {"medium" : "Memory", "sizeLimit" : "64Mi"}} ]
})j",
          R"({"volumes": [{"name": "claim", "persistentVolumeClaim": {"claimName": "data"}},
           {"name": "mem", "emptyDir": {}},
           {"name": "cm", "configMap": {"name": "conf", "items":
             [{"key": "bin", "path": "d/b", "mode": 256}]}},
           {"name": "sec", "secret": {"secretName": "cred", "defaultMode": 384}},
           {"name": "all", "projected": {"sources": [{"secret": {"name": "cred"}},
             {"configMap": {"name": "nope", "optional": true}},
             {"downwardAPI": {"items": [{"path": "labels",
               "fieldRef": {"fieldPath": "metadata.labels"}}]}}]}}],
          "volumeClaimTemplates": [{"metadata": {"name": "made"}}]})")
          .value();
  std::map<std::string, pod::Volume> volumes;
  for (const pod::Volume& volume : planned.volumes) volumes[volume.name] = volume;
  EXPECT_EQ(volumes.size(), 6u);
  EXPECT_EQ(volumes["mem"].type, pod::Volume::Type::kMemory);
  EXPECT_EQ(volumes["mem"].size_limit_bytes, 64 << 20);
  EXPECT_EQ(volumes["claim"].claim, "ci/data");
  EXPECT_EQ(volumes["made"].claim, "ci/wf-made");
  ASSERT_EQ(volumes["cm"].files.size(), 1u);
  EXPECT_EQ(volumes["cm"].files[0].path, "d/b");
  EXPECT_EQ(volumes["cm"].files[0].content, std::string("\xff\x00\x01", 3));
  EXPECT_EQ(volumes["cm"].files[0].mode, 0400u);
  EXPECT_EQ(volumes["sec"].files.size(), 2u);
  EXPECT_EQ(volumes["sec"].files[0].mode, 0600u);
  EXPECT_EQ(volumes["all"].files.back().content, "app=\"x\"");
  const auto& mounts = planned.containers[0].mounts;
  EXPECT_EQ(mounts[2].sub_path, "x/deep");
  EXPECT_TRUE(mounts[2].read_only);
}

TEST_F(PlanBuild, VolumeMistakes) {
  const auto with_volume = [](std::string_view volume, std::string_view mount = R"("/v")") {
    return R"({"container": {"image": "a", "volumeMounts": [{"name": "v", "mountPath": )" +
           std::string(mount) + R"(}]}, "volumes": [)" + std::string(volume) + "]}";
  };
  EXPECT_NE(error(with_volume("")).find("volume 'v' not found in workflow spec"),
            std::string::npos);
  EXPECT_NE(error(with_volume(R"({"name": "v", "hostPath": {"path": "/"}})")).find("hostPath"),
            std::string::npos);
  EXPECT_NE(error(with_volume(R"({"name": "v", "nfs": {"server": "x"}})")).find("nfs"),
            std::string::npos);
  EXPECT_NE(error(with_volume(R"({"name": "v", "configMap": {"name": "conf", "items":
                [{"key": "file.txt", "path": "../../etc/x"}]}})"))
                .find("\"..\""),
            std::string::npos);
  EXPECT_NE(
      error(with_volume(R"({"name": "v", "emptyDir": {}})", R"("/v", "subPath": "a/../../b")"))
          .find("\"..\""),
      std::string::npos);
  EXPECT_NE(error(with_volume(R"({"name": "v", "secret": {"secretName": "cred", "items":
                [{"key": "no", "path": "x"}]}})"))
                .find("no key \"no\""),
            std::string::npos);
  settings.allow_host_path = true;
  EXPECT_EQ(plan(with_volume(R"({"name": "v", "hostPath": {"path": "/srv", "type": "Directory"}})"))
                ->volumes[0]
                .host_path,
            "/srv");
}

TEST_F(PlanBuild, Security) {
  const std::string_view templ = R"({"container": {"image": "a", "securityContext":
      {"runAsUser": 5, "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
       "capabilities": {"add": ["CAP_NET_ADMIN"], "drop": ["all"]}}}})";
  const pod::SecurityContext security =
      plan(templ, R"({"securityContext": {"runAsUser": 1, "runAsGroup": 2, "fsGroup": 3,
                      "runAsNonRoot": true, "supplementalGroups": [7],
                      "seccompProfile": {"type": "Unconfined"}}})")
          ->containers[0]
          .security;
  EXPECT_EQ(security.run_as_user, 5);
  EXPECT_EQ(security.run_as_group, 2);
  EXPECT_EQ(security.fs_group, 3);
  EXPECT_TRUE(security.run_as_non_root);
  EXPECT_FALSE(security.allow_privilege_escalation);
  EXPECT_TRUE(security.seccomp_unconfined);
  EXPECT_EQ(security.capabilities.add, std::vector<std::string>{"NET_ADMIN"});
  EXPECT_EQ(security.capabilities.drop, std::vector<std::string>{"ALL"});
}

TEST_F(PlanBuild, PrivilegeNeedsTheServersConsent) {
  const auto templ = [](std::string_view context) {
    return R"({"container": {"image": "a", "securityContext": )" + std::string(context) + "}}";
  };
  for (const std::string_view context : {R"({"privileged": true})", R"({"procMount": "Unmasked"})",
                                         R"({"capabilities": {"add": ["SYS_ADMIN"]}})",
                                         R"({"capabilities": {"add": ["cap_all", "ALL"]}})"}) {
    settings.allow_privileged = false;
    const auto refused = plan(templ(context));
    ASSERT_FALSE(refused.ok()) << context;
    EXPECT_EQ(refused.error().code, ErrorCode::kUnauthorized);
    EXPECT_NE(refused.error().text().find("--allow-privileged"), std::string::npos);
    settings.allow_privileged = true;
    EXPECT_TRUE(plan(templ(context)).ok()) << context;
  }
  settings.allow_privileged = false;
  EXPECT_NE(error(R"({"container": {"image": "a"}})", R"({"hostNetwork": true})")
                .find("--allow-host-network"),
            std::string::npos);
  EXPECT_NE(error(R"({"container": {"image": "a"}})",
                  R"({"securityContext": {"sysctls": [{"name": "kernel.panic", "value": "1"}]}})")
                .find("kernel.panic"),
            std::string::npos);
}

TEST_F(PlanBuild, NetworkAndCredentials) {
  put(manifest::Kind::kSecret, "pull",
      R"({"stringData": {".dockerconfigjson": "{\"auths\":{\"https://r.io/v1/\":{\"auth\":\")" +
          encode_base64("AWS:a:b") +
          R"(\"},\"x:5000\":{\"username\":\"u\",\"password\":\"p\"}}}"}})");
  const pod::PodPlan planned =
      plan(
          R"({"container": {"image": "a"}, "hostAliases": [{"ip": "1.2.3.4", "hostnames": ["h"]}]})",
          R"({"imagePullSecrets": [{"name": "pull"}, {"name": "gone"}], "dnsPolicy": "None",
          "dnsConfig": {"nameservers": ["9.9.9.9"], "options": [{"name": "ndots", "value": "2"},
          {"name": "edns0"}]}})")
          .value();
  EXPECT_EQ(planned.host_aliases.at(0).hostnames.at(0), "h");
  EXPECT_EQ(planned.dns.policy, "None");
  EXPECT_EQ(planned.dns.options, (std::vector<std::string>{"ndots:2", "edns0"}));
  ASSERT_EQ(planned.pull_credentials.size(), 2u);
  EXPECT_EQ(planned.pull_credentials[0].registry, "r.io");
  EXPECT_EQ(planned.pull_credentials[0].username, "AWS");
  EXPECT_EQ(planned.pull_credentials[0].password, "a:b");
  EXPECT_EQ(planned.pull_credentials[1].registry, "x:5000");
}

TEST_F(PlanBuild, Artifacts) {
  node.inputs = parse(R"({"artifacts": [{"name": "src", "s3": {"key": "wf/a.tgz"}},
                                        {"name": "txt", "raw": {"data": "hi"}}]})");
  const pod::PodPlan planned = plan(R"({"container": {"image": "a"},
      "inputs": {"artifacts": [{"name": "src", "path": "/src", "mode": 493},
        {"name": "txt", "path": "/txt"}, {"name": "opt", "path": "/opt", "optional": true},
        {"name": "web", "path": "/web", "http": {"url": "https://x/y", "auth": {"basicAuth":
          {"usernameSecret": {"name": "cred", "key": "user"},
           "passwordSecret": {"name": "cred", "key": "pass"}}}}},
        {"name": "repo", "path": "/repo", "git": {"repo": "git@x:y", "sshPrivateKeySecret":
          {"name": "cred", "key": "user"}}},
        {"name": "b", "path": "/b", "s3": {"endpoint": "e", "bucket": "k", "key": "o", "accessKeySecret":
          {"name": "cred", "key": "user"}}}]},
      "outputs": {"artifacts": [{"name": "o", "path": "/o"},
        {"name": "n", "path": "/d/file.bin/", "archive": {"none": {}}, "optional": true},
        {"name": "z", "path": "/z", "archive": {"tar": {"compressionLevel": 0}},
         "s3": {"key": "exact"}}],
       "parameters": [{"name": "p", "valueFrom": {"path": "/p", "default": 5}},
                      {"name": "fixed", "value": "v"}]}})")
                                   .value();
  ASSERT_EQ(planned.input_artifacts.size(), 5u);
  EXPECT_EQ(planned.input_artifacts[0].location.key, "wf/a.tgz");
  EXPECT_EQ(planned.input_artifacts[0].location.type, Location::Type::kStore);
  EXPECT_EQ(planned.input_artifacts[0].mode, 0755u);
  EXPECT_EQ(planned.input_artifacts[1].location.raw, "hi");
  EXPECT_EQ(planned.input_artifacts[2].location.headers.at(0).value,
            "Basic " + encode_base64("u:p:w"));
  EXPECT_EQ(get_string(planned.input_artifacts[3].location.options, "sshPrivateKeySecret"), "u");
  EXPECT_EQ(planned.input_artifacts[4].location.type, Location::Type::kS3);
  EXPECT_EQ(planned.input_artifacts[4].location.key, "o");
  EXPECT_EQ(get_string(planned.input_artifacts[4].location.options, "accessKeySecret"), "u");
  ASSERT_EQ(planned.output_artifacts.size(), 3u);
  EXPECT_EQ(planned.output_artifacts[0].location.key, "wf/wf-build-1/o.tgz");
  EXPECT_EQ(planned.output_artifacts[1].location.key, "wf/wf-build-1/file.bin");
  EXPECT_EQ(planned.output_artifacts[1].archive, pod::Archive::kNone);
  EXPECT_EQ(planned.output_artifacts[2].location.key, "exact");
  EXPECT_EQ(planned.output_artifacts[2].compression_level, 0);
  ASSERT_EQ(planned.output_parameters.size(), 1u);
  EXPECT_EQ(planned.output_parameters[0].fallback, "5");
}

TEST_F(PlanBuild, InputsAreUnpackedAsTheirArchiveSays) {
  node.inputs = parse(R"({"artifacts": [
      {"name": "n", "s3": {"key": "n"}, "archive": {"none": {}}},
      {"name": "t", "s3": {"key": "t"}, "archive": {"tar": {"compressionLevel": 1}}},
      {"name": "z", "s3": {"key": "z"}, "archive": {"zip": {}}},
      {"name": "e", "s3": {"key": "e"}, "archive": {}},
      {"name": "d", "s3": {"key": "d"}}]})");
  const pod::PodPlan planned = plan(R"({"container": {"image": "a"}, "inputs": {"artifacts": [
      {"name": "n", "path": "/n"}, {"name": "t", "path": "/t"}, {"name": "z", "path": "/z"},
      {"name": "e", "path": "/e"}, {"name": "d", "path": "/d", "archive": {"none": {}}},
      {"name": "own", "path": "/own", "raw": {"data": ""}, "archive": {"none": {}}}]}})")
                                   .value();
  ASSERT_EQ(planned.input_artifacts.size(), 6u);
  EXPECT_EQ(planned.input_artifacts[0].archive, pod::Archive::kNone);
  EXPECT_EQ(planned.input_artifacts[1].archive, pod::Archive::kTarGzip);
  EXPECT_EQ(planned.input_artifacts[2].archive, pod::Archive::kZip);
  EXPECT_EQ(planned.input_artifacts[3].archive, std::nullopt);
  // What the argument is counts, and not what the template would have had.
  EXPECT_EQ(planned.input_artifacts[4].archive, std::nullopt);
  EXPECT_EQ(planned.input_artifacts[5].archive, pod::Archive::kNone);
}

TEST_F(PlanBuild, ArtifactMistakes) {
  EXPECT_NE(error(R"({"container": {"image": "a"}, "inputs": {"artifacts":
                    [{"name": "x", "path": "/x", "http": {"url": "https://x/y", "auth": {"oauth2":
                      {"clientIDSecret": {"name": "cred", "key": "user"}}}}}]}})")
                .find("http artifact https://x/y: auth.oauth2 needs clientSecretSecret"),
            std::string::npos);
  EXPECT_NE(error(R"({"container": {"image": "a"}, "inputs": {"artifacts":
                    [{"name": "x", "path": "/x"}]}})")
                .find("inputs.artifacts.x was not supplied"),
            std::string::npos);
  EXPECT_NE(error(R"({"container": {"image": "a"}, "inputs": {"artifacts":
                    [{"name": "x", "path": "/x", "hdfs": {"path": "/"}}]}})")
                .find("hdfs"),
            std::string::npos);
  EXPECT_NE(error(R"({"container": {"image": "a"}, "outputs": {"artifacts":
                    [{"name": "x", "path": "/x", "raw": {"data": ""}}]}})")
                .find("raw"),
            std::string::npos);
}

TEST_F(PlanBuild, RepositoryByConfigMap) {
  put(manifest::Kind::kConfigMap, "artifact-repositories",
      R"({"data": {"mine": "archiveLogs: true\ns3: {bucket: b, endpoint: 'e:9', keyFormat: 'k/{{pod.name}}', accessKeySecret: {name: cred, key: user}}\n"}})");
  const pod::PodPlan planned =
      plan(R"({"container": {"image": "a"}, "outputs": {"artifacts": [{"name": "o",
               "path": "/o"}]}})",
           R"({"artifactRepositoryRef": {"key": "mine"}})")
          .value();
  const Location& location = planned.output_artifacts.at(0).location;
  EXPECT_EQ(location.type, Location::Type::kS3);
  EXPECT_EQ(location.key, "k/wf-build-1/o.tgz");
  EXPECT_EQ(get_string(location.options, "bucket"), "b");
  EXPECT_EQ(get_string(location.options, "accessKeySecret"), "u");
  ASSERT_TRUE(planned.log_location.has_value());
  EXPECT_EQ(planned.log_location->key, "k/wf-build-1");
}

TEST_F(PlanBuild, WhatWouldBeKeptElsewhereIsRefused) {
  EXPECT_NE(error(R"({"container": {"image": "a"}, "archiveLocation": {"gcs": {"bucket": "b"}}})")
                .find("archiveLocation: gcs storage is not supported yet"),
            std::string::npos);
  put(manifest::Kind::kConfigMap, "repos", R"({"data": {"azure": "azure: {container: c}"}})");
  EXPECT_NE(error(R"({"container": {"image": "a"}})",
                  R"({"artifactRepositoryRef": {"configMap": "repos", "key": "azure"}})")
                .find("artifact repository: azure storage is not supported yet"),
            std::string::npos);
}

TEST_F(PlanBuild, SafetyIsNotTakenAwayInSilence) {
  EXPECT_NE(error(R"({"container": {"image": "a", "securityContext": {"seccompProfile":
                {"type": "Localhost", "localhostProfile": "strict.json"}}}})")
                .find("strict.json is not available here"),
            std::string::npos);
  EXPECT_NE(error(R"({"container": {"image": "a", "resources": {"claims": [{"name": "gpu"}]}}})")
                .find("claims need a cluster"),
            std::string::npos);
  const auto planned = plan(
      R"({"container": {"image": "a", "volumeMounts": [{"name": "v", "mountPath": "/v"}]},
          "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "c",
                       "readOnly": true}}]})");
  ASSERT_TRUE(planned.ok()) << planned.error().text();
  EXPECT_TRUE(planned->containers[0].mounts[0].read_only);
}

TEST_F(PlanBuild, Deadlines) {
  node.started_at = Time::from_seconds(990);
  EXPECT_EQ(
      plan(R"({"container": {"image": "a"}, "activeDeadlineSeconds": "20"})")->active_deadline,
      Duration::seconds(20));
  EXPECT_EQ(plan(R"({"container": {"image": "a"}, "activeDeadlineSeconds": 2, "timeout": "1m"})")
                ->active_deadline,
            Duration::seconds(50));
  const auto late = plan(R"({"container": {"image": "a"}, "timeout": "11s"})");
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
  EXPECT_NE(late.error().message.find("exceeded its deadline"), std::string::npos);
  retry_deadline = Time::from_seconds(1005);
  EXPECT_EQ(plan(R"({"container": {"image": "a"}, "timeout": "1m"})")->active_deadline,
            Duration::seconds(5));
  EXPECT_NE(error(R"({"container": {"image": "a"}, "activeDeadlineSeconds": "soon"})")
                .find("activeDeadlineSeconds"),
            std::string::npos);
}

TEST_F(PlanBuild, PodSpecPatch) {
  const pod::PodPlan planned =
      plan(
          R"({"container": {"image": "a"}, "podSpecPatch": "{\"containers\":[{\"name\":\"main\",\"resources\":{\"limits\":{\"cpu\":\"2\"}}},{\"name\":\"wait\",\"env\":[]}]}"})",
          R"({"podSpecPatch": "terminationGracePeriodSeconds: 3\ncontainers:\n- name: main\n  image: patched\n"})")
          .value();
  ASSERT_EQ(planned.containers.size(), 1u);
  EXPECT_EQ(planned.containers[0].image, "patched");
  EXPECT_EQ(planned.containers[0].resources.cpu_limit_millis, 2000);
  EXPECT_EQ(planned.grace, Duration::seconds(3));
  EXPECT_NE(
      error(R"({"container": {"image": "a"}, "podSpecPatch": "just text"})").find("podSpecPatch"),
      std::string::npos);
  EXPECT_NE(error(R"({"container": {"image": "a"},
                      "podSpecPatch": "volumes: [{name: v, nfs: {path: /, server: s}}]"})")
                .find("podSpecPatch.volumes[0].nfs is not supported"),
            std::string::npos);
}

TEST_F(PlanBuild, WhatAPatchAddsIsEndedWithTheMainContainers) {
  const std::string patch =
      R"({"podSpecPatch": "{\"containers\": [{\"name\": \"proxy\", \"image\": \"p\"}]}"})";
  for (const char* templ :
       {R"({"container": {"image": "a"}})", R"({"script": {"image": "a", "source": "x"}})",
        R"({"containerSet": {"containers": [{"name": "one", "image": "a"}]}})"}) {
    const auto planned = plan(templ, patch);
    ASSERT_TRUE(planned.ok()) << planned.error().text();
    ASSERT_EQ(planned->containers.size(), 2u);
    for (const pod::Container& container : planned->containers) {
      EXPECT_EQ(container.role, container.name == "proxy" ? pod::Container::Role::kSidecar
                                                          : pod::Container::Role::kMain)
          << templ << container.name;
    }
  }
  EXPECT_NE(error(R"({"container": {"image": "a"}})",
                  R"({"podSpecPatch": "containers: [{name: main, $patch: delete}]"})")
                .find("leaves no main container"),
            std::string::npos);
}

TEST_F(PlanBuild, SharedProcesses) {
  const std::string templ = R"({"container": {"image": "a"}})";
  EXPECT_TRUE(plan(templ, R"({"podSpecPatch": "shareProcessNamespace: true"})")->share_pid);
  EXPECT_NE(error(templ, R"({"podSpecPatch": "{shareProcessNamespace: true, hostPID: true}"})")
                .find("exclude each other"),
            std::string::npos);
}

TEST_F(PlanBuild, RefusalsNameTheField) {
  EXPECT_NE(error(R"({"container": {}})").find("image is required"), std::string::npos);
  EXPECT_NE(
      error(R"({"container": {"image": "a", "lifecycle": {"preStop": {}}}})").find("lifecycle"),
      std::string::npos);
  EXPECT_NE(
      error(R"({"container": {"image": "a", "resources": {"limits": {"nvidia.com/gpu": 1}}}})")
          .find("nvidia.com/gpu"),
      std::string::npos);
  EXPECT_NE(error(R"({"container": {"image": "a", "resources": {"limits": {"cpu": "much"}}}})")
                .find("much"),
            std::string::npos);
  EXPECT_NE(error(R"({"resource": {"action": "get"}})").find("resource templates"),
            std::string::npos);
  EXPECT_NE(error(R"({"container": {"image": "a"}, "sidecars": [{"name": "main", "image": "b"}]})")
                .find("two containers are called main"),
            std::string::npos);
  settings.runtime = pod::RuntimeKind::kHost;
  EXPECT_TRUE(plan(R"({"container": {}})").ok());
}

}  // namespace
}  // namespace slipway::workflow
