#include "core/expr/sprig/sprig.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace slipway::expr {
namespace {

// "function [arguments as JSON]" → the result as JSON.
std::string call(std::string_view function, std::string_view arguments) {
  const auto parsed = parse_json(arguments);
  EXPECT_TRUE(parsed.ok()) << arguments;
  const json::array& list = parsed->get_array();
  const std::vector<json::value> args(list.begin(), list.end());
  Regexes regexes;
  const auto result = call_sprig(function, args, regexes);
  return result.ok() ? print_json(*result, {.sort_keys = true})
                     : "error: " + result.error().message;
}

struct Case {
  const char* function;
  const char* arguments;
  const char* want;
};

constexpr Case kCases[] = {
    {"trim", R"([" a "])", R"("a")"},
    {"trimAll", R"(["$", "$5.00$"])", R"("5.00")"},
    {"trimSuffix", R"(["-", "a-"])", R"("a")"},
    {"repeat", R"([3, "ab"])", R"("ababab")"},
    {"substr", R"([0, 5, "hello world"])", R"("hello")"},
    {"substr", R"([-1, 99, "hello"])", R"("hello")"},
    {"trunc", R"([5, "hello world"])", R"("hello")"},
    {"trunc", R"([-5, "hello world"])", R"("world")"},
    {"abbrev", R"([5, "hello world"])", R"("he...")"},
    {"abbrevboth", R"([5, 10, "1234 5678 9123"])", R"("...5678...")"},
    {"initials", R"(["First Try"])", R"("FT")"},
    {"title", R"(["hello world"])", R"("Hello World")"},
    {"snakecase", R"(["FirstName"])", R"("first_name")"},
    {"snakecase", R"(["HTTPServer"])", R"("http_server")"},
    {"camelcase", R"(["http_server"])", R"("HttpServer")"},
    {"kebabcase", R"(["FirstName"])", R"("first-name")"},
    {"nospace", R"(["h e l l o"])", R"("hello")"},
    {"wrap", R"([5, "aa bb cc"])", R"("aa bb\ncc")"},
    {"quote", R"(["a\"b", 1, null])", R"("\"a\\\"b\" \"1\"")"},
    {"squote", R"(["a"])", R"("'a'")"},
    {"cat", R"(["a", 1, true])", R"("a 1 true")"},
    {"indent", R"([2, "a\nb"])", R"("  a\n  b")"},
    {"nindent", R"([1, "a"])", R"("\n a")"},
    {"replace", R"([" ", "-", "a b c"])", R"("a-b-c")"},
    {"plural", R"(["one", "many", 2])", R"("many")"},
    {"contains", R"(["cat", "catch"])", "true"},
    {"join", R"(["-", [1, "b"]])", R"("1-b")"},
    {"splitList", R"(["$", "a$b"])", R"(["a","b"])"},
    {"split", R"([".", "a.b"])", R"({"_0":"a","_1":"b"})"},
    {"splitn", R"(["$", 2, "a$b$c"])", R"({"_0":"a","_1":"b$c"})"},
    {"sortAlpha", R"([["b", "a"]])", R"(["a","b"])"},
    {"regexMatch", R"(["^[a-z]+$", "abc"])", "true"},
    {"regexFindAll", R"(["[2,4,6,8]", "123456789", -1])", R"(["2","4","6","8"])"},
    {"regexReplaceAll", R"(["a(x*)b", "-ab-axxb-", "${1}W"])", R"("-W-xxW-")"},
    {"regexReplaceAllLiteral", R"(["a(x*)b", "-ab-axxb-", "${1}"])", R"("-${1}-${1}-")"},
    {"regexSplit", R"(["z+", "pizza", -1])", R"(["pi","a"])"},
    {"regexQuoteMeta", R"(["1.2"])", R"("1\\.2")"},
    {"add", "[1, 2, \"3\"]", "6"},
    {"add1", "[1]", "2"},
    {"sub", "[5, 2]", "3"},
    {"div", "[5, 2]", "2"},
    {"mod", "[5, 2]", "1"},
    {"mul", "[2, 3.9]", "6"},
    {"max", "[1, 5, 2]", "5"},
    {"addf", "[0.1, 0.2]", "0.3"},
    {"ceil", "[1.2]", "2"},
    {"round", "[123.555555, 3]", "123.556"},
    {"until", "[3]", "[0,1,2]"},
    {"untilStep", "[3, 6, 2]", "[3,5]"},
    {"seq", "[0, 2, 10]", R"("0 2 4 6 8 10")"},
    {"seq", "[3]", R"("1 2 3")"},
    {"toDecimal", "[777]", "511"},
    {"int", R"(["0x1f"])", "31"},
    {"atoi", R"(["12"])", "12"},
    {"date", R"(["2006", "2021-03-04T05:06:07Z"])", R"("2021")"},
    {"dateInZone", R"(["15:04", "2021-07-04T05:06:07Z", "Europe/Zurich"])", R"("07:06")"},
    {"dateModify", R"(["-1h", "2021-03-04T05:06:07Z"])", R"("2021-03-04T04:06:07Z")"},
    {"toDate", R"(["2006-01-02", "2017-12-31"])", R"("2017-12-31T00:00:00Z")"},
    {"unixEpoch", R"(["1970-01-01T00:01:00Z"])", R"("60")"},
    {"duration", R"(["95"])", R"("1m35s")"},
    {"durationRound", R"(["2h10m5s"])", R"("2h")"},
    {"default", R"(["x", ""])", R"("x")"},
    {"coalesce", R"([0, "", 2])", "2"},
    {"ternary", R"(["yes", "no", true])", R"("yes")"},
    {"fromJson", R"(["{\"a\":1}"])", R"({"a":1})"},
    {"fromJson", R"(["{"])", "null"},
    {"toJson", R"([{"b": 1, "a": "<"}])", R"("{\"a\":\"\\u003c\",\"b\":1}")"},
    {"b64enc", R"(["hello"])", R"("aGVsbG8=")"},
    {"b64dec", R"(["aGVsbG8="])", R"("hello")"},
    {"b32enc", R"(["hello"])", R"("NBSWY3DP")"},
    {"b32dec", R"(["NBSWY3A="])", R"("hell")"},
    {"sha1sum", R"(["Hello world!"])", R"("d3486ae9136e7856bc42212385ea797094475802")"},
    {"adler32sum", R"(["Hello world!"])", R"("487130206")"},
    {"first", "[[1, 2]]", "1"},
    {"first", "[[]]", "null"},
    {"rest", "[[1, 2, 3]]", "[2,3]"},
    {"initial", "[[1, 2, 3]]", "[1,2]"},
    {"append", "[[1], 2]", "[1,2]"},
    {"prepend", "[[1], 2]", "[2,1]"},
    {"concat", "[[1], [2, 3]]", "[1,2,3]"},
    {"uniq", "[[1, 1, 2]]", "[1,2]"},
    {"without", "[[1, 2, 3], 1, 3]", "[2]"},
    {"has", "[4, [1, 4]]", "true"},
    {"compact", R"([[1, "", null, 2]])", "[1,2]"},
    {"slice", "[[1, 2, 3], 1]", "[2,3]"},
    {"chunk", "[2, [1, 2, 3]]", "[[1,2],[3]]"},
    {"dict", R"(["a", 1, "b"])", R"({"a":1,"b":""})"},
    {"get", R"([{"a": 1}, "b"])", R"("")"},
    {"dig", R"(["a", "b", "no", {"a": {"b": "yes"}}])", R"("yes")"},
    {"dig", R"(["a", "c", "no", {"a": {"b": "yes"}}])", R"("no")"},
    {"merge", R"([{"a": 1}, {"a": 2, "b": {"c": 3}}])", R"({"a":1,"b":{"c":3}})"},
    {"mergeOverwrite", R"([{"a": 1}, {"a": 2}])", R"({"a":2})"},
    {"keys", R"([{"b": 1, "a": 2}])", R"(["a","b"])"},
    {"pick", R"([{"a": 1, "b": 2}, "a"])", R"({"a":1})"},
    {"omit", R"([{"a": 1, "b": 2}, "a"])", R"({"b":2})"},
    {"pluck", R"(["a", {"a": 1}, {"b": 2}, {"a": 3}])", "[1,3]"},
    {"kindOf", R"([[1]])", R"("slice")"},
    {"typeIs", R"(["string", "x"])", "true"},
    {"deepEqual", "[[1, {}], [1, {}]]", "true"},
    {"base", R"(["a/b/c.txt"])", R"("c.txt")"},
    {"dir", R"(["a/b/c.txt"])", R"("a/b")"},
    {"clean", R"(["/a/../../b/./c/"])", R"("/b/c")"},
    {"ext", R"(["a.b/c.txt"])", R"(".txt")"},
    {"urlJoin", R"([{"scheme": "https", "host": "h:1", "path": "p", "query": "q=1"}])",
     R"("https://h:1/p?q=1")"},
    {"semverCompare", R"(["^1.2.0", "1.9.0"])", "true"},
    {"semverCompare", R"(["^1.2.0", "2.0.0"])", "false"},
    {"semverCompare", R"(["^0.2.3", "0.3.0"])", "false"},
    {"semverCompare", R"(["~1.2.3", "1.2.9"])", "true"},
    {"semverCompare", R"([">=1.2, <2 || 3.x", "3.4.5"])", "true"},
    {"semverCompare", R"(["1.2 - 2.3", "2.3.9"])", "true"},
    {"semverCompare", R"([">=1.0", "1.1.0-rc.1"])", "false"},
    {"semverCompare", R"(["<1.0.0-rc.2", "1.0.0-rc.1"])", "true"},
    {"semver", R"(["v1.2.3-a.1+b"])",
     R"({"Major":1,"Metadata":"b","Minor":2,"Original":"v1.2.3-a.1+b","Patch":3,"Prerelease":"a.1"})"},
};

TEST(Sprig, AnswersAsInGo) {
  for (const Case& c : kCases) {
    EXPECT_EQ(call(c.function, c.arguments), c.want) << c.function << " " << c.arguments;
  }
}

TEST(Sprig, ParsesUrls) {
  EXPECT_EQ(call("urlParse", R"(["http://u:p@h.example:80/a?x=1#f"])"),
            R"({"fragment":"f","host":"h.example:80","hostname":"h.example","opaque":"",)"
            R"("path":"/a","query":"x=1","scheme":"http","userinfo":"u:p"})");
}

TEST(Sprig, RefusesAndNamesTheFunction) {
  EXPECT_EQ(call("trim", "[1]"), "error: sprig trim: argument 1 must be a string");
  EXPECT_EQ(call("trim", "[]"), "error: sprig trim: not enough arguments");
  EXPECT_EQ(call("div", "[1, 0]"), "error: sprig div: integer divide by zero");
  EXPECT_EQ(call("fail", R"(["stop"])"), "error: sprig fail: stop");
  Regexes regexes;
  EXPECT_EQ(call_sprig("env", {}, regexes).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(call_sprig("nothing", {}, regexes).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(is_sprig("env"));
  EXPECT_NE(call("regexMatch", R"(["(", "x"])").find("error parsing regexp"), std::string::npos);
  EXPECT_NE(call("semverCompare", R"(["%", "1.0.0"])").find("error"), std::string::npos);
}

TEST(Sprig, BoundsItsResults) {
  EXPECT_EQ(call("repeat", R"([1000000000, "abcdefgh"])"),
            "error: sprig repeat: the result is larger than 4 MiB");
  EXPECT_EQ(call("until", "[1000000000000]"),
            "error: sprig until: the result is larger than 4 MiB");
  EXPECT_EQ(call("seq", "[1, 9000000000000000000]"),
            "error: sprig seq: the result is larger than 4 MiB");
}

TEST(Sprig, ListsItsNamesOnceAndSorted) {
  const auto names = sprig_names();
  EXPECT_GT(names.size(), 150u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  EXPECT_TRUE(is_sprig(names.front()) && is_sprig(names.back()));
}

}  // namespace
}  // namespace slipway::expr
