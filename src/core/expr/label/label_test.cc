#include "core/expr/label/label.h"

#include <gtest/gtest.h>

#include <map>

namespace slipway::expr {
namespace {

bool selects(std::string_view text, const std::map<std::string, std::string>& labels) {
  const auto selector = LabelSelector::parse(text);
  EXPECT_TRUE(selector.ok()) << text;
  if (!selector.ok()) return false;
  return selector->matches([&](const std::string& key) -> std::optional<std::string> {
    const auto found = labels.find(key);
    return found != labels.end() ? std::optional(found->second) : std::nullopt;
  });
}

const std::map<std::string, std::string> kLabels = {
    {"a", "b"}, {"n", "5"}, {"app.kubernetes.io/name", "x"}, {"empty", ""}};

TEST(Label, MatchesEveryOperator) {
  EXPECT_TRUE(selects("", kLabels));
  EXPECT_TRUE(selects("a=b,n==5", kLabels));
  EXPECT_FALSE(selects("a = c", kLabels));
  EXPECT_TRUE(selects("a!=c,missing!=x", kLabels));
  EXPECT_TRUE(selects("a in (x, b),a notin (c),missing notin (b)", kLabels));
  EXPECT_FALSE(selects("missing in (b)", kLabels));
  EXPECT_TRUE(selects("a,!missing,app.kubernetes.io/name=x", kLabels));
  EXPECT_TRUE(selects("n>4,n<6", kLabels));
  EXPECT_FALSE(selects("n>5", kLabels));
  EXPECT_FALSE(selects("a>5", kLabels));
  EXPECT_TRUE(selects("empty=,empty in ()", kLabels));
  EXPECT_TRUE(selects("in=x,notin", {{"in", "x"}, {"notin", ""}}));
}

TEST(Label, RefusesBadSelectors) {
  for (const char* text : {"=b", "a=b,", "a in b", "a in (b", "a b", "n>x", "!a=b", "a==b=c", "-a",
                           "a=b c", "/a", "a=-b", ","}) {
    const auto selector = LabelSelector::parse(text);
    ASSERT_FALSE(selector.ok()) << text;
    EXPECT_NE(selector.error().message.find("column"), std::string::npos);
  }
  EXPECT_FALSE(LabelSelector::parse("a=" + std::string(64, 'x')).ok());
}

}  // namespace
}  // namespace slipway::expr
