#include "sim/scenario/script.h"

#include <fmt/format.h>

#include "base/json.h"

namespace slipway::sim::scenario {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

bool is_blank(std::string_view line) { return line.find_first_not_of(' ') == line.npos; }

// The end of the JSON string that begins at `at`; npos when it has none.
size_t end_of_string(std::string_view text, size_t at) {
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return text.npos;
}

}  // namespace

Result<Script> read_script(std::string file, std::string_view text) {
  Script script{std::move(file), lines_of(text), {}};
  const auto at = [&](size_t index) { return fmt::format("{}:{}", script.file, index + 1); };
  if (script.lines.empty() || !script.lines[0].starts_with("# ")) {
    return Error{ErrorCode::kInvalid,
                 "a scenario begins with a comment that says what it is about, such as \"# Rule "
                 "13: the phase of a DAG\"",
                 at(0)};
  }
  for (size_t i = 0; i < script.lines.size(); ++i) {
    const std::string& line = script.lines[i];
    if (line.find('\t') != line.npos && line.find_first_not_of(" \t") == line.find('\t') + 1) {
      return Error{ErrorCode::kInvalid, "a tab indents this line; use spaces", at(i)};
    }
    if (line.starts_with("  ")) {
      if (script.statements.empty()) {
        return Error{ErrorCode::kInvalid, "this line is indented under no statement", at(i)};
      }
      Statement& owner = script.statements.back();
      const auto here = static_cast<int>(i) + 1;
      // Blank lines inside a block belong to it, so that a manifest's lines keep their numbers.
      for (int blank = owner.line + owner.lines; blank < here; ++blank) {
        if (!is_blank(script.lines[static_cast<size_t>(blank) - 1])) continue;
        owner.block += '\n';
      }
      owner.block += line.substr(2) + "\n";
      owner.lines = here - owner.line + 1;
      continue;
    }
    if (is_blank(line) || line[0] == '#') continue;
    if (line[0] == ' ') {
      return Error{ErrorCode::kInvalid, "a block is indented by two spaces", at(i)};
    }
    Statement statement;
    statement.line = static_cast<int>(i) + 1;
    const size_t space = line.find(' ');
    statement.verb = line.substr(0, space);
    if (space != line.npos) statement.rest = line.substr(line.find_first_not_of(' ', space));
    script.statements.push_back(std::move(statement));
  }
  return script;
}

Result<std::vector<std::string>> split_words(std::string_view text) {
  std::vector<std::string> words;
  size_t at = 0;
  while ((at = text.find_first_not_of(' ', at)) != text.npos) {
    std::string word;
    size_t quote = text[at] == '"' ? at : text.npos;
    if (quote == text.npos) {
      size_t end = std::min(text.find(' ', at), text.size());
      const size_t equals = text.substr(at, end - at).find("=\"");
      if (equals != text.npos) {
        quote = at + equals + 1;
        end = quote;
      }
      word = text.substr(at, end - at);
      at = end;
    }
    if (quote != text.npos) {
      const size_t end = end_of_string(text, quote);
      const auto parsed =
          end == text.npos
              ? Result<json::value>(Error{ErrorCode::kInvalid, "a quoted word has no end", ""})
              : parse_json(text.substr(quote, end - quote));
      if (!parsed.ok()) return parsed.error();
      word += str(parsed->get_string());
      at = end;
    }
    words.push_back(std::move(word));
  }
  return words;
}

std::string quote_word(const std::string& word) {
  const bool plain = !word.empty() && word[0] != '"' && word.find(' ') == word.npos &&
                     word.find('\n') == word.npos && word.find("=\"") == word.npos;
  return plain ? word : quote_json(word);
}

}  // namespace slipway::sim::scenario
