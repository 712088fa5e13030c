#include "core/expr/golang/rune.h"
#include "core/intake/provider.h"

namespace slipway::intake {
namespace {

constexpr size_t kTitleRunes = 72;

std::string text_at(const json::object& body, std::initializer_list<std::string_view> path) {
  const json::value* value = find_path(body, path);
  return value != nullptr && value->is_string() ? str(value->get_string()) : std::string();
}

// One line: control characters become spaces, long texts end in "...".
std::string one_line(std::string_view text) {
  std::string out;
  size_t runes = 0;
  while (!text.empty()) {
    const expr::Rune rune = expr::decode_rune(text);
    text.remove_prefix(rune.length);
    if (++runes > kTitleRunes) return out + "...";
    out += expr::is_printable(rune.code) ? expr::encode_rune(rune.code) : std::string(" ");
  }
  return out;
}

void add(std::string& line, std::string_view word) {
  if (word.empty()) return;
  if (!line.empty()) line += ' ';
  line += word;
}

std::string short_ref(std::string ref) {
  for (const std::string_view prefix : {"refs/heads/", "refs/tags/"}) {
    if (ref.starts_with(prefix)) return ref.substr(prefix.size());
  }
  return ref;
}

// The repository with what the event is about: "octo/ride#7", "octo/ride@main".
std::string subject(const json::object& body, const json::object* numbered) {
  std::string out = one_line(text_at(body, {"repository", "full_name"}));
  if (out.empty()) out = one_line(text_at(body, {"organization", "login"}));
  if (numbered != nullptr) {
    if (const int64_t number = get_int(*numbered, "number"); number > 0) {
      return out + "#" + std::to_string(number);
    }
  }
  const std::string ref = one_line(short_ref(get_string(body, "ref")));
  return ref.empty() ? out : out + "@" + ref;
}

}  // namespace

std::string github_summary(std::string_view event, const json::object& body) {
  const json::object* numbered = find_object(body, "pull_request");
  if (numbered == nullptr) numbered = find_object(body, "issue");
  std::string line = one_line(event);
  std::string action = get_string(body, "action");
  const json::value* merged = find_path(body, {"pull_request", "merged"});
  if (action == "closed" && merged != nullptr && merged->is_bool() && merged->get_bool()) {
    action = "closed (merged)";
  }
  add(line, one_line(action));
  add(line, subject(body, numbered));
  std::string title = numbered != nullptr ? get_string(*numbered, "title") : "";
  if (title.empty()) title = text_at(body, {"head_commit", "message"});
  if (title.empty()) title = text_at(body, {"release", "tag_name"});
  if (title.empty()) title = get_string(body, "zen");
  add(line, one_line(title.substr(0, title.find('\n'))));
  return line;
}

}  // namespace slipway::intake
