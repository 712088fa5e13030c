// What README, docs and --help say of the command line holds.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "cli/commands.h"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SLIPWAY_SOURCE_DIR;

std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::vector<fs::path> documents() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kRoot)) files.push_back(entry.path());
  for (const fs::path folder :
       {"docs", "tests", "catalog", "bench", "web", "tools", "constructs"}) {
    if (!fs::exists(kRoot / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      files.push_back(entry.path());
    }
  }
  std::erase_if(files, [](const fs::path& file) {
    return file.extension() != ".md" || file.string().find("node_modules") != std::string::npos;
  });
  std::sort(files.begin(), files.end());
  return files;
}

// The words of a shell command, up to what the shell does with it.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  for (const char c : std::string(line) + " ") {
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == ' ' || std::string_view("|&;()<>#`\n").find(c) != std::string_view::npos) {
      if (!word.empty()) words.push_back(std::exchange(word, {}));
      if (c != ' ') break;
    } else {
      word += c;
    }
  }
  return words;
}

// What is wrong with the command after "slipway "; empty: nothing. In a sentence a verb stands for
// itself, without what it requires.
std::string wrong(std::string_view command, bool in_sentence) {
  const std::vector<std::string> words = words_of(command);
  // "slipway VERB --help" is a form.
  if (words.empty() || words[0] == "VERB") return "";
  const Asked asked = read_words(all_commands(), words);
  if (asked.run || asked.code == kOk) return "";
  const bool incomplete = asked.err.find(" is required") != std::string::npos &&
                          asked.err.find("A subcommand is required\nRun with") != 0;
  return in_sentence && incomplete ? "" : asked.err;
}

// Each `slipway ...` in a text, and whether it stands in a sentence.
std::vector<std::pair<std::string, bool>> commands_in(const std::string& text) {
  std::vector<std::pair<std::string, bool>> found;
  std::istringstream lines(text);
  bool fenced = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) fenced = !fenced;
    const bool block = fenced || line.starts_with("    ");
    const std::string mark = block ? "slipway " : "`slipway ";
    for (size_t at = line.find(mark); at != line.npos; at = line.find(mark, at + 1)) {
      if (line.find("▶") != line.npos || line.find("▼") != line.npos ||
          line.find("·") != line.npos) {
        continue;  // a picture
      }
      if (block && at > 0 &&
          std::string_view(" ($`").find(line[at - 1]) == std::string_view::npos) {
        continue;
      }
      const std::string rest = line.substr(at + mark.size());
      if (block && line.substr(0, at).find('#') != std::string::npos) continue;  // a comment
      found.emplace_back(rest, !block);
    }
  }
  return found;
}

TEST(Docs, EveryCommandLineIsUnderstood) {
  size_t seen = 0;
  for (const fs::path& file : documents()) {
    for (const auto& [command, in_sentence] : commands_in(read(file))) {
      ++seen;
      EXPECT_EQ(wrong(command, in_sentence), "") << file << ": slipway " << command;
    }
  }
  EXPECT_GT(seen, 15u);
  EXPECT_NE(wrong("run --no-such-option x.yaml", false), "");
  EXPECT_NE(wrong("nosuchverb", true), "");
}

TEST(Docs, EveryExampleOfHelpIsUnderstood) {
  for (const Command& command : all_commands()) {
    std::istringstream lines(std::regex_replace(command.example, std::regex("\\\\\n *"), " "));
    for (std::string line; std::getline(lines, line);) {
      const size_t at = line.find("slipway ");
      ASSERT_NE(at, line.npos) << command.name;
      EXPECT_EQ(wrong(line.substr(at + 8), false), "") << line;
    }
  }
}

// docs/cli.md has a row for each verb, with the words of --help.
TEST(Docs, TheListOfVerbsIsWhole) {
  const std::string text = read(kRoot / "docs/cli.md");
  std::map<std::string, std::string> rows;
  const std::regex row("\\| `slipway ([a-z ]+)` \\| ([^|\n]*) \\|");
  for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it) {
    rows[(*it)[1]] = (*it)[2];
  }
  for (const Command& command : all_commands()) {
    if (command.hidden) continue;
    EXPECT_EQ(rows[command.name], command.summary) << "slipway " << command.name;
    rows.erase(command.name);
  }
  for (const auto& [name, summary] : rows) ADD_FAILURE() << "there is no verb " << name;
}

TEST(Docs, EveryLinkResolves) {
  const std::regex link("\\]\\(([^)#\\s]+)(#[^)\\s]*)?\\)");
  size_t seen = 0;
  for (const fs::path& file : documents()) {
    const std::string text = read(file);
    for (std::sregex_iterator it(text.begin(), text.end(), link), end; it != end; ++it) {
      const std::string target = (*it)[1];
      if (target.starts_with("http")) continue;
      ++seen;
      EXPECT_TRUE(fs::exists(file.parent_path() / target)) << file << " links to " << target;
    }
  }
  EXPECT_GT(seen, 5u);
}

TEST(Docs, EveryMakeTargetExists) {
  const std::string makefile = "\n" + read(kRoot / "Makefile");
  const std::regex call("(^|[ `|(])make ([a-z][a-z-]*)");
  size_t seen = 0;
  for (const fs::path& file : documents()) {
    std::istringstream lines(read(file));
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("    ") && line.find("`make ") == line.npos) continue;
      for (std::sregex_iterator it(line.begin(), line.end(), call), end; it != end; ++it) {
        ++seen;
        const std::string target = (*it)[2];
        const std::regex rule("\\n[a-z -]*\\b" + target + "\\b[a-z -]*:");
        EXPECT_TRUE(std::regex_search(makefile, rule)) << file << ": make " << target;
      }
    }
  }
  EXPECT_GT(seen, 8u);
}

}  // namespace
}  // namespace slipway::cli
