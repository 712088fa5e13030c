#include "server/api/pod_access.h"

#include <gtest/gtest.h>

namespace slipway::server {
namespace {

const pod::Identity kPod{"ci", "builder", "p", PodId("1"), WorkflowUid("u"), NodeId("n")};

std::string refusal(PodRole role, std::string_view method, std::string_view path) {
  const Status allowed = allow(kPod, role, method, path);
  return allowed.ok() ? "" : allowed.error().message;
}

TEST(PodAccess, ViewReadsItsNamespaceWithoutSecrets) {
  for (const char* path :
       {"/api/v1/workflows/ci", "/api/v1/workflows/ci/w/log", "/api/v1/workflow-events/ci",
        "/apis/argoproj.io/v1alpha1/namespaces/ci/workflows/w",
        "/apis/argoproj.io/v1alpha1/clusterworkflowtemplates/t", "/api/v1/namespaces/ci/configmaps",
        "/api/v1/namespaces/ci/events", "/api/v1/stream/events/ci", "/api/v1/sync/ci",
        "/artifacts/ci/w/n/a"}) {
    EXPECT_EQ(refusal(PodRole::kView, "GET", path), "") << path;
    EXPECT_EQ(refusal(PodRole::kEdit, "GET", path), "") << path;
    EXPECT_NE(refusal(PodRole::kView, "POST", path), "") << path;
    EXPECT_NE(refusal(PodRole::kNone, "GET", path), "") << path;
  }
  EXPECT_NE(refusal(PodRole::kView, "GET", "/api/v1/namespaces/ci/secrets/key"), "");
  EXPECT_EQ(refusal(PodRole::kEdit, "GET", "/api/v1/namespaces/ci/secrets/key"), "");
}

TEST(PodAccess, EditWritesItsNamespace) {
  EXPECT_EQ(refusal(PodRole::kEdit, "POST", "/api/v1/workflows/ci/submit"), "");
  EXPECT_EQ(refusal(PodRole::kEdit, "POST", "/api/v1/events/ci/d"), "");
  EXPECT_EQ(refusal(PodRole::kEdit, "DELETE", "/api/v1/namespaces/ci/secrets/key"), "");
  EXPECT_NE(refusal(PodRole::kEdit, "PUT", "/apis/argoproj.io/v1alpha1/clusterworkflowtemplates/t"),
            "");
}

TEST(PodAccess, NothingElseIsOpen) {
  for (const char* path :
       {"", "/", "/ui/main.js", "/metrics", "/api/v1/slipway/events", "/api/v1/workflows",
        "/api/v1/workflows/", "/api/v1/workflows/other/w", "/api/v1/workflow-events",
        "/api/v1/events", "/api/v1/stream/events/", "/api/v1/namespaces/other/secrets/key",
        "/apis/argoproj.io/v1alpha1/workflows", "/apis/argoproj.io/v1alpha1/namespaces",
        "/artifacts", "/artifacts//w/n/a"}) {
    EXPECT_NE(refusal(PodRole::kEdit, "GET", path), "") << path;
  }
}

TEST(PodAccess, HealthAndWebhooksNeedNoRole) {
  for (const char* path : {"/healthz", "/readyz", "/version", "/api/v1/version", "/events/a/b/c"}) {
    EXPECT_TRUE(is_open_to_pods(path)) << path;
    EXPECT_EQ(refusal(PodRole::kNone, "GET", path), "") << path;
  }
  EXPECT_FALSE(is_open_to_pods("/api/v1/events/ci/d"));
  EXPECT_FALSE(is_open_to_pods("/eventsource"));
}

TEST(PodAccess, ARefusalSaysWhoAndWhy) {
  EXPECT_EQ(refusal(PodRole::kView, "GET", "/api/v1/workflows/prod"),
            "user \"system:serviceaccount:ci:builder\" may not GET /api/v1/workflows/prod: a pod "
            "acts within its own namespace, ci");
}

}  // namespace
}  // namespace slipway::server
