#include "core/workflow/plan_account.h"

#include <algorithm>

#include "core/pod/token.h"
#include "core/workflow/plan_fixture.h"

namespace slipway::workflow {
namespace {

constexpr std::string_view kFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

class PlanAccount : public PlanBuild {
 protected:
  PlanAccount() { settings.pod_api = PodApi{"10.89.0.1", 6443, "PEM", "key"}; }

  static const pod::Mount* account_mount(const pod::Container& container) {
    const auto found = std::ranges::find(container.mounts, std::string(kFolder), &pod::Mount::path);
    return found != container.mounts.end() ? &*found : nullptr;
  }
  static std::string content(const pod::PodPlan& plan, std::string_view path) {
    for (const pod::Volume& volume : plan.volumes) {
      for (const pod::VolumeFile& file : volume.files) {
        if (file.path == path) return file.content;
      }
    }
    return "(no such file)";
  }
};

TEST_F(PlanAccount, EachContainerFindsTheApiAndWhoItIs) {
  const pod::PodPlan planned =
      plan(R"({"container": {"image": "a"}, "sidecars": [{"name": "db", "image": "b"}],
               "initContainers": [{"name": "prep", "image": "c"}]})",
           R"({"serviceAccountName": "builder"})")
          .value();
  ASSERT_EQ(planned.containers.size(), 3u);
  for (const pod::Container& container : planned.containers) {
    ASSERT_NE(account_mount(container), nullptr) << container.name;
    EXPECT_TRUE(account_mount(container)->read_only);
    EXPECT_EQ(env(container, "KUBERNETES_SERVICE_HOST"), "10.89.0.1");
    EXPECT_EQ(env(container, "KUBERNETES_SERVICE_PORT"), "6443");
  }
  EXPECT_EQ(content(planned, "namespace"), "ci");
  EXPECT_EQ(content(planned, "ca.crt"), "PEM");
  ASSERT_EQ(planned.host_aliases.size(), 1u);
  EXPECT_EQ(planned.host_aliases[0].ip, "10.89.0.1");
  EXPECT_EQ(planned.host_aliases[0].hostnames[0], "kubernetes.default.svc");
  const auto identity = pod::read_token(content(planned, "token"), pod::kTokenAudience, "key");
  ASSERT_TRUE(identity.ok());
  EXPECT_EQ(*identity, (pod::Identity{"ci", "builder", "wf-build-1", PodId("pod-1"),
                                      WorkflowUid("uid"), NodeId("wf-1")}));
}

TEST_F(PlanAccount, AutomountIsDecidedByTheTemplateBeforeTheWorkflow) {
  const auto mounted = [&](std::string_view templ, std::string_view spec) {
    return account_mount(plan(templ, spec).value().containers[0]) != nullptr;
  };
  const std::string_view plain = R"({"container": {"image": "a"}})";
  EXPECT_TRUE(mounted(plain, "{}"));
  EXPECT_FALSE(mounted(plain, R"({"automountServiceAccountToken": false})"));
  const std::string_view asks =
      R"({"container": {"image": "a"}, "automountServiceAccountToken": true})";
  EXPECT_TRUE(mounted(asks, R"({"automountServiceAccountToken": false})"));
  EXPECT_FALSE(mounted(plain, R"({"podSpecPatch": "automountServiceAccountToken: false"})"));
}

TEST_F(PlanAccount, WhatTheManifestMountsThereStays) {
  const pod::PodPlan planned = plan(R"({"container": {"image": "a", "volumeMounts": [
      {"name": "own", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]},
      "volumes": [{"name": "own", "emptyDir": {}}]})")
                                   .value();
  EXPECT_EQ(planned.volumes.size(), 1u);
  EXPECT_EQ(account_mount(planned.containers[0])->volume, "own");
}

TEST_F(PlanAccount, AVariableOfTheManifestWins) {
  const pod::PodPlan planned = plan(R"j({"container": {"image": "a", "env": [
      {"name": "URL", "value": "https://$(KUBERNETES_SERVICE_HOST)"},
      {"name": "KUBERNETES_SERVICE_PORT", "value": "1"}]}})j")
                                   .value();
  EXPECT_EQ(env(planned.containers[0], "URL"), "https://10.89.0.1");
  EXPECT_EQ(env(planned.containers[0], "KUBERNETES_SERVICE_PORT"), "1");
}

TEST_F(PlanAccount, AProjectedTokenHasItsAudience) {
  const std::string_view templ = R"({"container": {"image": "a", "volumeMounts": [
      {"name": "t", "mountPath": "/t"}]}, "automountServiceAccountToken": false,
      "volumes": [{"name": "t", "projected": {"sources": [{"serviceAccountToken":
        {"path": "vault", "audience": "vault", "expirationSeconds": 600}}]}}]})";
  const std::string token = content(plan(templ).value(), "vault");
  EXPECT_TRUE(pod::read_token(token, "vault", "key").ok());
  EXPECT_FALSE(pod::read_token(token, pod::kTokenAudience, "key").ok());
  settings.pod_api.reset();
  EXPECT_NE(error(templ).find("needs a server that runs containers"), std::string::npos)
      << error(templ);
}

TEST_F(PlanAccount, WithoutAnApiNothingIsAdded) {
  settings.pod_api.reset();
  const pod::PodPlan planned = plan(R"({"container": {"image": "a"}})").value();
  EXPECT_TRUE(planned.volumes.empty());
  EXPECT_EQ(env(planned.containers[0], "KUBERNETES_SERVICE_HOST"), "(unset)");
}

}  // namespace
}  // namespace slipway::workflow
