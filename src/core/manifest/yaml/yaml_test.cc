#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/limit.h"
#include "core/manifest/parse.h"
#include "core/manifest/yaml/document.h"
#include "core/manifest/yaml/text.h"

namespace slipway::manifest {
namespace {

std::string to_json_text(std::string_view yaml) {
  const auto value = parse_yaml(yaml, "t.yaml");
  return value.ok() ? print_json(value.value()) : "error: " + value.error().text();
}

TEST(Yaml, ScalarsAsGoYamlReadsThem) {
  EXPECT_EQ(to_json_text("[yes, No, on, OFF, y, n, true, False]"),
            "[true,false,true,false,true,false,true,false]");
  EXPECT_EQ(to_json_text("[yEs, yess, tRue, 'yes', \"no\"]"),
            R"(["yEs","yess","tRue","yes","no"])");
  EXPECT_EQ(to_json_text("[~, null, NULL, nULL, ]"), R"([null,null,null,"nULL"])");
  EXPECT_EQ(to_json_text("[0777, 0o17, 0x1F, 0b101, -0b11, 1_000, +5, -7, 08, 0]"),
            "[511,15,31,5,-3,1000,5,-7,8,0]");
  EXPECT_EQ(to_json_text("[1.5, .5, 1e3, -2.5e-3, 1., 6.02E+23, 1.2.3, 1e, e5, .]"),
            R"([1.5,0.5,1000,-0.0025,1,6.02e+23,"1.2.3","1e","e5","."])");
  EXPECT_EQ(to_json_text("[2001-12-14, 2001-12-14T21:59:43Z, 12:30:45, 1:30]"),
            R"(["2001-12-14","2001-12-14T21:59:43Z","12:30:45","1:30"])");
  EXPECT_EQ(to_json_text("[9223372036854775807, 9223372036854775808, 18446744073709551616, "
                         "-9223372036854775808]"),
            R"([9223372036854775807,9223372036854775808,"18446744073709551616",)"
            "-9223372036854775808]");
  EXPECT_EQ(to_json_text("[+, 0x, 0xg, 0b2, '']"), R"(["+","0x","0xg","0b2",""])");
}

TEST(Yaml, TagsAndKeys) {
  EXPECT_EQ(to_json_text("{a: !!str 12, b: !!int '7', c: !!float 3, d: !foo yes, e: ! 5}"),
            R"({"a":"12","b":7,"c":3,"d":"yes","e":"5"})");
  EXPECT_EQ(to_json_text("a: !!binary aGk="), R"({"a":"hi"})");
  EXPECT_EQ(to_json_text("a: !!binary abin"), "{\"a\":\"i\xef\xbf\xbd\xef\xbf\xbd\"}");
  EXPECT_NE(to_json_text("a: !!int x").find("1:10: \"x\" does not fit the tag !!int"),
            std::string::npos);
  EXPECT_EQ(to_json_text("1: a\ntrue: b\non: c\n"),
            "error: t.yaml:3:1: the key \"true\" is here twice; the first is at 2:1 (remove one of "
            "the two)");
  EXPECT_EQ(to_json_text("1: a\n1.5: b\non: c\n"), R"({"1":"a","1.5":"b","true":"c"})");
  EXPECT_NE(to_json_text("a: {{workflow.name}}").find("in quotes"), std::string::npos);
  EXPECT_NE(to_json_text("~: a").find("key"), std::string::npos);
  EXPECT_NE(to_json_text("a: .inf").find("no place in JSON"), std::string::npos);
}

TEST(Yaml, AnchorsAndMergeKeys) {
  EXPECT_EQ(to_json_text("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\nc: {q: 4, <<: *x}\n"),
            R"({"a":{"p":1,"q":2},"b":{"q":3,"p":1},"c":{"q":4,"p":1}})");
  EXPECT_EQ(to_json_text("- &a {k: 1}\n- &b {k: 2, l: 3}\n- {<<: [*a, *b]}\n"),
            R"([{"k":1},{"k":2,"l":3},{"k":1,"l":3}])");
  EXPECT_EQ(to_json_text("a: &x 1\nb: &x 2\nc: *x\n"), R"({"a":1,"b":2,"c":2})");
  EXPECT_EQ(to_json_text("a: {'<<': 1}"), R"({"a":{"<<":1}})");
  EXPECT_NE(to_json_text("a: *nope").find("1:4: *nope refers to an anchor"), std::string::npos);
  EXPECT_NE(to_json_text("a: &x [*x]").find("contains itself"), std::string::npos);
  EXPECT_NE(to_json_text("a: {<<: 1}").find("<< wants an object"), std::string::npos);
}

TEST(Yaml, BlockScalarsAndLongForms) {
  EXPECT_EQ(
      to_json_text("a: |\n  x\n    y\n\n  z\nb: >-\n  f\n  g\n\n  h\nc: |+\n  k\n\nd: |-\n  l\n"),
      R"({"a":"x\n  y\n\nz\n","b":"f g\nh","c":"k\n\n","d":"l"})");
  EXPECT_EQ(
      to_json_text("a: | # x |\n\n  x\n   \n\nb: |2-\n     y\n  z\nc:\n- >+\n  f\n\n   g\n  h\n\n"),
      R"({"a":"\nx\n \n","b":"   y\nz","c":["f\n\n g\nh\n\n"]})");
  EXPECT_EQ(to_json_text(" |\n a\n  b"), R"("a\n b")");
  EXPECT_EQ(to_json_text("a: |\n\n\nb: |+\n\nc: 1"), R"({"a":"","b":"\n","c":1})");
  EXPECT_EQ(to_json_text("a: |\n  x:\n  \ttab\n"), R"({"a":"x:\n\ttab\n"})");
  EXPECT_EQ(to_json_text("? a\n: b\n"), R"({"a":"b"})");
  EXPECT_EQ(to_json_text("{\"a\":1,\n\t\"b\": [true, null, \"\\ud83d\\ude00\\/\"]}"),
            R"({"a":1,"b":[true,null,"😀/"]})");
  EXPECT_EQ(to_json_text("['''''''b', 'x''''y  \n  z\n\n  w''''']"), R"(["'''b","x''y z\nw''"])");
  EXPECT_EQ(to_json_text(""), "null");

  EXPECT_EQ(to_json_text("# only\n---\n# comments\n...\n"), "null");
  EXPECT_EQ(to_json_text("a: 1\r\nb: |\r\n  x\r\n"), R"({"a":1,"b":"x\n"})");
}

TEST(Yaml, ProblemsSayWhere) {
  EXPECT_EQ(to_json_text("a:\n  b: 1\n\tc: 2\n"),
            "error: t.yaml:3:1: a tab is used for indentation, which YAML does not allow (use "
            "spaces)");
  EXPECT_EQ(to_json_text("a: b: c\n"),
            "error: t.yaml:1:5: invalid nested block mapping on the same line (put a value that "
            "holds \": \" in quotes)");
  EXPECT_EQ(to_json_text("a: 1\nb: @x\n"),
            "error: t.yaml:2:4: plain scalar cannot start with '@' (put the value in quotes)");
  EXPECT_EQ(to_json_text("r:\n  m: |\n  This\n    m: \n\n"),
            "error: t.yaml:3:1: the text after | or > is not indented further than its key (indent "
            "it by two more spaces)");
  EXPECT_EQ(to_json_text("- a: |\n   x\n  b:\n  - |\n   y\n- >\n z\n"),
            R"([{"a":"x\n","b":["y\n"]},"z\n"])");
  EXPECT_EQ(to_json_text("a: 1\n---\nb: 2\n"),
            "error: t.yaml: one YAML document is wanted here, there are 2");
  EXPECT_EQ(to_json_text("a: \xff\n"),
            "error: t.yaml:1:4: byte 0xff is not UTF-8 (save it as "
            "UTF-8)");
  EXPECT_EQ(to_json_text(std::string_view("a: 1\nb: \0", 9)),
            "error: t.yaml:2:4: there is a NUL byte in the text (save it as UTF-8 text)");
  EXPECT_NE(to_json_text("\xff\xfe"
                         "a")
                .find("UTF-16"),
            std::string::npos);
  EXPECT_EQ(to_json_text("\xef\xbb\xbf"
                         "a: 1"),
            R"({"a":1})");
  EXPECT_EQ(to_json_text("a: x\u2028\u2029y"), "{\"a\":\"x\\u2028\\u2029y\"}");
  EXPECT_NE(to_json_text("%YAML 1.1\n---\na: x\u2028\n").find("U+2028"), std::string::npos);
  EXPECT_NE(to_json_text("a: 'x").find("t.yaml:1:5: single-quoted"), std::string::npos);
}

TEST(Yaml, LimitsHold) {
  const auto code = [](std::string_view text) {
    const auto value = parse_yaml(text, "t");
    return value.ok() ? "ok" : std::string(to_string(value.error().code));
  };
  EXPECT_EQ(code(std::string(500, '[') + std::string(500, ']')), "ok");
  EXPECT_EQ(code(std::string(513, '[') + std::string(513, ']')), "limit reached");
  EXPECT_EQ(code(std::string(100'000, '[')), "limit reached");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "- ";
  EXPECT_EQ(code(deep), "limit reached");
  EXPECT_EQ(code(std::string(limit::kManifestBytes + 1, 'a')), "limit reached");
  // A billion laughs.
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += fmt::format("a{}: &a{} [", i, i);
    for (int k = 0; k < 10; ++k) bomb += fmt::format("*a{}, ", i - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(code(bomb), "limit reached");
  // Depth by aliases: each level is shallow by itself.
  std::string ladder = "a0: &a0 [x]\n";
  for (int i = 1; i < 600; ++i) ladder += fmt::format("a{}: &a{} [*a{}]\n", i, i, i - 1);
  EXPECT_EQ(code(ladder), "limit reached");
}

TEST(Yaml, DocumentsAndPositions) {
  Diagnostics diagnostics;
  const auto documents = read_yaml(
      "# first\na: 1\nlabels: {x.y/z: 2}\n---\nb: [\n...\n%YAML 1.1\n---\nc:\n  - d: 1\n    e: 2\n",
      "t.yaml", diagnostics);
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0].positions.at("a").line, 2);
  EXPECT_EQ(documents[0].positions.at("labels[\"x.y/z\"]").column, 10);
  EXPECT_EQ(documents[1].positions.at("c[0].e").line, 11);
  EXPECT_EQ(documents[1].positions.at("c[0].e").column, 5);
  ASSERT_EQ(diagnostics.size(), 1u);
  EXPECT_EQ(diagnostics[0].line, 6);
}

TEST(PrintYaml, AsKubectl) {
  const json::value value = {
      {"z", {1, 2.5, true, nullptr}},
      {"a10", "x"},
      {"a2", "{{workflow.name}}"},
      {"empty", {{"l", json::array{}}, {"o", json::object{}}, {"s", ""}}},
      {"script", "set -e\necho hi\n"},
      {"nested", {{{"k", "v"}, {"b", json::array{"c"}}}, {"q", json::array{"r"}}}},
      {"words",
       {"yes", "1", "1:30", "2001-01-01", "- x", "a: b", "it's", " lead", "# no", "a #b", "null",
        "ok", "http://x/y", "a\tb", "x\ny", " x\ny\n\n", "tail \n", "\n"}}};
  EXPECT_EQ(print_yaml(value),
            "a2: '{{workflow.name}}'\na10: x\nempty:\n  l: []\n  o: {}\n  s: \"\"\n"
            "nested:\n- b:\n  - c\n  k: v\n- - q\n  - - r\n"
            "script: |\n  set -e\n  echo hi\n"
            "words:\n- \"yes\"\n- \"1\"\n- \"1:30\"\n- \"2001-01-01\"\n- '- x'\n- 'a: b'\n- it's\n"
            "- ' lead'\n- '# no'\n- 'a #b'\n- \"null\"\n- ok\n- http://x/y\n- \"a\\tb\"\n"
            "- |-\n  x\n  y\n- |2+\n   x\n  y\n\n- \"tail \\n\"\n- |2+\n\n"
            "z:\n- 1\n- 2.5\n- true\n- null\n");
}

TEST(PrintYaml, ReadsBackWhateverItPrints) {
  // All short strings over the characters that matter, as values, as keys and in lists.
  const std::string alphabet = "a1 \n:#-'\"?,[{&*!|>%@`~=.\t<\\";
  json::object object;
  json::array list;
  for (const char a : alphabet) {
    for (const char b : alphabet) {
      for (const char c : alphabet) {
        const std::string text{a, b, c};
        object[text] = text;
        list.push_back(json::value(text));
        list.push_back(json::value(text.substr(1)));
      }
    }
  }
  for (const char* more : {"\xc2\x85", "\xe2\x80\xa8", "\xef\xbb\xbfx", "\x7f", "é\nü", "😀"}) {
    object[more] = more;
  }
  for (const double number : {1e20, 1.5e15, -1e16, 123456789012345678.0, 1e-9, 1e300, 0.1, -0.0}) {
    list.push_back(number);
  }
  const json::value value = {{"m", object}, {"l", list}};
  const auto again = parse_yaml(print_yaml(value), "printed");
  ASSERT_TRUE(again.ok()) << again.error().text();
  EXPECT_EQ(print_json(again.value(), {.sort_keys = true}), print_json(value, {.sort_keys = true}));
}

}  // namespace
}  // namespace slipway::manifest
