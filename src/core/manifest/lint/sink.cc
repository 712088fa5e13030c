#include "core/manifest/lint/sink.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

using Visit = std::function<void(std::string_view, const std::string&)>;

struct Word {
  std::string_view text;
  std::string path;
};
using Words = std::vector<Word>;

// A program that takes code as an argument. Lists are separated by spaces.
struct Language {
  std::string_view programs;
  std::string_view code;       // letters of options that are followed by code
  std::string_view long_code;  // the same, whole
  std::string_view value;      // letters of options that are followed by something else
  bool once = false;           // what follows the code is an argument to it
};

constexpr std::string_view kShells = "sh bash ash dash zsh ksh";
constexpr Language kLanguages[] = {
    {"python pypy", "c", "", "WX", true},
    {"node nodejs bun", "ep", "--eval --print", "r"},
    {"perl", "eE", "", "IMm"},
    {"ruby", "e", "", "CEIKr"},
    {"php", "r", "--run", "cdz"},
    {"lua luajit", "e", "", "l"},
    {"Rscript", "e", "", ""},
    {"pwsh powershell", "", "-Command -command -c", ""},
};

bool is_listed(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const size_t end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

// "/usr/bin/python3.11" → "python".
std::string_view program_name(std::string_view word) {
  word.remove_prefix(word.rfind('/') + 1);  // npos + 1 is 0
  return word.substr(0, word.find_last_not_of("0123456789.") + 1);
}

const Language* language_of(std::string_view word) {
  const std::string_view program = program_name(word);
  const auto found =
      std::find_if(std::begin(kLanguages), std::end(kLanguages),
                   [&](const Language& language) { return is_listed(language.programs, program); });
  return found != std::end(kLanguages) ? found : nullptr;
}

// "-c", also among other options as in "-exc"; not "-config".
bool takes_code(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && word[1] != '-' && word.find('c') != word.npos &&
         word.find_first_not_of("abcdefghilmnprtuvxBCEHPT-") == word.npos;
}

// What a shell takes: one word of code, behind options of which some have values. False when there
// is none.
bool visit_shell(const Words& words, size_t at, const Visit& visit) {
  for (; at + 1 < words.size(); ++at) {
    if (!takes_code(words[at].text)) continue;
    visit(words[at + 1].text, words[at + 1].path);
    return true;
  }
  return false;
}

// The options of a program up to its first argument that is none.
class Options {
 public:
  Options(const Language& language, const Words& words, size_t at, const Visit& visit)
      : language_(language), words_(words), at_(at), visit_(visit) {}

  // False when there was no code.
  bool run() {
    for (bool open = false; at_ < words_.size() && !(found_ && language_.once); ++at_) {
      const std::string_view word = words_[at_].text;
      const bool option = word.size() > 1 && word[0] == '-' && word != "--";
      // What follows a long option may be its value.
      if (!option && !std::exchange(open, false)) break;
      if (!option || take_long(word)) continue;
      const bool letters = !word.starts_with("--") && !language_.code.empty();
      open = !letters && word.find('=') == word.npos;
      if (letters) take_letters(word);
    }
    return found_;
  }

 private:
  bool take_long(std::string_view word) {
    const size_t equals = std::min(word.find('='), word.size());
    if (!is_listed(language_.long_code, word.substr(0, equals))) return false;
    if (equals < word.size()) {
      take(word.substr(equals + 1));
    } else {
      take_next();
    }
    return true;
  }

  // "-e", "-lane", "-eprint 1".
  void take_letters(std::string_view word) {
    const size_t letter =
        word.find_first_of(std::string(language_.code) + std::string(language_.value), 1);
    if (letter == word.npos) return;
    const std::string_view rest = word.substr(letter + 1);
    if (language_.code.find(word[letter]) == word.npos) {
      if (rest.empty()) ++at_;
    } else if (rest.find_first_not_of(language_.code) == rest.npos) {
      take_next();
    } else {
      take(rest);
    }
  }

  void take_next() {
    if (++at_ < words_.size()) take(words_[at_].text);
  }

  void take(std::string_view code) {
    found_ = true;
    visit_(code, words_[at_].path);
  }

  const Language& language_;
  const Words& words_;
  size_t at_;
  const Visit& visit_;
  bool found_ = false;
};

Words words_of(const json::object& container, const std::string& path) {
  Words words;
  for (const std::string_view key : {"command", "args"}) {
    const json::array* list = find_array(container, key);
    for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const json::string* word = (*list)[i].if_string();
      if (word == nullptr) continue;
      words.push_back({slipway::view(*word), item_path(member_path(path, key), i)});
    }
  }
  return words;
}

}  // namespace

void for_each_code(const json::object& container, const std::string& path, const Visit& visit) {
  if (const json::string* source = find_string(container, "source")) {
    visit(slipway::view(*source), member_path(path, "source"));
  }
  const Words words = words_of(container, path);
  for (size_t i = 0; i < words.size(); ++i) {
    if (is_listed(kShells, program_name(words[i].text))) {
      if (visit_shell(words, i + 1, visit)) return;
    } else if (const Language* language = language_of(words[i].text)) {
      if (Options(*language, words, i + 1, visit).run()) return;
    }
  }
}

}  // namespace slipway::manifest
