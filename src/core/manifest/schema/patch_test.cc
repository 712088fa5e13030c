// What is said of the fields in a podSpecPatch, and of fields that are acted on in part.
#include <gtest/gtest.h>

#include "core/manifest/parse.h"
#include "core/manifest/schema/refused.h"

namespace slipway::manifest {
namespace {

constexpr std::string_view kHead =
    "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: a}\nspec:\n";

// Each diagnostic in a line.
std::string said(const std::string& spec) {
  std::string out;
  for (const Diagnostic& diagnostic : parse(std::string(kHead) + spec, "f").diagnostics) {
    out += diagnostic.text() + "\n";
  }
  return out;
}

std::string said_of_patch(const std::string& lines) {
  return said("  entrypoint: main\n  podSpecPatch: |\n" + lines);
}

TEST(PodSpecPatch, FieldsWithoutEffectAreNotedAtThePatch) {
  EXPECT_EQ(
      said_of_patch("    runtimeClassName: gvisor\n    terminationGracePeriodSeconds: 3\n"),
      "f:6:3: note: spec.podSpecPatch.runtimeClassName is accepted and has no effect here: every "
      "container runs in the server's own OCI runtime\n");
  EXPECT_EQ(said("  templates:\n  - name: a\n    container: {image: x}\n    podSpecPatch: "
                 "'{\"tolerations\": [{\"key\": \"x\"}]}'\n"),
            "f:8:5: note: spec.templates[0].podSpecPatch.tolerations is accepted and has no effect "
            "here: it is for a cluster's scheduler, and one machine has none\n");
  EXPECT_EQ(said_of_patch("    containers:\n    - name: main\n      stdinOnce: true\n"),
            "f:6:3: note: spec.podSpecPatch.containers[0].stdinOnce is accepted and has no effect "
            "here: nobody attaches to a container's input\n");
}

TEST(PodSpecPatch, ContainersOfArgosExecutorAreNoted) {
  EXPECT_EQ(
      said_of_patch("    containers:\n    - name: wait\n      resources: {limits: {cpu: 1}}\n"),
      "f:6:3: note: spec.podSpecPatch.containers[0] is accepted and has no effect here: it "
      "is a container of Argo's executor\n");
}

TEST(PodSpecPatch, MistakesAreThoseOfAnyManifest) {
  EXPECT_EQ(said_of_patch("    nodeselector: {a: b}\n"),
            "f:6:3: error: PodSpec has no field \"nodeselector\" (did you mean nodeSelector?)\n");
  EXPECT_EQ(said_of_patch("    terminationGracePeriodSeconds: soon\n"),
            "f:6:3: error: spec.podSpecPatch.terminationGracePeriodSeconds is the text \"soon\", "
            "and a whole number is wanted\n");
  EXPECT_EQ(said("  podSpecPatch: {hostNetwork: true}\n"),
            "f:5:3: error: spec.podSpecPatch is an object, and a text is wanted (write | after its "
            "name to make it a text)\n");
  EXPECT_NE(said("  podSpecPatch: just text\n").find("is no YAML of an object"), std::string::npos);
}

TEST(PodSpecPatch, DirectivesAndMissingFieldsAreNoMistakes) {
  EXPECT_EQ(said_of_patch("    $setElementOrder/containers: [{name: main}]\n"
                          "    containers:\n    - $patch: delete\n      name: proxy\n"
                          "    volumes:\n    - name: v\n      $retainKeys: [name, emptyDir]\n"
                          "      emptyDir: {}\n      hostPath: null\n"),
            "");
}

TEST(PodSpecPatch, WithTagsItIsReadAsFarAsItCanBe) {
  EXPECT_EQ(said_of_patch("    activeDeadlineSeconds: {{inputs.parameters.s}}\n"), "");
  EXPECT_EQ(said_of_patch("    priority: '{{inputs.parameters.p}}'\n"),
            "f:6:3: note: spec.podSpecPatch.priority is accepted and has no effect here: it is for "
            "a cluster's scheduler, and one machine has none\n");
}

TEST(PodSpecPatch, WhatIsRefusedElsewhereIsRefusedInIt) {
  const json::object templ{
      {"podSpecPatch", "containers: [{name: main, resizePolicy: [{resourceName: cpu}]}]"}};
  const auto found = refused_fields(templ, "w.Template");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].path, "podSpecPatch.containers[0].resizePolicy");
}

TEST(Support, LimitsOfDisksAreNoted) {
  const std::string note = " is accepted and has no effect here: ";
  const std::string templ =
      "  templates:\n  - name: a\n    container: {image: x, resources: "
      "{limits: {cpu: 1, ephemeral-storage: 1Gi}}}\n";
  EXPECT_EQ(said(templ),
            "f:7:56: note: spec.templates[0].container.resources.limits.ephemeral-storage" + note +
                "what a container may write is bounded by the disk alone\n");
  EXPECT_NE(said("  volumes: [{name: v, emptyDir: {sizeLimit: 1Gi}}]\n").find("sizeLimit" + note),
            std::string::npos);
  EXPECT_EQ(said("  volumes: [{name: v, emptyDir: {sizeLimit: 1Gi, medium: Memory}}]\n"), "");
}

}  // namespace
}  // namespace slipway::manifest
