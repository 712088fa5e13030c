#include "core/workflow/artifact_place.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/workflow/plan_artifact.h"

namespace slipway::workflow {
namespace {

using Type = pod::ArtifactLocation::Type;

json::object parse(std::string_view text) { return parse_json(text).value().get_object(); }

constexpr std::string_view kRepository =
    R"({"main": "archiveLogs: true\ns3:\n  endpoint: e:9000\n  bucket: repo\n  keyFormat: runs/{{pod.name}}\n)"
    R"(  accessKeySecret: {name: cred, key: user}\n  secretKeySecret: {name: cred, key: pass}\n",)"
    R"( "gcs": "gcs: {bucket: b}\n"})";

class ArtifactPlaceTest : public testing::Test {
 protected:
  ArtifactPlaceTest() {
    put(manifest::Kind::kSecret, "cred", {{"stringData", parse(R"({"user": "u", "pass": "p"})")}});
    scope_.set("pod.name", "p-1");
  }
  void put(manifest::Kind kind, const std::string& name, json::object object,
           json::object annotations = {}) {
    object["metadata"] =
        json::object{{"name", name}, {"namespace", "ci"}, {"annotations", std::move(annotations)}};
    catalog_.put({kind, std::move(object)});
  }
  void put_repositories(std::string_view default_key) {
    put(manifest::Kind::kConfigMap, "artifact-repositories", {{"data", parse(kRepository)}},
        {{"workflows.argoproj.io/default-artifact-repository", default_key}});
  }

  PlanContext context(std::string_view templ, std::string_view spec = "{}") {
    return {.templ = parse(templ),
            .spec = parse(spec),
            .node = node_,
            .scope = scope_,
            .catalog = catalog_,
            .settings = settings_,
            .now = Time::from_seconds(1000),
            .workflow_uid = WorkflowUid("uid"),
            .ns = "ci",
            .workflow_name = "wf",
            .pod_name = "p-1"};
  }
  // Of the only output artifact of the template; "type bucket key" or the error.
  std::string place(std::string_view artifact, std::string_view more = "{}",
                    std::string_view spec = "{}") {
    json::object templ = parse(more);
    templ["outputs"] = json::object{{"artifacts", json::array{parse(artifact)}}};
    const PlanContext made = context(print_json(templ), spec);
    const auto repository = plan_repository(made);
    if (!repository.ok()) return repository.error().text();
    const auto planned = plan_output_artifacts(made, *repository);
    if (!planned.ok()) return planned.error().text();
    const pod::ArtifactLocation& where = planned->at(0).location;
    if (where.type == Type::kStore) return "store " + where.key;
    return fmt::format("s3 {} {}", get_string(where.options, "bucket"), where.key);
  }

  manifest::Catalog catalog_;
  Settings settings_;
  Node node_;
  expr::Scope scope_;
};

constexpr std::string_view kOwn =
    R"({"endpoint": "own", "bucket": "b", "accessKeySecret": {"name": "cred", "key": "user"},
        "secretKeySecret": {"name": "cred", "key": "pass"})";

std::string own(std::string_view more = "") { return std::string(kOwn) + std::string(more) + "}"; }

TEST_F(ArtifactPlaceTest, WithoutARepositoryTheStoreIsTheServersOwn) {
  scope_.set("workflow.name", "wf");
  EXPECT_EQ(place(R"({"name": "o", "path": "/o"})"), "store wf/p-1/o.tgz");
  EXPECT_EQ(place(R"({"name": "o", "path": "/o", "s3": {"key": "k"}})"), "store k");
}

TEST_F(ArtifactPlaceTest, TheDefaultOfTheNamespaceNeedsNoReference) {
  put_repositories("main");
  EXPECT_EQ(place(R"({"name": "o", "path": "/o"})"), "s3 repo runs/p-1/o.tgz");
  EXPECT_EQ(place(R"({"name": "o", "path": "/o", "s3": {"key": "k"}})"), "s3 repo k");
  EXPECT_EQ(place(R"({"name": "o", "path": "/o", "gcs": {"key": "k"}})"), "s3 repo k");
  const auto repository = plan_repository(context("{}"));
  ASSERT_TRUE(repository.ok());
  EXPECT_TRUE(repository->archive_logs);
}

TEST_F(ArtifactPlaceTest, AReferenceChoosesAnother) {
  put_repositories("main");
  EXPECT_NE(
      place(R"({"name": "o", "path": "/o"})", "{}", R"({"artifactRepositoryRef": {"key": "gcs"}})")
          .find("gcs storage is not supported yet"),
      std::string::npos);
  EXPECT_NE(
      place(R"({"name": "o", "path": "/o"})", "{}", R"({"artifactRepositoryRef": {"key": "gone"}})")
          .find("gone"),
      std::string::npos);
}

TEST_F(ArtifactPlaceTest, APlaceOfItsOwnTakesNothingFromTheRepository) {
  put_repositories("main");
  EXPECT_EQ(place(R"({"name": "o", "path": "/o", "s3": )" + own(R"(, "key": "k")") + "}"),
            "s3 b k");
  EXPECT_EQ(place(R"({"name": "o", "path": "/o", "s3": )" + own() + "}"), "s3 b runs/p-1/o.tgz");
  EXPECT_EQ(place(R"({"name": "o", "path": "/o", "s3": {"bucket": "other", "key": "k"}})"),
            "s3 repo k");
  EXPECT_EQ(place(R"({"name": "o", "path": "/o"})",
                  R"({"archiveLocation": {"s3": )" + own(R"(, "key": "a/{{pod.name}}")") + "}}"),
            "s3 b a/p-1/o.tgz");
}

TEST_F(ArtifactPlaceTest, CredentialsThatAreNoSecretsAreRefused) {
  EXPECT_NE(place(R"({"name": "o", "path": "/o", "s3": {"endpoint": "e", "bucket": "b", "key": "k",
                      "useSDKCreds": true}})")
                .find("bucket b needs accessKeySecret"),
            std::string::npos);
}

TEST_F(ArtifactPlaceTest, AStatusNamesThePlaceAndNoSecretsValue) {
  const auto where =
      s3_location(catalog_, "ci", parse(own(R"(, "keyFormat": "x", "key": "old")")), "k");
  ASSERT_TRUE(where.ok()) << where.error().text();
  EXPECT_EQ(get_string(where->options, "secretKeySecret"), "p");
  EXPECT_EQ(where->reference, parse(own()));
}

TEST_F(ArtifactPlaceTest, AnAddressLeadsBackToItsPlace) {
  const json::object stored = parse(R"({"name": "o", "s3": {"key": "wf/p/o.tgz"}})");
  EXPECT_EQ(address_of("ci", stored), "wf/p/o.tgz");
  EXPECT_EQ(location_at(catalog_, "wf/p/o.tgz")->type, Type::kStore);
  // A key that only looks like an address is a key.
  EXPECT_EQ(location_at(catalog_, "{\"a\":1}")->key, "{\"a\":1}");

  const json::object whole{{"name", "o"}, {"s3", parse(own(R"(, "key": "k")"))}};
  const std::string address = address_of("ci", whole);
  const auto where = location_at(catalog_, address);
  ASSERT_TRUE(where.ok()) << where.error().text();
  EXPECT_EQ(where->type, Type::kS3);
  EXPECT_EQ(where->key, "k");
  EXPECT_EQ(get_string(where->options, "accessKeySecret"), "u");
  EXPECT_EQ(address.find("\"p\""), std::string::npos);

  EXPECT_EQ(address_of("ci", parse(R"({"name": "o", "http": {"url": "http://x"}})")), "");
  EXPECT_FALSE(stored_location(catalog_, "ci", parse(R"({"name": "o"})")).ok());
  EXPECT_FALSE(stored_location(catalog_, "other", whole).ok());  // its Secret is not there
}

}  // namespace
}  // namespace slipway::workflow
