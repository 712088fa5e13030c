#include "core/expr/tag/tag.h"

#include <gtest/gtest.h>

namespace slipway::expr {
namespace {

Scope sample() {
  Scope scope;
  scope.set("a", "1");
  scope.set("name", "b");
  scope.set("steps.b.outputs.result", "line\n\"two\"");
  scope.set("inputs.parameters.title", "$(rm -rf /)", true);
  scope.set_nil("steps.skipped.outputs.parameters.p");
  return scope;
}

std::string replaced(std::string_view text, TagOptions options = {}) {
  const auto result = substitute(text, sample(), options);
  return result.ok() ? *result : "error: " + result.error().message;
}

TEST(Tag, ReplacesSimpleTags) {
  EXPECT_EQ(replaced("no tags {x} }}"), "no tags {x} }}");
  EXPECT_EQ(replaced("{{a}}{{ a }}-{{\ta\n}}"), "11-1");
  EXPECT_EQ(replaced("x {{steps.b.outputs.result}} y"), "x line\n\"two\" y");
  EXPECT_EQ(replaced(""), "");
}

TEST(Tag, LeavesUnknownTags) {
  EXPECT_EQ(replaced("{{foo}} {{ bar }}{{}}"), "{{foo}} {{ bar }}{{}}");
  TagReport report;
  ASSERT_TRUE(substitute("{{ foo }}{{a}}{{foo}}{{x.{{y}}}}", sample(), {}, &report).ok());
  EXPECT_EQ(report.unresolved, (std::vector<std::string>{"foo", "y"}));
  const auto strict = substitute("{{a}}{{foo}}", sample(), {.allow_unresolved = false});
  ASSERT_FALSE(strict.ok());
  EXPECT_EQ(strict.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(strict.error().message, "failed to resolve {{foo}}");
}

TEST(Tag, ResolvesNestedTagsInnermostFirst) {
  EXPECT_EQ(replaced("{{steps.{{name}}.outputs.result}}"), "{{steps.b.outputs.result}}");
  EXPECT_EQ(replaced("{{steps.{{ name }}.outputs.result}}"), "{{steps.b.outputs.result}}");
  EXPECT_EQ(replaced("{{x.{{unknown}}}}"), "{{x.{{unknown}}}}");
}

TEST(Tag, DoesNotScanWhatItPasted) {
  Scope scope;
  scope.set("a", "{{b}}");
  scope.set("b", "no");
  EXPECT_EQ(*substitute("{{a}}", scope), "{{b}}");
}

TEST(Tag, UnterminatedIsAnError) {
  const auto result = substitute("ok {{a}} {{broken", sample());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
  EXPECT_NE(result.error().message.find("{{broken"), std::string::npos);
}

TEST(Tag, NilIsAConflictUnlessAlone) {
  const std::string tag = "{{steps.skipped.outputs.parameters.p}}";
  EXPECT_EQ(replaced(tag), tag);
  const auto mixed = substitute("x" + tag, sample());
  ASSERT_FALSE(mixed.ok());
  EXPECT_EQ(mixed.error().code, ErrorCode::kConflict);
}

TEST(Tag, ReportsUntrustedPastes) {
  TagReport report;
  EXPECT_EQ(*substitute("echo {{inputs.parameters.title}} {{a}}", sample(), {}, &report),
            "echo $(rm -rf /) 1");
  EXPECT_EQ(report.untrusted, std::vector<std::string>{"inputs.parameters.title"});
}

TEST(Tag, WalksValues) {
  const json::value before = {{"k{{a}}", json::array{"{{a}}", 5, true, nullptr}}, {"plain", "x"}};
  EXPECT_TRUE(has_tags(before));
  EXPECT_FALSE(has_tags(before.at("plain")));
  const auto after = substitute(before, sample());
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(print_json(*after), R"({"k1":["1",5,true,null],"plain":"x"})");
  EXPECT_FALSE(substitute(json::value{"{{a"}, sample()).ok());
}

TEST(Tag, KnowsASingleTag) {
  EXPECT_EQ(single_tag("{{ steps.a.outputs.result }}"), "steps.a.outputs.result");
  for (const char* text : {"", "{{}}", "x{{a}}", "{{a}} ", "{{a}}{{b}}", "{{=a}}", "{{a.{{b}}}}"}) {
    EXPECT_EQ(single_tag(text), "") << text;
  }
}

TEST(Tag, ListsNames) {
  EXPECT_EQ(tag_names("{{b}} {{ a }} {{b}} {{x.{{y}}}} {{broken"),
            (std::vector<std::string>{"b", "a", "y"}));
}

TEST(Scope, InnerNamesHideOuterOnes) {
  const Scope outer = sample();
  Scope inner(&outer);
  inner.set("a", "2");
  EXPECT_EQ(*inner.find("a")->text, "2");
  EXPECT_EQ(*inner.find("name")->text, "b");
  EXPECT_EQ(inner.find("nothing"), nullptr);
  std::string names;
  inner.for_each([&](const std::string& name, const Scope::Value& value) {
    names += name + "=" + value.text.value_or("nil").substr(0, 4) + ";";
  });
  EXPECT_EQ(names,
            "a=2;inputs.parameters.title=$(rm;name=b;steps.b.outputs.result=line;"
            "steps.skipped.outputs.parameters.p=nil;");
}

TEST(Scope, NestsDottedNames) {
  Scope scope;
  scope.set("workflow.parameters", "[]");
  scope.set("workflow.parameters.x", "1");
  scope.set("workflow.name", "w");
  scope.set_nil("nil");
  EXPECT_EQ(print_json(nested(scope), {.sort_keys = true}),
            R"({"nil":null,"workflow":{"name":"w","parameters":{"x":"1"}}})");
  Scope deep;
  std::string name = "a";
  for (int i = 0; i < 100'000; ++i) name += ".a";
  deep.set(name, "1");
  EXPECT_EQ(nested(deep).size(), 1u);
}

}  // namespace
}  // namespace slipway::expr
