#include "core/expr/patch/patch.h"

#include <gtest/gtest.h>

namespace slipway::expr {
namespace {

json::value parse(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? *value : json::value();
}

std::string shown(const Result<json::value>& result) {
  return result.ok() ? print_json(*result, {.sort_keys = true})
                     : "error: " + result.error().message;
}

struct Case {
  const char* target;
  const char* patch;
  const char* want;
};

TEST(MergePatch, FollowsRfc7386) {
  constexpr Case kCases[] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"foo"})", "null", "null"},
      {R"({"e":null})", R"({"a":1})", R"({"a":1,"e":null})"},
      {"[1,2]", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {"{}", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(shown(merge_patch(parse(c.target), parse(c.patch))), c.want) << c.patch;
  }
}

TEST(JsonPatch, FollowsRfc6902) {
  constexpr Case kCases[] = {
      {R"({"a":1})", R"([{"op":"add","path":"/b","value":2}])", R"({"a":1,"b":2})"},
      {R"({"a":[1,2]})", R"([{"op":"add","path":"/a/1","value":9}])", R"({"a":[1,9,2]})"},
      {R"({"a":[1]})", R"([{"op":"add","path":"/a/-","value":9}])", R"({"a":[1,9]})"},
      {R"({"a":1,"b":2})", R"([{"op":"remove","path":"/a"}])", R"({"b":2})"},
      {R"({"a":[1,2]})", R"([{"op":"remove","path":"/a/0"}])", R"({"a":[2]})"},
      {R"({"a":1})", R"([{"op":"replace","path":"/a","value":[]}])", R"({"a":[]})"},
      {R"({"a":{"x":1}})", R"([{"op":"move","from":"/a/x","path":"/b"}])", R"({"a":{},"b":1})"},
      {R"({"a":[1,2]})", R"([{"op":"move","from":"/a/0","path":"/a/1"}])", R"({"a":[2,1]})"},
      {R"({"a":{"x":1}})", R"([{"op":"copy","from":"/a","path":"/b"}])",
       R"({"a":{"x":1},"b":{"x":1}})"},
      {R"({"a/b":{"~":1}})", R"([{"op":"replace","path":"/a~1b/~0","value":2}])",
       R"({"a/b":{"~":2}})"},
      {R"({"a":1})", R"([{"op":"test","path":"/a","value":1.0},{"op":"remove","path":"/a"}])",
       "{}"},
      {R"({"a":1})", R"([{"op":"add","path":"","value":3}])", "3"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(shown(json_patch(parse(c.target), parse(c.patch).get_array())), c.want) << c.patch;
  }
}

TEST(JsonPatch, RefusesAndSaysWhichOperation) {
  for (const char* patch : {
           R"([{"op":"remove","path":"/x"}])",
           R"([{"op":"replace","path":"/x","value":1}])",
           R"([{"op":"add","path":"/x/y","value":1}])",
           R"([{"op":"add","path":"/l/5","value":1}])",
           R"([{"op":"add","path":"/l/01","value":1}])",
           R"([{"op":"add","path":"a","value":1}])",
           R"([{"op":"add","path":"/~2","value":1}])",
           R"([{"op":"add","path":"/a"}])",
           R"([{"op":"test","path":"/a","value":2}])",
           R"([{"op":"move","from":"/l","path":"/l/0"}])",
           R"([{"op":"nope","path":"/a"}])",
           R"([{"op":"add"}])",
           "[5]",
       }) {
    const auto result = json_patch(parse(R"({"a":1,"l":[1]})"), parse(patch).get_array());
    ASSERT_FALSE(result.ok()) << patch;
    EXPECT_NE(result.error().message.find("operation 1"), std::string::npos) << patch;
  }
  json::array doubling;
  for (int i = 0; i < 60; ++i) {
    doubling.push_back(parse(R"({"op":"copy","from":"","path":"/x"})"));
  }
  const auto result = json_patch(parse(R"({"a":"some text"})"), doubling);
  EXPECT_TRUE(result.ok() || result.error().code == ErrorCode::kLimit);
}

TEST(StrategicMerge, MergesListsByKey) {
  constexpr Case kCases[] = {
      {R"({"containers":[{"name":"main","image":"a"},{"name":"wait"}]})",
       R"({"containers":[{"name":"main","resources":{"limits":{"cpu":1}}}]})",
       R"({"containers":[{"image":"a","name":"main","resources":{"limits":{"cpu":1}}},{"name":"wait"}]})"},
      {R"({"containers":[{"name":"a","env":[{"name":"X","value":"1"}],"args":["1","2"]}]})",
       R"({"containers":[{"name":"a","env":[{"name":"Y","value":"2"},{"name":"X","value":"3"}],"args":["9"]}]})",
       R"({"containers":[{"args":["9"],"env":[{"name":"X","value":"3"},{"name":"Y","value":"2"}],"name":"a"}]})"},
      {R"({"containers":[{"name":"a"},{"name":"b"}]})",
       R"({"containers":[{"name":"a","$patch":"delete"}]})", R"({"containers":[{"name":"b"}]})"},
      {R"({"volumes":[{"name":"a"},{"name":"b"}]})",
       R"({"volumes":[{"$patch":"replace"},{"name":"c"}]})", R"({"volumes":[{"name":"c"}]})"},
      {R"({"volumes":[{"name":"v","emptyDir":{}}]})",
       R"({"volumes":[{"name":"v","hostPath":{"path":"/x"},"$retainKeys":["name","hostPath"]}]})",
       R"({"volumes":[{"hostPath":{"path":"/x"},"name":"v"}]})"},
      {R"({"nodeSelector":{"a":"1","b":"2"}})", R"({"nodeSelector":{"$patch":"replace","c":"3"}})",
       R"({"nodeSelector":{"c":"3"}})"},
      {R"({"a":1,"b":{"c":1}})", R"({"a":null,"b":{"c":null,"d":null}})", R"({"b":{}})"},
      {"{}", R"({"spec":{"a":null,"containers":[{"name":"x","image":null}]}})",
       R"({"spec":{"containers":[{"name":"x"}]}})"},
      {R"({"tolerations":[{"key":"a"}]})", R"({"tolerations":[{"key":"b"}]})",
       R"({"tolerations":[{"key":"b"}]})"},
      {R"({"finalizers":["a"]})", R"({"finalizers":["b","a"]})", R"({"finalizers":["a","b"]})"},
      {R"({"finalizers":["a","b"]})", R"({"$deleteFromPrimitiveList/finalizers":["a"]})",
       R"({"finalizers":["b"]})"},
      {R"({"containers":[{"name":"a"},{"name":"b"}]})",
       R"({"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"a","image":"x"}]})",
       R"({"containers":[{"name":"b"},{"image":"x","name":"a"}]})"},
      {R"({"volumeClaimTemplates":[{"metadata":{"name":"w"},"spec":{"a":1}}]})",
       R"({"volumeClaimTemplates":[{"metadata":{"name":"w"},"spec":{"b":2}}]})",
       R"({"volumeClaimTemplates":[{"metadata":{"name":"w"},"spec":{"a":1,"b":2}}]})"},
      {R"({"templates":[{"name":"t","inputs":{"parameters":[{"name":"p","value":"1"}]}}]})",
       R"({"templates":[{"name":"t","inputs":{"parameters":[{"name":"q","value":"2"}]}}]})",
       R"({"templates":[{"inputs":{"parameters":[{"name":"p","value":"1"},{"name":"q","value":"2"}]},"name":"t"}]})"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(shown(strategic_merge(parse(c.target), parse(c.patch))), c.want) << c.patch;
  }
}

TEST(StrategicMerge, RefusesWhatItCannotPlace) {
  for (const char* patch : {
           R"({"containers":[{"image":"x"}]})",
           R"({"containers":[{"name":"x"},5]})",
           R"({"spec":{"$patch":"nope"}})",
           R"({"spec":{"$patch":1}})",
           R"({"$retainKeys":1})",
           R"({"$setElementOrder/containers":1})",
           "[1]",
       }) {
    EXPECT_FALSE(strategic_merge(parse(R"({"containers":[],"spec":{}})"), parse(patch)).ok())
        << patch;
  }
}

}  // namespace
}  // namespace slipway::expr
