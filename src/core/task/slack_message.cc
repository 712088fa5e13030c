#include "core/task/slack_message.h"

#include <fmt/format.h>

#include "core/task/arguments.h"
#include "core/task/text.h"

namespace slipway::task {
namespace {

constexpr size_t kTitleCharacters = 300;
constexpr size_t kLabelCharacters = 150;
constexpr size_t kNameCharacters = 80;
constexpr size_t kUrlBytes = 2000;
constexpr size_t kButtons = 5;

struct Look {
  std::string_view sign, emoji, word;
  bool failure = false;
};

Look look_of(std::string_view status) {
  if (status == "Succeeded") return {"✓", "✅", "succeeded"};
  if (status == "Failed") return {"✗", "❌", "failed", true};
  if (status == "Error") return {"✗", "⚠️", "ended with an error", true};
  if (status == "Skipped" || status == "Omitted") return {"–", "⏭️", "was skipped"};
  return {"…", "⏳", "is running"};
}

json::object mrkdwn(std::string text) {
  return {{"type", "mrkdwn"}, {"verbatim", true}, {"text", std::move(text)}};
}

json::object section(std::string text) {
  return {{"type", "section"}, {"text", mrkdwn(std::move(text))}};
}

json::object context(std::string text) {
  return {{"type", "context"}, {"elements", json::array{mrkdwn(std::move(text))}}};
}

// mrkdwn has no escape for `, so one inside would end the code span.
std::string code_span(std::string_view text) {
  std::string plain = cut_text(clean_line(text), kNameCharacters);
  for (char& c : plain) {
    if (c == '`') c = '\'';
  }
  return "`" + escape_slack(plain) + "`";
}

std::string headline(const SlackMessage& message, const Look& look) {
  std::string text =
      fmt::format("{} *{}* {}", look.emoji, slack_link(message.run, kLabelCharacters), look.word);
  if (!message.duration.empty()) {
    text += fmt::format("{}{}", look.word == "is running" ? " for " : " in ",
                        escape_slack(cut_text(clean_line(message.duration), kNameCharacters)));
  }
  const std::string title = slack_link(message.pull_request, kTitleCharacters);
  std::string second = title.empty() ? "" : "*" + title + "*";
  if (const std::string author = clean_line(message.author); !author.empty()) {
    second += (second.empty() ? "by " : " by ") + escape_slack(cut_text(author, kNameCharacters));
  }
  if (!clean_line(message.branch).empty()) {
    second += (second.empty() ? "" : " · ") + code_span(message.branch);
  }
  return second.empty() ? text : text + "\n" + second;
}

// With links, unless their URLs are too long for one block.
std::string bounded_headline(const SlackMessage& message, const Look& look) {
  std::string text = headline(message, look);
  if (count_characters(text) <= kSlackBlockText) return text;
  SlackMessage bare{
      .duration = message.duration, .author = message.author, .branch = message.branch};
  bare.run.label = message.run.label;
  bare.pull_request.label = message.pull_request.label;
  return headline(bare, look);
}

std::string joined_links(const std::vector<SlackLink>& links, size_t most) {
  std::string text;
  size_t shown = 0;
  for (const SlackLink& link : links) {
    if (shown == most) break;
    const std::string one = slack_link(link, kLabelCharacters);
    // A few very long URLs must not push the block over its limit.
    if (one.empty() || count_characters(text) + count_characters(one) > kSlackBlockText - 50) break;
    text += (shown == 0 ? "" : " · ") + one;
    ++shown;
  }
  if (shown < links.size()) text += fmt::format(" +{} more", links.size() - shown);
  return text;
}

json::object log_block(std::string log) {
  const json::object text{{"type", "text"}, {"text", std::move(log)}};
  const json::object preformatted{{"type", "rich_text_preformatted"},
                                  {"elements", json::array{text}}};
  return {{"type", "rich_text"}, {"elements", json::array{preformatted}}};
}

json::object button_block(const std::vector<SlackLink>& buttons) {
  json::array elements;
  for (const SlackLink& button : buttons) {
    if (elements.size() == kButtons) break;
    const std::string label = cut_text(clean_line(button.label), 75);
    if (label.empty() || !is_web_url(button.url) || button.url.size() > kUrlBytes) continue;
    elements.push_back(json::object{{"type", "button"},
                                    {"text", json::object{{"type", "plain_text"}, {"text", label}}},
                                    {"url", button.url}});
  }
  if (elements.empty()) return {};
  return {{"type", "actions"}, {"elements", std::move(elements)}};
}

// Escaped text of at most `characters`, never cut inside an entity.
std::string escaped_within(std::string_view text, size_t characters) {
  std::string plain = cut_text(clean_text(text), characters);
  std::string escaped = escape_slack(plain);
  while (count_characters(escaped) > characters) {
    const size_t excess = count_characters(escaped) - characters;
    const size_t length = count_characters(plain);
    plain = cut_text(plain, length > excess / 4 + 2 ? length - excess / 4 - 1 : 1);
    escaped = escape_slack(plain);
  }
  return escaped;
}

size_t size_of(const json::array& blocks) { return count_characters(print_json(blocks)); }

}  // namespace

std::string escape_slack(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string slack_link(const SlackLink& link, size_t characters) {
  std::string label = cut_text(clean_line(link.label), characters);
  for (char& c : label) {
    if (c == '|') c = '/';
  }
  if (link.url.size() > kUrlBytes || !is_web_url(link.url)) return escape_slack(label);
  return fmt::format("<{}|{}>", escape_slack(link.url),
                     escape_slack(label.empty() ? "link" : label));
}

json::object slack_message(const SlackMessage& message) {
  const Look look = look_of(message.status);
  json::array blocks;
  blocks.push_back(section(bounded_headline(message, look)));
  if (const std::string text = escaped_within(message.text, kSlackBlockText); !text.empty()) {
    blocks.push_back(section(text));
  }
  if (const std::string commits = joined_links(message.commits, kSlackCommits); !commits.empty()) {
    blocks.push_back(context(commits));
  }
  if (const std::string tasks = joined_links(message.tasks, kSlackCommits); !tasks.empty()) {
    blocks.push_back(context("Asana: " + tasks));
  }
  if (json::object buttons = button_block(message.buttons); !buttons.empty()) {
    blocks.push_back(std::move(buttons));
  }
  const std::string log = look.failure ? clean_text(message.log) : "";
  // The log takes what is left, and gives way first when the rest is long.
  for (size_t room = kSlackLogText; !log.empty() && room > 0; room = room * 2 / 3) {
    const std::string tail = last_lines(log, kSlackLogLines, room);
    if (tail.empty()) break;
    blocks.push_back(log_block(tail));
    if (size_of(blocks) <= kSlackTotal) break;
    blocks.pop_back();
  }
  while (size_of(blocks) > kSlackTotal && blocks.size() > 1) blocks.pop_back();

  std::string text = fmt::format(
      "{} {} {}", look.sign, cut_text(clean_line(message.run.label), kLabelCharacters), look.word);
  if (const std::string title = clean_line(message.pull_request.label); !title.empty()) {
    text += ": " + cut_text(title, kTitleCharacters);
  }
  return {{"text", escape_slack(text)}, {"blocks", std::move(blocks)}};
}

}  // namespace slipway::task
