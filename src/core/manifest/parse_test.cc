#include "core/manifest/parse.h"

#include <gtest/gtest.h>

#include <set>

#include "core/manifest/schema/nearest.h"
#include "core/manifest/schema/schema.h"

namespace slipway::manifest {
namespace {

constexpr std::string_view kHead =
    "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata:\n  name: a\nspec:\n";

Parsed parse_spec(std::string_view spec) {
  return parse(std::string(kHead) + std::string(spec), "f");
}

std::string first_text(const Parsed& parsed) {
  return parsed.diagnostics.empty() ? "" : parsed.diagnostics.front().text();
}

TEST(Parse, UnknownFieldNamesTheNearest) {
  const Parsed parsed = parse_spec("  templates:\n  - name: a\n    contaner: {image: x}\n");
  EXPECT_EQ(first_text(parsed),
            "f:8:5: error: Template has no field \"contaner\" (did you mean container?)");
  EXPECT_EQ(parsed.diagnostics[0].path, "spec.templates[0].contaner");
  EXPECT_EQ(parsed.diagnostics[0].rule, "unknown-field");
  EXPECT_TRUE(parsed.documents.empty());
  const Parsed lenient = parse(std::string(kHead) + "  entrypont: a\n", "f", {.strict = false});
  ASSERT_EQ(lenient.documents.size(), 1u);
  EXPECT_EQ(lenient.diagnostics[0].severity, Severity::kWarning);
}

TEST(Parse, AFieldInAnotherCaseIsTakenAsGoTakesIt) {
  const Parsed parsed = parse_spec("  EntryPoint: a\n  templates: []\n");
  EXPECT_EQ(first_text(parsed),
            "f:6:3: warning: WorkflowSpec has no field \"EntryPoint\"; it is taken as entrypoint "
            "(write entrypoint)");
  ASSERT_EQ(parsed.documents.size(), 1u);
  EXPECT_EQ(get_string(parsed.documents[0].resource.spec(), "entrypoint"), "a");
  EXPECT_TRUE(has_errors(parse_spec("  entrypoint: a\n  EntryPoint: b\n").diagnostics));
}

TEST(Parse, UnknownFieldThatBelongsDeeper) {
  EXPECT_EQ(first_text(parse_spec("  templates:\n  - name: a\n    image: x\n")),
            "f:8:5: error: Template has no field \"image\" (image belongs under container, "
            "initContainers, script, sidecars)");
}

TEST(Parse, WrongTypesSayWhatCame) {
  EXPECT_EQ(first_text(parse_spec("  parallelism: two\n")),
            "f:6:3: error: spec.parallelism is the text \"two\", and a whole number is wanted");
  EXPECT_EQ(first_text(parse_spec("  templates:\n  - name: a\n    container:\n      image: x\n"
                                  "      command: sh\n")),
            "f:10:7: error: spec.templates[0].container.command is the text \"sh\", and a list is "
            "wanted (write [\"sh\"])");
  EXPECT_EQ(first_text(parse_spec("  entrypoint: [a]\n")),
            "f:6:3: error: spec.entrypoint is a list, and a text is wanted");
  EXPECT_EQ(first_text(parse_spec("  suspend: maybe\n")),
            "f:6:3: error: spec.suspend is the text \"maybe\", and true or false is wanted");
  EXPECT_TRUE(
      has_errors(parse_spec("  arguments: {parameters: [{name: a, value: [1]}]}\n").diagnostics));
}

TEST(Parse, TwoSpellingsOfOneValue) {
  const Parsed parsed = parse_spec(
      "  activeDeadlineSeconds: 5.0\n  arguments: {parameters: [{name: a, value: 1.50}, {name: b, "
      "value: yes}, {name: c, value: null}]}\n  templates:\n  - name: m\n    steps:\n    - name: "
      "s\n"
      "      template: x\n    - - name: t\n        template: x\n  - name: x\n    container:\n"
      "      image: i\n      env: [{name: E, value: 1}]\n");
  ASSERT_EQ(parsed.documents.size(), 1u);
  EXPECT_EQ(
      first_text(parsed),
      "f:18:23: warning: spec.templates[1].container.env[0].value is the number 1, and a text "
      "is wanted; it is taken as \"1\" (write \"1\", in quotes)");
  const json::object& spec = parsed.documents[0].resource.spec();
  EXPECT_EQ(print_json(spec.at("activeDeadlineSeconds")), "5");
  EXPECT_EQ(print_json(spec.at("arguments")),
            R"({"parameters":[{"name":"a","value":"1.5"},{"name":"b","value":"true"},)"
            R"({"name":"c","value":null}]})");
  EXPECT_EQ(print_json(spec.at("templates").at(0).at("steps")),
            R"([[{"name":"s","template":"x"}],[{"name":"t","template":"x"}]])");
}

TEST(Parse, KindsVersionsAndNames) {
  EXPECT_EQ(first_text(parse("apiVersion: argoproj.io/v1alpha1\nkind: Workfow\n", "f")),
            "f:2:1: error: Slipway does not know the kind \"Workfow\" (did you mean Workflow?)");
  EXPECT_EQ(first_text(parse("kind: Secret\nmetadata: {name: a}\n", "f")),
            "f:1:1: error: the Secret has no apiVersion (write apiVersion: v1)");
  EXPECT_EQ(first_text(parse("apiVersion: v1\nkind: Workflow\n", "f")),
            "f:1:1: error: \"v1\" is not the apiVersion of Workflow (write apiVersion: "
            "argoproj.io/v1alpha1)");
  EXPECT_EQ(first_text(parse("apiVersion: v1\nkind: Secret\nmetadata: {labels: {a: b}}\n", "f")),
            "f:3:1: error: the Secret has no name (add metadata.name)");
  EXPECT_EQ(first_text(parse("apiVersion: v1\nmetadata: {name: a}\n", "f")),
            "f:1:1: error: the document has no kind (add kind: Workflow, for example)");
  EXPECT_EQ(first_text(parse("- a\n", "f")),
            "f:1:3: error: a document must be an object with apiVersion, kind and metadata");
  EXPECT_EQ(first_text(
                parse("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  k: '%'\n", "f")),
            "f:5:3: error: data.k is not base64 (encode it with base64, or move it to stringData)");
}

TEST(Parse, MissingFieldsAndOneBadDocument) {
  const Parsed parsed = parse(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n---\n"
      "apiVersion: argoproj.io/v1alpha1\nkind: Sensor\nmetadata: {name: s}\nspec:\n  triggers: []\n"
      "---\na: [\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n",
      "f");
  ASSERT_EQ(parsed.documents.size(), 2u);
  EXPECT_EQ(parsed.documents[1].resource.name(), "b");
  ASSERT_EQ(parsed.diagnostics.size(), 2u);
  EXPECT_EQ(parsed.diagnostics[0].rule, "syntax");
  EXPECT_EQ(parsed.diagnostics[1].text(),
            "f:9:1: error: spec lacks the field dependencies (add dependencies: a list)");
}

TEST(Parse, NotesWhatHasNoEffect) {
  const Parsed parsed = parse_spec(
      "  nodeSelector: {a: b}\n  templateDefaults: {script: {command: [sh]}}\n  podGC: null\n"
      "  templates:\n  - name: a\n    container: {image: x, resizePolicy: [{resourceName: cpu, "
      "restartPolicy: A}]}\n");
  ASSERT_EQ(parsed.documents.size(), 1u);
  ASSERT_EQ(parsed.diagnostics.size(), 2u);
  EXPECT_EQ(parsed.diagnostics[0].text(),
            "f:6:3: note: spec.nodeSelector is accepted and has no effect here: it is for a "
            "cluster's scheduler, and one machine has none");
  EXPECT_EQ(parsed.diagnostics[1].rule, "not-supported");
  EXPECT_EQ(parsed.diagnostics[1].severity, Severity::kWarning);
  const Parsed source = parse(
      "apiVersion: argoproj.io/v1alpha1\nkind: EventSource\nmetadata: {name: a}\nspec:\n"
      "  webhook: {x: {endpoint: /x}}\n  redis: {y: {hostAddress: a, channels: [c], db: 0}}\n",
      "f");
  ASSERT_EQ(source.diagnostics.size(), 1u) << first_text(source);
  EXPECT_EQ(source.diagnostics[0].path, "spec.redis");
}

TEST(Check, JsonIsTakenAsItIs) {
  json::object object{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "a"}}}};
  EXPECT_EQ(check(object, "api").documents.size(), 1u);
  object["data"] = {{"k", 1}};
  EXPECT_EQ(first_text(check(object, "api")),
            "api: error: data.k is the number 1, and a text is wanted (write \"1\", in quotes)");
  json::value deep = 1;
  for (int i = 0; i < 600; ++i) deep = json::array{std::move(deep)};
  object["data"] = std::move(deep);
  EXPECT_EQ(check(object, "api").diagnostics.at(0).rule, "too-deep");
  EXPECT_FALSE(check({}, "api").diagnostics.empty());
}

TEST(Schema, EveryShapeLeadsToAType) {
  for (const Kind kind :
       {Kind::kWorkflow, Kind::kWorkflowTemplate, Kind::kClusterWorkflowTemplate,
        Kind::kCronWorkflow, Kind::kWorkflowEventBinding, Kind::kEventSource, Kind::kEventBus,
        Kind::kSensor, Kind::kSecret, Kind::kConfigMap, Kind::kPersistentVolumeClaim}) {
    EXPECT_EQ(type_of(kind).name, to_string(kind));
    EXPECT_NE(type_of(kind).find("metadata"), nullptr);
  }
  std::vector<const SchemaType*> open{&type_of(Kind::kWorkflow), &type_of(Kind::kSensor),
                                      &type_of(Kind::kEventSource), &type_of(Kind::kEventBus)};
  std::set<const SchemaType*> seen;
  while (!open.empty()) {
    const SchemaType* type = open.back();
    open.pop_back();
    if (!seen.insert(type).second) continue;
    for (const SchemaField& field : type->fields) {
      const bool object = field.shape.find_first_of("@%") != std::string_view::npos;
      ASSERT_EQ(object, inner_type(field.shape) != nullptr) << type->key << '.' << field.name;
      if (object) open.push_back(inner_type(field.shape));
    }
  }
  EXPECT_GT(seen.size(), 200u);
}

TEST(Nearest, MeansWhatWasMeant) {
  EXPECT_EQ(nearest("imge", {"args", "image", "name"}), "image");
  EXPECT_EQ(nearest("withitem", {"withItems", "withParam"}), "withItems");
  EXPECT_EQ(nearest("serviceAccount", {"schedulerName", "serviceAccountName"}),
            "serviceAccountName");
  EXPECT_EQ(nearest("ab", {"xy"}), "");
  EXPECT_EQ(nearest("", {"a"}), "");
  EXPECT_EQ(nearest(std::string(100'000, 'a'), {"a"}), "");
  EXPECT_EQ(edit_distance("ab", "ba"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
}

}  // namespace
}  // namespace slipway::manifest
