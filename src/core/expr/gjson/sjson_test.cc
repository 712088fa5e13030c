#include <gtest/gtest.h>

#include "core/expr/gjson/gjson.h"

namespace slipway::expr {
namespace {

struct Row {
  std::string_view document, path, value, expected;
};

// What tidwall/sjson 1.2.5 gives.
const Row kRows[] = {
    {R"p({})p", R"p(a)p", R"p(1)p", R"p({"a":1})p"},
    {R"p({})p", R"p(a.b)p", R"p(1)p", R"p({"a":{"b":1}})p"},
    {R"p({"a":{"b":1,"c":2}})p", R"p(a.b)p", R"p("x")p", R"p({"a":{"b":"x","c":2}})p"},
    {R"p({})p", R"p(a.0)p", R"p(1)p", R"p({"a":[1]})p"},
    {R"p({})p", R"p(a.2)p", R"p(1)p", R"p({"a":[null,null,1]})p"},
    {R"p({})p", R"p(a.:2)p", R"p(1)p", R"p({"a":{"2":1}})p"},
    {R"p({})p", R"p(a.-1)p", R"p(1)p", R"p({"a":[1]})p"},
    {R"p({"a":[1]})p", R"p(a.-1)p", R"p(2)p", R"p({"a":[1,2]})p"},
    {R"p({"a":[]})p", R"p(a.-1)p", R"p(2)p", R"p({"a":[2]})p"},
    {R"p({"a":[1]})p", R"p(a.3)p", R"p(2)p", R"p({"a":[1,null,null,2]})p"},
    {R"p({"a":[]})p", R"p(a.3)p", R"p(2)p", R"p({"a":[null,null,null,2]})p"},
    {R"p({"a":[1,2]})p", R"p(a.1)p", R"p(9)p", R"p({"a":[1,9]})p"},
    {R"p({"a":5})p", R"p(a.b)p", R"p(1)p", R"p({"a":{"b":1}})p"},
    {R"p({"a":5})p", R"p(a.0)p", R"p(1)p", R"p({"a":[1]})p"},
    {R"p({"a":null})p", R"p(a.b.c)p", R"p(1)p", R"p({"a":{"b":{"c":1}}})p"},
    {R"p({"a":[1]})p", R"p(a.x)p", R"p(1)p", R"p(error)p"},
    {R"p({})p", R"p(a\.b)p", R"p(1)p", R"p({"a.b":1})p"},
    {R"p({"a.b":1})p", R"p(a\.b)p", R"p(2)p", R"p({"a.b":2})p"},
    {R"p({"l":[{"name":"x","v":1},{"name":"y","v":2}]})p", R"p(l.#(name=="y").v)p", R"p(9)p",
     R"p({"l":[{"name":"x","v":1},{"name":"y","v":9}]})p"},
    {R"p({"l":[{"name":"x","v":1}]})p", R"p(l.#(name=="z").v)p", R"p(9)p",
     R"p({"l":[{"name":"x","v":1}]})p"},
    {R"p({"l":[{"name":"x","v":1},{"name":"y","v":2}]})p", R"p(l.#.v)p", R"p(0)p",
     R"p({"l":[{"name":"x","v":0},{"name":"y","v":0}]})p"},
    {R"p({"l":[{"v":1,"k":1},{"v":2,"k":1}]})p", R"p(l.#(k==1)#.v)p", R"p(0)p",
     R"p({"l":[{"v":0,"k":1},{"v":0,"k":1}]})p"},
    {R"p({"a":1})p", R"p(*)p", R"p(2)p", R"p({"a":2})p"},
    {R"p({"a":1})p", R"p(b|c)p", R"p(2)p", R"p({"a":1})p"},
    {R"p({"a":1})p", R"p(b@c)p", R"p(2)p", R"p({"a":1})p"},
    {R"p({"spec":{"arguments":{"parameters":[{"name":"m","value":"v"}]}}})p",
     R"p(spec.arguments.parameters.0.value)p", R"p("new")p",
     R"p({"spec":{"arguments":{"parameters":[{"name":"m","value":"new"}]}}})p"},
    {R"p({"spec":{"arguments":{"parameters":[{"name":"m","value":"v"}]}}})p",
     R"p(spec.arguments.parameters.1.value)p", R"p("new")p",
     R"p({"spec":{"arguments":{"parameters":[{"name":"m","value":"v"},{"value":"new"}]}}})p"},
    {R"p({})p", R"p(a.0.b.1)p", R"p(1)p", R"p({"a":[{"b":[null,1]}]})p"},
    {R"p({"a":[[1]]})p", R"p(a.0.1)p", R"p(2)p", R"p({"a":[[1,2]]})p"},
    {R"p({})p", R"p(:1.x)p", R"p(1)p", R"p({"1":{"x":1}})p"},
    {R"p({"a":[1,2]})p", R"p(a.:1)p", R"p(5)p", R"p({"a":[1,5]})p"},
    {R"p({"a":[1]})p", R"p(a.:5)p", R"p(5)p", R"p(error)p"},
    {R"p({})p", R"p(a..b)p", R"p(1)p", R"p({"a":[{"b":1}]})p"},
    {R"p({})p", R"p(.a)p", R"p(1)p", R"p({"":{"a":1}})p"},
    {R"p({"a":{"b":{"c":1}}})p", R"p(a.b)p", R"p(null)p", R"p({"a":{"b":null}})p"},
    {R"p([1,2])p", R"p(1)p", R"p(7)p", R"p([1,7])p"},
    {R"p([1,2])p", R"p(-1)p", R"p(7)p", R"p([1,2,7])p"},
    {R"p({})p", R"p(metadata.labels.app\.kubernetes\.io/name)p", R"p("x")p",
     R"p({"metadata":{"labels":{"app.kubernetes.io/name":"x"}}})p"},
};

std::string set(std::string_view document, std::string_view path, std::string_view to) {
  json::value value = parse_json(document).value();
  const Status status = sjson_set(value, path, parse_json(to).value());
  return status.ok() ? print_json(value) : "error";
}

TEST(Sjson, GivesWhatSjsonGives) {
  for (const Row& row : kRows) {
    EXPECT_EQ(set(row.document, row.path, row.value), row.expected)
        << row.document << " path: " << row.path;
  }
}

TEST(Sjson, RefusesAndLeavesTheValueAlone) {
  json::value value = parse_json(R"({"a":[1]})").value();
  EXPECT_EQ(sjson_set(value, "", 1).error().message, "can not set '': path cannot be empty");
  EXPECT_EQ(sjson_set(value, "a.x", 1).error().message,
            "can not set 'a.x': cannot set array element for non-numeric key 'x'");
  EXPECT_EQ(sjson_set(value, "b.c.0.d.99999999", 1).error().code, ErrorCode::kLimit);
  EXPECT_EQ(sjson_set(value, "a.18446744073709551615", 1).error().code, ErrorCode::kLimit);
  EXPECT_EQ(sjson_set(value, std::string(5'000, '.'), 1).error().code, ErrorCode::kLimit);
  EXPECT_EQ(print_json(value), R"({"a":[1]})");
}

}  // namespace
}  // namespace slipway::expr
