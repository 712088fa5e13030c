#include "core/task/slack_message.h"

#include <gtest/gtest.h>

#include "core/task/text.h"

namespace slipway::task {
namespace {

SlackMessage failed_run() {
  SlackMessage message;
  message.status = "Failed";
  message.run = {"https://ci/run/1", "svc-a · ci"};
  message.duration = "4m12s";
  message.pull_request = {"https://gh/pr/123", "#123 Fix <login>"};
  message.author = "jane";
  message.branch = "feat/x";
  message.commits = {{"https://gh/c/1", "ab12cd3 Add guard"}, {"", "9f8e7d6 Test"}};
  message.log = "line 1\nline 2\n";
  message.buttons = {{"https://ci/log", "Open log"}};
  return message;
}

std::string block_text(const json::object& message, size_t i) {
  const json::object& block = message.at("blocks").as_array().at(i).as_object();
  const json::value* text = find_path(block, {"text", "text"});
  if (text == nullptr) text = block.at("elements").as_array().at(0).as_object().if_contains("text");
  return text != nullptr && text->is_string() ? str(text->get_string()) : "";
}

size_t blocks_size(const json::object& message) {
  return count_characters(print_json(message.at("blocks")));
}

TEST(SlackMessage, Layout) {
  const json::object message = slack_message(failed_run());
  EXPECT_EQ(get_string(message, "text"), "✗ svc-a · ci failed: #123 Fix &lt;login&gt;");
  EXPECT_EQ(block_text(message, 0),
            "❌ *<https://ci/run/1|svc-a · ci>* failed in 4m12s\n"
            "*<https://gh/pr/123|#123 Fix &lt;login&gt;>* by jane · `feat/x`");
  EXPECT_EQ(block_text(message, 1), "<https://gh/c/1|ab12cd3 Add guard> · 9f8e7d6 Test");
  const json::array& blocks = message.at("blocks").as_array();
  ASSERT_EQ(blocks.size(), 4u);
  EXPECT_EQ(print_json(blocks[2]),
            R"({"type":"actions","elements":[{"type":"button","text":{"type":"plain_text",)"
            R"("text":"Open log"},"url":"https://ci/log"}]})");
  EXPECT_EQ(print_json(blocks[3]),
            R"({"type":"rich_text","elements":[{"type":"rich_text_preformatted","elements":)"
            R"([{"type":"text","text":"line 1\nline 2"}]}]})");
}

TEST(SlackMessage, SuccessShowsNoLog) {
  SlackMessage message = failed_run();
  message.status = "Succeeded";
  const json::object sent = slack_message(message);
  EXPECT_EQ(print_json(sent).find("rich_text"), std::string::npos);
  EXPECT_NE(block_text(sent, 0).find("✅"), std::string::npos);
}

TEST(SlackMessage, HostileTextStaysText) {
  SlackMessage message = failed_run();
  message.pull_request.label = "<!channel> `*_~ <@U123> & \x1b[31m\nnew|line> \xff";
  message.branch = "a`b`<!here>";
  message.author = "<!everyone>";
  message.text = "<!channel|x> ```";
  message.log = "```\n<!channel> & <b>\x1b[0m\n";
  message.commits = {{"javascript:alert(1)", "<!channel>"}, {"https://x|y>z", "label"}};
  const json::object sent = slack_message(message);
  const std::string all = print_json(sent.at("blocks").as_array().at(0)) +
                          print_json(sent.at("blocks").as_array().at(1)) +
                          print_json(sent.at("blocks").as_array().at(2)) + get_string(sent, "text");
  EXPECT_EQ(all.find("<!"), std::string::npos) << all;
  EXPECT_EQ(all.find("<@"), std::string::npos);
  EXPECT_EQ(all.find("javascript:"), std::string::npos);
  EXPECT_EQ(all.find("https://x|y"), std::string::npos);
  EXPECT_EQ(all.find('\x1b'), std::string::npos);
  EXPECT_NE(block_text(sent, 0).find("by &lt;!everyone&gt; · `a'b'&lt;!here&gt;`"),
            std::string::npos);
  EXPECT_NE(block_text(sent, 0).find("&lt;!channel&gt; `*_~ &lt;@U123&gt; &amp;  new/line&gt;"),
            std::string::npos);
  // A preformatted block is literal: its text is neither escaped nor able to end the block.
  EXPECT_NE(print_json(sent).find(R"(```\n<!channel> & <b>)"), std::string::npos);
}

TEST(SlackMessage, EveryLimitHolds) {
  SlackMessage message = failed_run();
  const std::string wide(50'000, '<');
  message.run.label = message.pull_request.label = message.author = message.branch = wide;
  message.run.url = "https://ci/" + std::string(1900, 'a');
  message.duration = wide;
  message.text = wide;
  message.log.clear();
  for (int i = 0; i < 5000; ++i) message.log += "log line \"quoted\" " + std::to_string(i) + "\n";
  message.commits.assign(300, {"https://gh/" + std::string(1900, 'b'), wide});
  message.tasks = message.buttons = message.commits;
  const json::object sent = slack_message(message);
  EXPECT_LE(blocks_size(sent), kSlackTotal);
  EXPECT_LE(sent.at("blocks").as_array().size(), kSlackBlocks);
  for (size_t i = 0; i < sent.at("blocks").as_array().size(); ++i) {
    EXPECT_LE(count_characters(block_text(sent, i)), kSlackBlockText) << i;
  }
}

TEST(SlackMessage, LogKeepsTheLastLines) {
  SlackMessage message = failed_run();
  message.log.clear();
  for (int i = 0; i < 100; ++i) message.log += "line " + std::to_string(i) + "\r\n";
  const std::string sent = print_json(slack_message(message));
  EXPECT_NE(sent.find("line 75\\n"), std::string::npos);
  EXPECT_EQ(sent.find("line 74\\n"), std::string::npos);
  EXPECT_NE(sent.find("line 99\""), std::string::npos);
}

TEST(SlackMessage, MoreThanFiveCommits) {
  SlackMessage message = failed_run();
  message.commits.assign(8, {"https://gh/c", "abc x"});
  const std::string text = block_text(slack_message(message), 1);
  EXPECT_NE(text.find(" +3 more"), std::string::npos);
}

TEST(EscapeSlack, ExactlyThreeCharacters) {
  EXPECT_EQ(escape_slack("a&b<c>d\"'`*"), "a&amp;b&lt;c&gt;d\"'`*");
  EXPECT_EQ(escape_slack("&lt;"), "&amp;lt;");
}

}  // namespace
}  // namespace slipway::task
