// Every public manifest must parse without an error, except those that are wrong in themselves.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "core/manifest/parse.h"

namespace slipway::manifest {
namespace {

// Kinds in the corpus that only a Kubernetes cluster has a use for.
const std::set<std::string> kForeignKinds = {
    "Role",           "RoleBinding", "ClusterRole", "ClusterRoleBinding",
    "ServiceAccount", "Service",     "Deployment",  "StatefulSet",
    "Ingress",        "Namespace",   "Pod",         "ResourceQuota"};

// file (from the corpus folder) → the rule that it breaks.
const std::map<std::string, std::string> kWrongInThemselves = {
    // Fields that Argo Events ignores without a word: removed, misplaced or misspelt.
    {"argo-events/examples/tutorials/09-http-trigger/minio-event-source.yaml", "unknown-field"},
    {"argo-events/examples/tutorials/09-http-trigger/sensor-01.yaml", "unknown-field"},
    {"argo-events/examples/tutorials/09-http-trigger/sensor-02.yaml", "unknown-field"},
    {"argo-events/examples/tutorials/03-trigger-sources/sensor-git.yaml", "unknown-field"},
    {"argo-events/examples/tutorials/03-trigger-sources/sensor-cm.yaml", "unknown-field"},
    {"argo-events/examples/tutorials/06-trigger-conditions/minio-event-source.yaml",
     "unknown-field"},
    {"argo-events/examples/tutorials/06-trigger-conditions/webhook-event-source.yaml",
     "unknown-field"},
    {"argo-events/examples/sensors/trigger-with-policy.yaml", "unknown-field"},
    {"argo-events/examples/sensors/trigger-with-atleast-once-semantics.yaml", "unknown-field"},
    {"argo-events/examples/event-sources/stripe.yaml", "unknown-field"},
    // generateName stands among the labels, or nowhere.
    {"argo-workflows/examples/fun-with-gifs.yaml", "missing-field"},
    {"argo-workflows/examples/k8s-jobs.yaml", "missing-field"},
    // metadata.annotations is there twice.
    {"argo-workflows/examples/k8s-patch-json-workflow.yaml", "duplicate-key"},
};

std::filesystem::path corpus() {
  if (const char* folder = std::getenv("SLIPWAY_CONFORMANCE")) return folder;
  return std::filesystem::path(SLIPWAY_SOURCE_DIR).parent_path() / "shared/conformance";
}

bool is_foreign_kind(const Diagnostic& diagnostic) {
  if (diagnostic.rule != "unknown-kind") return false;
  const size_t start = diagnostic.message.find('"') + 1;
  return kForeignKinds.contains(
      diagnostic.message.substr(start, diagnostic.message.rfind('"') - start));
}

TEST(Conformance, EveryPublicManifestParses) {
  if (!std::filesystem::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  size_t files = 0, documents = 0;
  std::set<std::string> wrong;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus())) {
    const auto extension = entry.path().extension();
    if (extension != ".yaml" && extension != ".yml" && extension != ".json") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const std::string name = std::filesystem::relative(entry.path(), corpus()).string();
    const Parsed parsed = parse(text.str(), name);
    ++files;
    documents += parsed.documents.size();
    for (const Diagnostic& diagnostic : parsed.diagnostics) {
      if (diagnostic.severity != Severity::kError || is_foreign_kind(diagnostic)) continue;
      const auto known = kWrongInThemselves.find(name);
      // The two sensors with serverURL then lack the url.
      const bool expected =
          known != kWrongInThemselves.end() &&
          (known->second == diagnostic.rule || diagnostic.rule == "missing-field");
      EXPECT_TRUE(expected) << diagnostic.text();
      if (expected) wrong.insert(name);
    }
    // What is printed is read back as the same value.
    for (const Document& document : parsed.documents) {
      const json::value value(document.resource.object);
      const std::string printed = print_yaml(value);
      const auto again = parse_yaml(printed, "printed");
      ASSERT_TRUE(again.ok()) << name << ": " << again.error().text() << "\n" << printed;
      EXPECT_EQ(print_json(again.value(), {.sort_keys = true}),
                print_json(value, {.sort_keys = true}))
          << name;
    }
  }
  EXPECT_EQ(wrong.size(), kWrongInThemselves.size());
  EXPECT_GT(files, 300u);
  EXPECT_GT(documents, files / 2);
}

}  // namespace
}  // namespace slipway::manifest
