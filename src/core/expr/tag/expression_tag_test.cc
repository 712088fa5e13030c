#include "core/expr/tag/expression_tag.h"

#include <gtest/gtest.h>

namespace slipway::expr {
namespace {

Scope sample() {
  Scope scope;
  scope.set("inputs.parameters.num", "4");
  scope.set("inputs.parameters.my-name", "x \"y\"");
  scope.set("inputs.parameters.title", "evil", true);
  scope.set("inputs.parameters.list", R"([{"value": true}])");
  scope.set("workflow.name", "w");
  scope.set("workflow.creationTimestamp", "2021-03-04T05:06:07Z");
  scope.set_nil("tasks.skipped.outputs.parameters.p");
  return scope;
}

std::string replaced(std::string_view text, TagOptions options = {}) {
  const auto result = substitute(text, sample(), options);
  return result.ok() ? *result : "error: " + result.error().message;
}

TEST(ExpressionTag, InsertsTextsRawAndTheRestAsJson) {
  EXPECT_EQ(replaced("a {{=asInt(inputs.parameters.num) * 10}} b"), "a 40 b");
  EXPECT_EQ(replaced("{{=inputs.parameters['my-name']}}"), "x \"y\"");
  EXPECT_EQ(replaced("{{= inputs.parameters.num == '4' }}"), "true");
  EXPECT_EQ(replaced("{{=[1, 'a<b', 2.0]}}"), R"([1,"a<b",2])");
  EXPECT_EQ(replaced("{{=sprig.date('2006', workflow.creationTimestamp)}}"), "2021");
  EXPECT_EQ(replaced("{{=jsonpath(inputs.parameters.list, '$[0].value') == true}}"), "true");
  EXPECT_EQ(replaced("{{=toJson({'b': 1, 'a': [nil]})}}"), R"({"a":[null],"b":1})");
}

TEST(ExpressionTag, WaitsForWhatIsBoundLater) {
  for (const char* text : {"{{=item}}", "{{=asInt(retries) + 1}}", "{{=lastRetry.exitCode}}",
                           "{{=workflow.status == 'Failed'}}", "{{=steps.a.outputs.result}}",
                           "{{=inputs.parameters.missing}}", "{{=1 +}}", "{{=nosuch(1)}}",
                           "{{=tasks.skipped.outputs.parameters.p}}"}) {
    EXPECT_EQ(replaced(text), text);
    const auto strict = substitute(text, sample(), {.allow_unresolved = false});
    EXPECT_FALSE(strict.ok() && std::string_view(text).find("==") == std::string_view::npos)
        << text;
  }
  TagReport report;
  ASSERT_TRUE(substitute("{{= item }}", sample(), {}, &report).ok());
  EXPECT_EQ(report.unresolved, std::vector<std::string>{"=item"});
}

TEST(ExpressionTag, GuardedNamesDoNotWait) {
  EXPECT_EQ(replaced("{{=item?.name ?? 'none'}}"), "none");
  EXPECT_EQ(replaced("{{=retries ?? '0'}}"), "0");
  EXPECT_EQ(replaced("{{=tasks.skipped.outputs.parameters.p ?? 'd'}}"), "d");
}

TEST(ExpressionTag, NowIsAnArgument) {
  EXPECT_EQ(replaced("{{=now()}}"), "{{=now()}}");
  const TagOptions at{.allow_unresolved = false,
                      .now = parse_rfc3339("2021-03-04T05:16:07Z").value()};
  EXPECT_EQ(replaced("{{=(now() - date(workflow.creationTimestamp)).Seconds() > 360}}", at),
            "true");
  EXPECT_EQ(replaced("{{=now() - workflow.creationTimestamp}}", at), "10m0s");
}

TEST(ExpressionTag, ReportsUntrustedNames) {
  TagReport report;
  ASSERT_TRUE(substitute("{{=upper(inputs.parameters.title)}}", sample(), {}, &report).ok());
  EXPECT_EQ(report.untrusted, std::vector<std::string>{"inputs.parameters.title"});
  TagReport whole;
  ASSERT_TRUE(substitute("{{=toJson(inputs)}}", sample(), {}, &whole).ok());
  EXPECT_EQ(whole.untrusted, std::vector<std::string>{"inputs.parameters.title"});
  TagReport clean;
  ASSERT_TRUE(substitute("{{=workflow.name}}", sample(), {}, &clean).ok());
  EXPECT_TRUE(clean.untrusted.empty());
}

TEST(ExpressionTag, HostileExpressionsAreErrorsEvenWhenLenient) {
  const auto result = substitute("{{=map(1..1000000, {map(1..1000000, {#})})}}", sample());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kLimit);
}

TEST(ExpressionTag, NamesWhatItReads) {
  EXPECT_EQ(tag_names("{{=steps.a.outputs.result ?? inputs.parameters['my-x']}} {{b}}"),
            (std::vector<std::string>{"steps.a.outputs.result", "inputs.parameters.my-x", "b"}));
}

}  // namespace
}  // namespace slipway::expr
