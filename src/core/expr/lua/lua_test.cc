#include "core/expr/lua/lua.h"

#include <gtest/gtest.h>

namespace slipway::expr {
namespace {

json::value event() {
  return parse_json(R"({"body":{"n":7,"s":"x","list":[1,[2,3],null,"z"],"none":null}})").value();
}

std::string transform(std::string_view script) {
  const Result<json::value> result = run_lua_transform(script, event());
  return result.ok() ? print_json(*result) : "error: " + result.error().message;
}

bool passes(std::string_view script) {
  const Result<bool> result = run_lua_filter(script, event());
  return result.ok() && *result;
}

TEST(Lua, FilterPassesOnlyOnTrue) {
  EXPECT_TRUE(passes("return event.body.n == 7"));
  EXPECT_TRUE(passes("if event.body.s == 'x' then return true end return false"));
  EXPECT_FALSE(passes("return 1"));
  EXPECT_FALSE(passes("return 'true'"));
  EXPECT_FALSE(passes("x = 1"));
  EXPECT_TRUE(passes("return event.body.none == nil and event.body.list[2][1] == 2"));
  EXPECT_FALSE(run_lua_filter("return (", event()).ok());
  EXPECT_FALSE(run_lua_filter("error('no')", event()).ok());
}

TEST(Lua, TransformGivesTables) {
  EXPECT_EQ(transform("event.body.n = event.body.n + 1 return event.body"),
            R"({"list":[1,[2,3],"z"],"n":8,"s":"x"})");
  EXPECT_EQ(transform("return {1, 'a', {b = 2.5}}"), R"([1,"a",{"b":2.5}])");
  EXPECT_EQ(transform("return {}"), "{}");
  EXPECT_EQ(transform("return setmetatable({}, {__is_array = true})"), "[]");
  EXPECT_EQ(transform("return {z=1, y=2, a=3, m=4}"), R"({"a":3,"m":4,"y":2,"z":1})");
  EXPECT_EQ(transform("return 5"), "error: Lua: the script must return a table, not number");
}

TEST(Lua, IsSandboxed) {
  for (const std::string_view name :
       {"os", "io", "debug", "package", "require", "dofile", "loadfile", "load", "loadstring",
        "print", "collectgarbage", "string.dump", "coroutine", "math.random", "newproxy"}) {
    EXPECT_TRUE(passes("return " + std::string(name) + " == nil")) << name;
  }
  EXPECT_NE(transform("\x1bLua").find("precompiled"), std::string::npos);
}

TEST(Lua, IsBounded) {
  EXPECT_EQ(run_lua_filter("while true do end", event()).error().code, ErrorCode::kLimit);
  EXPECT_EQ(run_lua_filter("while true do pcall(function() while true do end end) end", event())
                .error()
                .code,
            ErrorCode::kLimit);
  EXPECT_EQ(run_lua_filter("local s = 'x' while true do s = s .. s end", event()).error().code,
            ErrorCode::kLimit);
  EXPECT_EQ(run_lua_filter("return string.rep('x', 1000000000) == ''", event()).error().code,
            ErrorCode::kLimit);
  EXPECT_FALSE(run_lua_filter("local function f() return f() + 1 end f()", event()).ok());
  EXPECT_NE(transform("local t = {} t.t = t return t").find("nested too deeply"),
            std::string::npos);
  json::value deep = 1;
  for (int i = 0; i < 500; ++i) deep = json::array{std::move(deep)};
  EXPECT_TRUE(run_lua_filter("return true", deep).ok());
}

}  // namespace
}  // namespace slipway::expr
