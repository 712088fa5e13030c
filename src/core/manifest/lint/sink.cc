#include "core/manifest/lint/sink.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

bool is_shell(std::string_view program) {
  constexpr std::array<std::string_view, 6> kShells{"sh", "bash", "ash", "dash", "zsh", "ksh"};
  program.remove_prefix(program.rfind('/') + 1);  // npos + 1 is 0
  return std::find(kShells.begin(), kShells.end(), program) != kShells.end();
}

// "-c", also among other options as in "-exc"; not "-config".
bool takes_code(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && word[1] != '-' && word.find('c') != word.npos &&
         word.find_first_not_of("abcdefghilmnprtuvxBCEHPT-") == word.npos;
}

}  // namespace

void for_each_code(const json::object& container, const std::string& path,
                   const std::function<void(std::string_view, const std::string&)>& visit) {
  if (const json::string* source = find_string(container, "source")) {
    visit(slipway::view(*source), member_path(path, "source"));
  }
  struct Word {
    std::string_view text;
    std::string path;
  };
  std::vector<Word> words;
  for (const std::string_view key : {"command", "args"}) {
    const json::array* list = find_array(container, key);
    for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const json::string* word = (*list)[i].if_string();
      if (word == nullptr) continue;
      words.push_back({slipway::view(*word), item_path(member_path(path, key), i)});
    }
  }
  bool shell = false;
  for (size_t i = 0; i < words.size(); ++i) {
    shell = shell || is_shell(words[i].text);
    if (!shell || !takes_code(words[i].text) || i + 1 == words.size()) continue;
    return visit(words[i + 1].text, words[i + 1].path);
  }
}

}  // namespace slipway::manifest
