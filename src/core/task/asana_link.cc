#include "core/task/asana_link.h"

#include <algorithm>

namespace slipway::task {
namespace {

constexpr std::string_view kHost = "://app.asana.com/";
constexpr size_t kGidDigits = 6;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

// Reads a link from the front, piece by piece; a piece that does not match is not consumed.
class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  bool word(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  bool any_of(std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [this](auto w) { return word(w); });
  }
  std::string_view digits() {
    size_t n = 0;
    while (n < rest_.size() && is_digit(rest_[n])) ++n;
    const std::string_view found = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return found;
  }
  // A task's gid at the end of a link: nothing word-like may follow.
  std::string_view gid() {
    const std::string_view found = digits();
    const bool ends = rest_.empty() || !is_word(rest_.front());
    return ends && found.size() >= kGidDigits ? found : std::string_view{};
  }

 private:
  std::string_view rest_;
};

// 0/PROJECT/TASK and 0/search/X/TASK.
std::string_view old_form(Reader link) {
  link.any_of({"search/", "inbox/", "home/"});
  if (link.digits().empty() || !link.word("/")) return {};
  return link.gid();
}

// 1/WORKSPACE/task/T and 1/WORKSPACE/project/P/task/T.
std::string_view new_form(Reader link) {
  if (link.digits().empty()) return {};
  while (link.any_of(
      {"/project/", "/search/", "/inbox/", "/home/", "/portfolio/", "/team/", "/goal/"})) {
    if (link.digits().empty()) return {};
  }
  return link.word("/task/") ? link.gid() : std::string_view{};
}

}  // namespace

std::vector<std::string> find_asana_tasks(std::string_view text) {
  std::vector<std::string> gids;
  for (size_t at = text.find(kHost); at != text.npos && gids.size() < kAsanaTasks;
       at = text.find(kHost, at + kHost.size())) {
    const std::string_view before = text.substr(0, at);
    if (!before.ends_with("http") && !before.ends_with("https")) continue;
    Reader link(text.substr(at + kHost.size()));
    const std::string_view gid = link.word("0/")   ? old_form(link)
                                 : link.word("1/") ? new_form(link)
                                                   : std::string_view{};
    if (gid.empty() || std::find(gids.begin(), gids.end(), gid) != gids.end()) continue;
    gids.emplace_back(gid);
  }
  return gids;
}

}  // namespace slipway::task
