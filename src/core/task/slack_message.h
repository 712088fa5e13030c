// A CI result as a Slack message (spec ci.md, section 2): text escaped by type, within Slack's
// limits whatever comes in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace slipway::task {

struct SlackLink {
  std::string url, label;
};

// Everything may hold text from outside; nothing needs to be escaped or cut beforehand.
struct SlackMessage {
  std::string status;    // the workflow's: Succeeded, Failed, Error, Running, ...
  SlackLink run;         // what ran, and where to look
  std::string duration;  // e.g. "4m12s"; may be empty
  SlackLink pull_request;
  std::string author, branch;
  std::vector<SlackLink> commits;
  std::vector<SlackLink> tasks;
  std::string text;  // further words, plain
  std::string log;   // its last lines are shown when the status is a failure
  std::vector<SlackLink> buttons;
};

inline constexpr size_t kSlackBlocks = 50;
inline constexpr size_t kSlackBlockText = 3000;
inline constexpr size_t kSlackTotal = 10'000;  // Slack refuses somewhere above 13,000
inline constexpr size_t kSlackCommits = 5;
inline constexpr size_t kSlackLogLines = 25;
inline constexpr size_t kSlackLogText = 2500;

// {"text": ..., "blocks": [...]}; `text` is what a notification shows.
json::object slack_message(const SlackMessage& message);

// `&`, `<` and `>` as entities, which is all that mrkdwn needs: what is between them can then
// neither mention a person or channel nor be a link.
std::string escape_slack(std::string_view text);

// <url|label>, or the label alone when the URL is not one that may stand there.
std::string slack_link(const SlackLink& link, size_t characters);

}  // namespace slipway::task
