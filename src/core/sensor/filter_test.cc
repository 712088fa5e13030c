#include "core/sensor/filter.h"

#include "core/sensor/sensor_fixture.h"

namespace slipway::sensor {
namespace {

using namespace fixture;

std::string data_filter(std::string_view members, std::string_view more = "") {
  return R"("filters":{"data":[{)" + std::string(members) + "}]" + std::string(more) + "}";
}

bool data(std::string_view members, std::string_view document) {
  return passes(data_filter(members), document);
}

TEST(DataFilter, Strings) {
  constexpr auto kEvent = R"({"body":{"action":"closed","l":[{"n":"a"},{"n":"b"}],"h":["pull"]}})";
  EXPECT_TRUE(data(R"("path":"body.action","type":"string","value":["closed"])", kEvent));
  EXPECT_TRUE(data(R"("path":"body.action","type":"string","value":["open","^clos"])", kEvent));
  EXPECT_FALSE(data(R"("path":"body.action","type":"string","value":["^close$"])", kEvent));
  EXPECT_TRUE(
      data(R"("path":"body.l.#.n","type":"string","value":["^\\[\"a\",\"b\"\\]$"])", kEvent));
  EXPECT_FALSE(data(R"("path":"body.h","type":"string","value":["^pull$"])", kEvent));
  EXPECT_TRUE(data(R"("path":"body.h.0","type":"string","value":["^pull$"])", kEvent));
  EXPECT_FALSE(data(R"("path":"body.action","type":"string","value":["("])", kEvent));
  EXPECT_FALSE(
      data(R"("path":"body.action","type":"string","comparator":">","value":["a"])", kEvent));
  EXPECT_TRUE(
      data(R"("path":"body.action","type":"string","comparator":"!=","value":["open"])", kEvent));
}

TEST(DataFilter, NotEqualWithAListMeansNoneOfThem) {
  constexpr auto kFilter = R"("path":"a","type":"string","comparator":"!=","value":["x","y"])";
  EXPECT_FALSE(data(kFilter, R"({"a":"x"})"));
  EXPECT_TRUE(data(kFilter, R"({"a":"z"})"));
}

TEST(DataFilter, Numbers) {
  EXPECT_TRUE(data(R"("path":"n","type":"number","comparator":">=","value":["5"])", R"({"n":5})"));
  EXPECT_FALSE(
      data(R"("path":"n","type":"number","comparator":">","value":["5"])", R"({"n":"5"})"));
  EXPECT_TRUE(
      data(R"("path":"n","type":"number","comparator":"<","value":["5"])", R"({"n":"abc"})"));
  EXPECT_TRUE(data(R"("path":"n","type":"number","value":["1","2"])", R"({"n":2.0})"));
  EXPECT_FALSE(data(R"("path":"n","type":"number","value":["x"])", R"({"n":2})"));
  EXPECT_FALSE(data(R"("path":"n","type":"number","comparator":"~","value":["2"])", R"({"n":2})"));
}

TEST(DataFilter, Bools) {
  EXPECT_TRUE(data(R"("path":"b","type":"bool","value":["true"])", R"({"b":true})"));
  EXPECT_TRUE(data(R"("path":"b","type":"bool","value":["T"])", R"({"b":"TRUE"})"));
  EXPECT_TRUE(data(R"("path":"b","type":"bool","value":["false"])", R"({"b":null})"));
  EXPECT_TRUE(data(R"("path":"b","type":"bool","value":["false"])", R"({"b":{}})"));
  EXPECT_FALSE(data(R"("path":"b","type":"bool","value":["yes"])", R"({"b":true})"));
}

TEST(DataFilter, MissingPathFailsAndSaysSo) {
  const std::string text =
      trace(data_filter(R"("path":"x.y","type":"string","value":["a"])"), "{}");
  EXPECT_NE(text.find(R"("outcome":"filtered")"), std::string::npos);
  EXPECT_NE(text.find("path 'x.y' does not exist"), std::string::npos);
}

TEST(DataFilter, TemplateShapesTheValue) {
  EXPECT_TRUE(data(
      R"t("path":"a","type":"string","template":"{{printf \"%s!\" .Input}}","value":["^x!$"])t",
      R"({"a":"x"})"));
  EXPECT_FALSE(
      data(R"("path":"a","type":"string","template":"{{.Nope}}","value":["."])", R"({"a":"x"})"));
}

TEST(DataFilter, OrNeedsOne) {
  const std::string both = R"("filters":{"dataLogicalOperator":"or","data":[
    {"path":"a","type":"string","value":["1"]},{"path":"b","type":"string","value":["1"]}]})";
  EXPECT_TRUE(passes(both, R"({"b":"1"})"));
  EXPECT_FALSE(passes(both, R"({"b":"2"})"));
  EXPECT_FALSE(passes(both, R"({})"));
}

TEST(ExprFilter, EvaluatesFields) {
  constexpr auto kFilter = R"("filters":{"exprs":[{"expr":"a == 'x' && n > 3",
    "fields":[{"name":"a","path":"body.a"},{"name":"n","path":"body.n"}]}]})";
  EXPECT_TRUE(passes(kFilter, R"({"body":{"a":"x","n":4}})"));
  EXPECT_FALSE(passes(kFilter, R"({"body":{"a":"x","n":3}})"));
  EXPECT_FALSE(passes(kFilter, R"({"body":{"a":"x"}})"));
  EXPECT_NE(trace(kFilter, R"({"body":{"a":"x","n":3}})").find(R"({\"a\":\"x\",\"n\":3})"),
            std::string::npos);
}

TEST(Filter, FamiliesJoin) {
  const std::string families = R"("context":{"type":"github"},
    "data":[{"path":"a","type":"string","value":["1"]}])";
  EXPECT_TRUE(passes("\"filters\":{" + families + "}", R"({"a":"1"})"));
  EXPECT_FALSE(passes("\"filters\":{" + families + "}", R"({"a":"2"})"));
  // A family that can not be decided is false; another one may still pass.
  EXPECT_TRUE(passes("\"filtersLogicalOperator\":\"or\",\"filters\":{" + families + "}", "{}"));
  EXPECT_TRUE(passes("\"filters\":{}", "{}"));
}

TEST(Filter, ContextIsExact) {
  EXPECT_FALSE(passes(R"("filters":{"context":{"type":"git"}})", "{}"));
  EXPECT_TRUE(passes(R"("filters":{"context":{"source":"gh","subject":"pr"}})", "{}"));
}

TEST(Filter, TimeWindows) {
  // 1700000000 is 2023-11-14T22:13:20Z.
  const auto window = [](std::string_view start, std::string_view stop,
                         std::string_view zone = "UTC") {
    return passes(R"("filters":{"time":{"start":")" + std::string(start) + R"(","stop":")" +
                      std::string(stop) + R"(","timezone":")" + std::string(zone) + R"("}})",
                  "{}");
  };
  EXPECT_TRUE(window("22:13:20", "22:13:21"));
  EXPECT_FALSE(window("22:13:21", "23:00:00"));
  EXPECT_FALSE(window("22:00:00", "22:13:20"));
  EXPECT_TRUE(window("20:00:00", "06:00:00"));
  EXPECT_TRUE(window("07:00:00", "08:00:00", "Asia/Tokyo"));
  EXPECT_FALSE(window("7:00:00", "08:00:00"));
  EXPECT_FALSE(window("07:00:00", "08:00:00", "Mars/Base"));
}

TEST(Filter, ScriptAndTransform) {
  EXPECT_TRUE(passes(R"("filters":{"script":"return event.a == 1"})", R"({"a":1})"));
  EXPECT_FALSE(passes(R"x("filters":{"script":"return os.exit()"})x", R"({"a":1})"));
  EXPECT_FALSE(passes(R"("filters":{"script":"return true"})", "[1]"));
  constexpr auto kJq = R"x("transform":{"jq":"{z:.a,b:1}"},"filters":{"data":[
    {"path":"z","type":"string","value":["^q$"]}]})x";
  EXPECT_TRUE(passes(kJq, R"({"a":"q"})"));
  EXPECT_FALSE(passes(R"("transform":{"jq":".a"})", R"({"a":"q"})"));
  constexpr auto kLua = R"x("transform":{"script":"event.n = 2 return event"},"filters":{"data":[
    {"path":"n","type":"number","value":["2"]}]})x";
  EXPECT_TRUE(passes(kLua, "{}"));
  EXPECT_FALSE(passes(R"x("transform":{"script":"error('x')"})x", "{}"));
}

TEST(Filter, TraceShortensValues) {
  const std::string text = trace(data_filter(R"("path":"a","type":"string","value":["."])"),
                                 "{\"a\":\"" + std::string(5'000, 'x') + "\"}");
  EXPECT_LT(text.size(), 1'000u);
  EXPECT_NE(text.find("xxx..."), std::string::npos);
}

}  // namespace
}  // namespace slipway::sensor
