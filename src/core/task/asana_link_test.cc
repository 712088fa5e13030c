#include "core/task/asana_link.h"

#include <gtest/gtest.h>

#include <regex>

namespace slipway::task {
namespace {

using Gids = std::vector<std::string>;

struct Form {
  const char* text;
  Gids gids;
};

const Form kForms[] = {
    {"https://app.asana.com/0/1200000000000001/1200000000000002", {"1200000000000002"}},
    {"https://app.asana.com/0/1200000000000001/1200000000000002/f", {"1200000000000002"}},
    {"http://app.asana.com/0/0/1200000000000002", {"1200000000000002"}},
    {"https://app.asana.com/0/search/123/1200000000000002", {"1200000000000002"}},
    {"https://app.asana.com/0/inbox/55/1200000000000002/9", {"1200000000000002"}},
    {"https://app.asana.com/0/home/55/1200000000000002", {"1200000000000002"}},
    {"https://app.asana.com/1/99/project/77/task/1200000000000002", {"1200000000000002"}},
    {"https://app.asana.com/1/99/project/77/task/1200000000000002/comment/5", {"1200000000000002"}},
    {"https://app.asana.com/1/99/project/77/task/1200000000000002?focus=true",
     {"1200000000000002"}},
    {"https://app.asana.com/1/99/task/1200000000000002", {"1200000000000002"}},
    {"https://app.asana.com/1/99/portfolio/1/project/2/task/1200000000000002",
     {"1200000000000002"}},
    {"(https://app.asana.com/1/99/task/1200000000000002).", {"1200000000000002"}},
    {"fixes https://app.asana.com/0/1/1234567 and\nhttps://app.asana.com/0/1/7654321\n"
     "https://app.asana.com/0/2/1234567",
     {"1234567", "7654321"}},
    // Not tasks.
    {"https://app.asana.com/0/1200000000000001/list", {}},
    {"https://app.asana.com/0/1200000000000001/board", {}},
    {"https://app.asana.com/0/1200000000000001", {}},
    {"https://app.asana.com/1/99/project/77/list/1234567", {}},
    {"https://app.asana.com/0/1/12345", {}},
    {"https://app.asana.com/0/1/1234567abc", {}},
    {"https://app.asana.com/0/1/1234567-8", {}},
    {"https://app.asana.com/0/1/1234567_", {}},
    {"https://app.asana.com/2/1/1234567", {}},
    {"https://app.asana.com.evil.example/0/1/1234567", {}},
    {"https://xapp.asana.com/0/1/1234567", {}},
    {"ftp://app.asana.com/0/1/1234567", {}},
    {"app.asana.com/0/1/1234567", {}},
    {"https://app.asana.com/0//1234567", {}},
    {"https://app.asana.com/1/99/unknown/5/task/1234567", {}},
    {"https://app.asana.com/", {}},
    {"", {}},
};

TEST(AsanaLink, Forms) {
  for (const Form& form : kForms) EXPECT_EQ(find_asana_tasks(form.text), form.gids) << form.text;
}

// The expression in the header is the definition; the scanner must agree with it.
TEST(AsanaLink, AgreesWithTheExpression) {
  const std::regex expression(
      R"(https?://app\.asana\.com/(?:0/(?:(?:search|inbox|home)/)?[0-9]+/([0-9]{6,})|1/[0-9]+(?:/(?:project|search|inbox|home|portfolio|team|goal)/[0-9]+)*/task/([0-9]{6,}))(?![0-9A-Za-z_-]))");
  for (const Form& form : kForms) {
    Gids gids;
    const std::string text = form.text;
    for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it) {
      const std::string gid = (*it)[1].matched ? (*it)[1] : (*it)[2];
      if (std::find(gids.begin(), gids.end(), gid) == gids.end()) gids.push_back(gid);
    }
    EXPECT_EQ(gids, form.gids) << text;
  }
}

TEST(AsanaLink, CapsAndStaysLinear) {
  std::string many;
  for (int i = 0; i < 50; ++i)
    many += "https://app.asana.com/0/1/" + std::to_string(1000000 + i) + " ";
  EXPECT_EQ(find_asana_tasks(many).size(), kAsanaTasks);
  std::string hostile;
  for (int i = 0; i < 100'000; ++i) hostile += "https://app.asana.com/1/1/project/";
  EXPECT_TRUE(find_asana_tasks(hostile).empty());
  EXPECT_TRUE(
      find_asana_tasks("https://app.asana.com/0/1/" + std::string(1'000'000, '1') + "x").empty());
}

}  // namespace
}  // namespace slipway::task
