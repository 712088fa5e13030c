// A scenario as its author wrote it (tests/scenario/README.md): statements in order, each with the
// block that is indented under it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace slipway::sim::scenario {

struct Statement {
  int line = 0;       // of its first line, from 1
  int lines = 1;      // with its block, without blank lines after it
  std::string verb;   // the first word
  std::string rest;   // of the first line
  std::string block;  // without the two spaces; every line ends with '\n'
};

struct Script {
  std::string file;
  std::vector<std::string> lines;
  std::vector<Statement> statements;
};

// The first line must be a comment that says what the scenario is about. The error's `where` is
// file:line.
Result<Script> read_script(std::string file, std::string_view text);

// Words between spaces. One that begins with a double quote is a JSON string; so is the value of
// `name="..."`.
Result<std::vector<std::string>> split_words(std::string_view text);

// The shortest spelling that split_words() reads back.
std::string quote_word(const std::string& word);

}  // namespace slipway::sim::scenario
