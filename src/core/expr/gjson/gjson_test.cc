#include "core/expr/gjson/gjson.h"

#include <gtest/gtest.h>

#include "core/expr/gjson/number.h"

namespace slipway::expr {
namespace {

constexpr std::string_view kDocument =
    R"p({"name":{"first":"Tom","last":"Anderson"},"age":37,"pi":3.5,"big":12345678901234567890,"nil":null,"yes":true,"no":false,"children":["Sara","Alex","Jack"],"fav.movie":"Deer Hunter","app.kubernetes.io/name":"x","a|b":"pipe","friends":[{"first":"Dale","last":"Murphy","age":44,"nets":["ig","fb","tw"],"vip":true},{"first":"Roger","last":"Craig","age":68,"nets":["fb","tw"]},{"first":"Jane","last":"Murphy","age":47,"nets":["ig","tw"],"vip":"false"}],"nested":[[1,2],[3,[4,5]],[]],"mixed":[1,"a",null,true,{"x":1}],"group":{"id":[1,2],"val":["a","b","c"]},"html":"<a&b>","text":"{\"in\":[1,2]}","empty":{},"labels":[{"name":"bug"},{"name":"ci"}],"headers":{"X-Github-Event":["push"]},"star*key":1,"":"blank"})p"
    R"p()p";

json::value document() { return parse_json(kDocument).value(); }

std::string get(const json::value& value, std::string_view path) {
  const std::optional<json::value> found = gjson_get(value, path);
  return found ? print_json(*found) : "-";
}

struct Row {
  std::string_view path, expected;  // "-": nothing there
};

// What tidwall/gjson 1.19 gives for the same document and path.
const Row kRows[] = {
    {R"p(name.first)p", R"p("Tom")p"},
    {R"p(name)p", R"p({"first":"Tom","last":"Anderson"})p"},
    {R"p(name.last.x)p", R"p(-)p"},
    {R"p(age)p", R"p(37)p"},
    {R"p(pi)p", R"p(3.5)p"},
    {R"p(nil)p", R"p(null)p"},
    {R"p(children)p", R"p(["Sara","Alex","Jack"])p"},
    {R"p(children.1)p", R"p("Alex")p"},
    {R"p(children.9)p", R"p(-)p"},
    {R"p(children.#)p", R"p(3)p"},
    {R"p(children.-1)p", R"p(-)p"},
    {R"p(child*.2)p", R"p("Jack")p"},
    {R"p(c?ildren.0)p", R"p("Sara")p"},
    {R"p(fav\.movie)p", R"p("Deer Hunter")p"},
    {R"p(fav.movie)p", R"p(-)p"},
    {R"p(app\.kubernetes\.io/name)p", R"p("x")p"},
    {R"p(a\|b)p", R"p("pipe")p"},
    {R"p(star\*key)p", R"p(1)p"},
    {R"p(friends.#)p", R"p(3)p"},
    {R"p(friends.#.first)p", R"p(["Dale","Roger","Jane"])p"},
    {R"p(friends.#.missing)p", R"p([])p"},
    {R"p(friends.#.nets)p", R"p([["ig","fb","tw"],["fb","tw"],["ig","tw"]])p"},
    {R"p(friends.#.nets.0)p", R"p(["ig","fb","ig"])p"},
    {R"p(friends.#.nets.#)p", R"p([3,2,2])p"},
    {R"p(friends.#(last=="Murphy"))p",
     R"p({"first":"Dale","last":"Murphy","age":44,"nets":["ig","fb","tw"],"vip":true})p"},
    {R"p(friends.#(last=="Murphy").first)p", R"p("Dale")p"},
    {R"p(friends.#(last=="Murphy")#.first)p", R"p(["Dale","Jane"])p"},
    {R"p(friends.#(last=="Murphy")#)p",
     R"p([{"first":"Dale","last":"Murphy","age":44,"nets":["ig","fb","tw"],"vip":true},{"first":"Jane","last":"Murphy","age":47,"nets":["ig","tw"],"vip":"false"}])p"},
    {R"p(friends.#(age>45)#.last)p", R"p(["Craig","Murphy"])p"},
    {R"p(friends.#(age>=47)#.first)p", R"p(["Roger","Jane"])p"},
    {R"p(friends.#(age<45).first)p", R"p("Dale")p"},
    {R"p(friends.#(age!=44)#.age)p", R"p([68,47])p"},
    {R"p(friends.#(first%"D*").last)p", R"p("Murphy")p"},
    {R"p(friends.#(first!%"D*").last)p", R"p("Craig")p"},
    {R"p(friends.#(nets.#(=="fb"))#.first)p", R"p(["Dale","Roger"])p"},
    {R"p(friends.#(nets.#(=="none"))#.first)p", R"p([])p"},
    {R"p(friends.#(vip==~true)#.first)p", R"p(["Dale"])p"},
    {R"p(friends.#(vip==~false)#.first)p", R"p(["Roger","Jane"])p"},
    {R"p(friends.#(vip==~null)#.first)p", R"p(["Roger"])p"},
    {R"p(friends.#(vip==~*)#.first)p", R"p(["Dale","Jane"])p"},
    {R"p(friends.#(vip)#.first)p", R"p(["Dale","Jane"])p"},
    {R"p(friends.#(zzz)#)p", R"p([])p"},
    {R"p(friends.#(zzz))p", R"p(-)p"},
    {R"p(friends.#(first="Dale").nets.#(="fb"))p", R"p("fb")p"},
    {R"p(friends.1.nets|0)p", R"p("fb")p"},
    {R"p(friends|0.first)p", R"p("Dale")p"},
    {R"p(friends.#.first|0)p", R"p("Dale")p"},
    {R"p(friends.#.first|@reverse)p", R"p(["Jane","Roger","Dale"])p"},
    {R"p(friends.#(age>45)#|0)p",
     R"p({"first":"Roger","last":"Craig","age":68,"nets":["fb","tw"]})p"},
    {R"p(friends.#(age>45)#.nets.0)p", R"p(["fb","ig"])p"},
    {R"p(friends.#(age>45)#|#)p", R"p(2)p"},
    {R"p(friends.#(age>45)#|#.first)p", R"p(["Roger","Jane"])p"},
    {R"p(children.#(%"*a*")#)p", R"p(["Sara","Jack"])p"},
    {R"p(children.#(!="Sara")#)p", R"p(["Alex","Jack"])p"},
    {R"p(children.#(>"B")#)p", R"p(["Sara","Jack"])p"},
    {R"p(nested.0.1)p", R"p(2)p"},
    {R"p(nested.1.1.0)p", R"p(4)p"},
    {R"p(nested.#.0)p", R"p([1,3])p"},
    {R"p(nested.@flatten)p", R"p([1,2,3,[4,5]])p"},
    {R"p(nested|@flatten:{"deep":true})p", R"p([1,2,3,4,5])p"},
    {R"p(children.@reverse)p", R"p(["Jack","Alex","Sara"])p"},
    {R"p(children|@reverse|0)p", R"p("Jack")p"},
    {R"p(name.@keys)p", R"p(["first","last"])p"},
    {R"p(name.@values)p", R"p(["Tom","Anderson"])p"},
    {R"p(name.@reverse)p", R"p({"last":"Anderson","first":"Tom"})p"},
    {R"p(mixed.@keys)p", R"p([null,null,null,null,null])p"},
    {R"p(@this)p",
     R"p({"name":{"first":"Tom","last":"Anderson"},"age":37,"pi":3.5,"big":12345678901234567890,"nil":null,"yes":true,"no":false,"children":["Sara","Alex","Jack"],"fav.movie":"Deer Hunter","app.kubernetes.io/name":"x","a|b":"pipe","friends":[{"first":"Dale","last":"Murphy","age":44,"nets":["ig","fb","tw"],"vip":true},{"first":"Roger","last":"Craig","age":68,"nets":["fb","tw"]},{"first":"Jane","last":"Murphy","age":47,"nets":["ig","tw"],"vip":"false"}],"nested":[[1,2],[3,[4,5]],[]],"mixed":[1,"a",null,true,{"x":1}],"group":{"id":[1,2],"val":["a","b","c"]},"html":"<a&b>","text":"{\"in\":[1,2]}","empty":{},"labels":[{"name":"bug"},{"name":"ci"}],"headers":{"X-Github-Event":["push"]},"star*key":1,"":"blank"})p"},
    {R"p(@this.age)p", R"p(37)p"},
    {R"p(name.@this.first)p", R"p("Tom")p"},
    {R"p(friends.@join)p",
     R"p({"first":"Jane","last":"Murphy","age":47,"nets":["ig","tw"],"vip":"false"})p"},
    {R"p(group.@group)p", R"p([{"id":1,"val":"a"},{"id":2,"val":"b"},{"val":"c"}])p"},
    {R"p(html)p", R"p("<a&b>")p"},
    {R"p(text.@fromstr)p", R"p({"in":[1,2]})p"},
    {R"p(text.@fromstr.in.1)p", R"p(2)p"},
    {R"p(name.@tostr)p", R"p("{\"first\":\"Tom\",\"last\":\"Anderson\"}")p"},
    {R"p(@dig:name)p", R"p([{"first":"Tom","last":"Anderson"},"bug","ci"])p"},
    {R"p({name.first,age})p", R"p({"first":"Tom","age":37})p"},
    {R"p({"a":name.first,"b":age,missing})p", R"p({"a":"Tom","b":37})p"},
    {R"p([name.first,age,missing])p", R"p(["Tom",37])p"},
    {R"p([name.first,,age])p", R"p(["Tom","blank",37])p"},
    {R"p({friends.0.first,"list":friends.#.age})p", R"p({"first":"Dale","list":[44,68,47]})p"},
    {R"p([friends.0.first,friends.1.first].1)p", R"p("Roger")p"},
    {R"p([friends.0.first,friends.1.first]|@reverse)p", R"p(["Roger","Dale"])p"},
    {R"p(friends.0.{first,last})p", R"p({"first":"Dale","last":"Murphy"})p"},
    {R"p(friends.#.{first,age})p",
     R"p([{"first":"Dale","age":44},{"first":"Roger","age":68},{"first":"Jane","age":47}])p"},
    {R"p(friends.#.[first,age])p", R"p([["Dale",44],["Roger",68],["Jane",47]])p"},
    {R"p(name.{first,"x":last}.x)p", R"p("Anderson")p"},
    {R"p({"k":name.@this})p", R"p({"k":{"first":"Tom","last":"Anderson"}})p"},
    {R"p(!"hello")p", R"p("hello")p"},
    {R"p(!5)p", R"p(5)p"},
    {R"p({"static":!"v",age})p", R"p({"static":"v","age":37})p"},
    {R"p(*.first)p", R"p("Tom")p"},
    {R"p(n*.f*)p", R"p("Tom")p"},
    {R"p(empty)p", R"p({})p"},
    {R"p(empty.x)p", R"p(-)p"},
    {R"p(labels.#.name)p", R"p(["bug","ci"])p"},
    {R"p(labels.#(name=="bug").name)p", R"p("bug")p"},
    {R"p(labels.#(name=="ci")|name)p", R"p("ci")p"},
    {R"p(headers.X-Github-Event)p", R"p(["push"])p"},
    {R"p(headers.X-Github-Event.0)p", R"p("push")p"},
    {R"p(..0.age)p", R"p(37)p"},
    {R"p(..#)p", R"p(1)p"},
    {R"p(..#.age)p", R"p([37])p"},
    {R"p(age.x)p", R"p(-)p"},
    {R"p(children.0.x)p", R"p(-)p"},
    {R"p(mixed.4.x)p", R"p(1)p"},
    {R"p(mixed.#(x==1).x)p", R"p(1)p"},
    {R"p(mixed.#.x)p", R"p([1])p"},
    {R"p(friends.#.missing.deep)p", R"p([])p"},
    {R"p(friends.[0)p", R"p(-)p"},
    {R"p(friends.#()p", R"p(-)p"},
    {R"p(friends.#(last==)p", R"p(-)p"},
    {R"p(.age)p", R"p(-)p"},
    {R"p(name.)p", R"p(-)p"},
    {R"p(name..first)p", R"p(-)p"},
    {R"p(|age)p", R"p(-)p"},
    {R"p(name|)p", R"p(-)p"},
    {R"p(@nomod)p", R"p(-)p"},
    {R"p(@nomod.x)p", R"p(-)p"},
    {R"p(children.@nomod)p", R"p(-)p"},
    {R"p(*)p", R"p({"first":"Tom","last":"Anderson"})p"},
    {R"p(friends.0.*)p", R"p("Dale")p"},
    {R"p(friends.*.first)p", R"p(-)p"},
    {R"p(yes)p", R"p(true)p"},
    {R"p(no)p", R"p(false)p"},
    {R"p(friends.#(age=="44").first)p", R"p("Dale")p"},
    {R"p(friends.#(age==44.0).first)p", R"p("Dale")p"},
    {R"p(friends.#(first<"E")#.first)p", R"p(["Dale"])p"},
    {R"p(mixed.#(==true))p", R"p(true)p"},
    {R"p(mixed.#(=="a"))p", R"p("a")p"},
    {R"p(mixed.#(==null))p", R"p(-)p"},
    {R"p(friends.#.vip)p", R"p([true,"false"])p"},
    {R"p(friends.0.nets.@join)p", R"p({})p"},
    {R"p(name.first.@tostr)p", R"p("\"Tom\"")p"},
    {R"p(yes.@valid)p", R"p(true)p"},
    {R"p({})p", R"p({"":"blank"})p"},
    {R"p([])p", R"p(["blank"])p"},
    {R"p(age|@tostr)p", R"p("37")p"},
    {R"p(friends.01.first)p", R"p("Roger")p"},
};

TEST(Gjson, GivesWhatGjsonGives) {
  const json::value value = document();
  for (const Row& row : kRows) {
    EXPECT_EQ(get(value, row.path), row.expected) << "path: " << row.path;
  }
}

TEST(Gjson, StringOfEachType) {
  const auto text = [](std::string_view json) { return gjson_string(parse_json(json).value()); };
  EXPECT_EQ(text("\"a<b\""), "a<b");
  EXPECT_EQ(text("12"), "12");
  EXPECT_EQ(text("9007199254740993"), "9007199254740993");
  EXPECT_EQ(text("1.50"), "1.5");
  EXPECT_EQ(text("1e21"), "1000000000000000000000");
  EXPECT_EQ(text("true"), "true");
  EXPECT_EQ(text("null"), "");
  EXPECT_EQ(text(R"({"a": "<&>"})"), R"({"a":"\u003c\u0026\u003e"})");
  EXPECT_EQ(text("[1, 2]"), "[1,2]");
}

TEST(Gjson, NumberAndBoolOfEachType) {
  EXPECT_EQ(gjson_number("12.5"), 12.5);
  EXPECT_EQ(gjson_number("abc"), 0);
  EXPECT_EQ(gjson_number(true), 1);
  EXPECT_EQ(gjson_number(nullptr), 0);
  EXPECT_TRUE(gjson_bool("TRUE"));
  EXPECT_TRUE(gjson_bool("1"));
  EXPECT_FALSE(gjson_bool("yes"));
  EXPECT_FALSE(gjson_bool(json::object()));
  EXPECT_TRUE(gjson_bool(-2));
}

TEST(Gjson, HostilePathsEnd) {
  const json::value value = document();
  EXPECT_EQ(get(value, std::string(100'000, '.')), "-");
  EXPECT_EQ(get(value, std::string(100'000, '[')), "-");
  std::string pipes = "@this", twice = "@this", quoted = "@tostr";
  for (int i = 0; i < 5'000; ++i) pipes += "|@this";
  for (int i = 0; i < 60; ++i) twice += "|[@this,@this]";
  for (int i = 0; i < 200; ++i) quoted += "|@tostr";
  EXPECT_EQ(get(value, pipes), "-");
  gjson_get(value, twice);
  gjson_get(value, quoted);
  std::string queries;
  for (int i = 0; i < 5'000; ++i) queries += "friends.#(";
  EXPECT_EQ(get(value, queries), "-");
  EXPECT_EQ(get(value, "name.*" + std::string(2'000, '*') + "x"), "-");
}

TEST(GoNumber, ReadsAndPrintsAsStrconv) {
  EXPECT_EQ(parse_go_float("1e3"), 1000);
  EXPECT_EQ(parse_go_float("+.5"), 0.5);
  EXPECT_EQ(parse_go_float("5."), 5);
  EXPECT_FALSE(parse_go_float(""));
  EXPECT_FALSE(parse_go_float("1 "));
  EXPECT_FALSE(parse_go_float("--1"));
  EXPECT_FALSE(parse_go_float("1e999"));
  EXPECT_EQ(format_go_float(1234567), "1.234567e+06");
  EXPECT_EQ(format_go_float(0.00001), "1e-05");
  EXPECT_EQ(format_go_float(100000), "100000");
  EXPECT_EQ(format_go_fixed(1e-7), "0.0000001");
}

}  // namespace
}  // namespace slipway::expr
