#include "core/expr/jsonpath/jsonpath.h"

#include <gtest/gtest.h>

namespace slipway::expr {
namespace {

const json::value& document() {
  static const json::value value = *parse_json(R"({
    "kind": "List",
    "metadata": {"labels": {"app.kubernetes.io/name": "web"}, "count": 3, "none": null},
    "items": [
      {"metadata": {"name": "a"}, "status": {"phase": "Running", "ready": true}, "n": 1},
      {"metadata": {"name": "b"}, "status": {"phase": "Failed", "ready": false}, "n": 2.5},
      {"metadata": {"name": "c"}, "status": {"phase": "Running"}, "n": 10}
    ]})");
  return value;
}

std::string render(std::string_view source) {
  const auto text = render_jsonpath(source, document());
  return text.ok() ? *text : "error: " + text.error().message;
}

std::string query(std::string_view path) {
  const auto value = query_jsonpath(path, document());
  return value.ok() ? print_json(*value) : "error: " + value.error().message;
}

TEST(JsonPathTemplate, RendersPaths) {
  EXPECT_EQ(render("{.kind}"), "List");
  EXPECT_EQ(render("kind={.kind}, {$.metadata.count}"), "kind=List, 3");
  EXPECT_EQ(render("{.items[*].metadata.name}"), "a b c");
  EXPECT_EQ(render("{.items[0:2].metadata.name} {.items[-1].n}"), "a b 10");
  EXPECT_EQ(render("{.items[0,2].metadata['name']}"), "a c");
  EXPECT_EQ(render("{.metadata.labels.app\\.kubernetes\\.io/name}"), "web");
  EXPECT_EQ(render("{.metadata.labels['app.kubernetes.io/name']}"), "web");
  EXPECT_EQ(render("{..name}"), "a b c");
  EXPECT_EQ(render("{.metadata.labels}"), R"({"app.kubernetes.io/name":"web"})");
  EXPECT_EQ(render("{.missing.deeper[3]}|{.metadata.none}"), "|");
  EXPECT_EQ(render("no braces"), "no braces");
}

TEST(JsonPathTemplate, RendersRangesAndTexts) {
  EXPECT_EQ(render(R"({range .items[*]}{.metadata.name}{"\t"}{.n}{"\n"}{end})"),
            "a\t1\nb\t2.5\nc\t10\n");
  EXPECT_EQ(render("{range .items[?(@.n>2)]}<{.metadata.name}>{end}"), "<b><c>");
}

TEST(JsonPathTemplate, Filters) {
  EXPECT_EQ(render(R"({.items[?(@.status.phase=="Running")].metadata.name})"), "a c");
  EXPECT_EQ(render("{.items[?(@.status.phase!='Running')].metadata.name}"), "b");
  EXPECT_EQ(render("{.items[?(@.status.ready)].metadata.name}"), "a");
  EXPECT_EQ(render("{.items[?(@.n <= 2.5 && !(@.n == 1))].n}"), "2.5");
  EXPECT_EQ(render("{.items[?(@.metadata.name =~ /[bc]/)].n}"), "2.5 10");
}

TEST(JsonPathTemplate, RefusesBadTemplates) {
  for (const char* source : {"{.a", "{.items[}", "{.items[?(@.a]}", "{end}", "{range .items[*]}",
                             "{\"open}", "{.a)}", "{.items[x]}", "{.items[::0]}", "{..}"}) {
    EXPECT_FALSE(render_jsonpath(source, document()).ok()) << source;
  }
  EXPECT_FALSE(render_jsonpath("{.items[?(" + std::string(100'000, '(') + "]}", document()).ok());
  std::string ranges;
  for (int i = 0; i < 1000; ++i) ranges += "{range .items[*]}";
  EXPECT_FALSE(render_jsonpath(ranges, document()).ok());
}

TEST(JsonPathQuery, GivesOneValueOrAList) {
  EXPECT_EQ(query("$.kind"), "\"List\"");
  EXPECT_EQ(query("$.items[1].n"), "2.5");
  EXPECT_EQ(query("$['metadata']['count']"), "3");
  EXPECT_EQ(query("$.items[*].n"), "[1,2.5,10]");
  EXPECT_EQ(query("$.items[?(@.n>1 && @.n<10)].metadata.name"), R"(["b"])");
  EXPECT_EQ(query("$..phase"), R"(["Running","Failed","Running"])");
  EXPECT_EQ(query("$.items[5:]"), "[]");
  EXPECT_EQ(query_jsonpath("$.nothing", document()).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(query_jsonpath("$.a b", document()).ok());
}

TEST(JsonPathQuery, BoundsWhatItSelects) {
  json::value deep = json::array{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  for (int i = 0; i < 4; ++i) deep = json::array{deep, deep, deep, deep, deep};
  const auto result = query_jsonpath("$..[*]..[*]..[*]..[*]..[*]", deep);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kLimit);
}

}  // namespace
}  // namespace slipway::expr
