// The grammar of gjson paths, one component at a time. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::expr::gjson {

// The component before a `.` or `|`, as it applies to an object.
struct KeyPart {
  std::string key;      // escapes taken out
  std::string pattern;  // escapes left in, for wildcards
  bool wild = false;
  bool more = false, piped = false;
  std::string_view rest;  // after the dot, or after the pipe
};
KeyPart parse_key(std::string_view path);

// `#(path op value)`, with `all` for a second `#`.
struct Query {
  std::string path, op, value;
  bool all = false;
};

// The same component as it applies to an array.
struct IndexPart {
  std::string part;  // "0", "#" or what is no index
  bool hash = false;
  bool each = false;  // "#.key": `each_path` on every element
  std::string_view each_path;
  std::optional<Query> query;
  bool more = false, piped = false;
  std::string_view rest;
};
IndexPart parse_index(std::string_view path);

std::optional<size_t> as_index(std::string_view part);  // digits only

// Splits at the first `|` that is no part of a query or selector.
struct Split {
  std::string_view left, right;
};
std::optional<Split> split_pipe(std::string_view path);

// `[a,b]` and `{"x":a,b}` at the front of a path.
struct Selector {
  std::string_view name, path;
};
struct Selection {
  std::vector<Selector> selectors;
  std::string_view rest;  // after the closing bracket
};
std::optional<Selection> parse_selection(std::string_view path);

// Length of the JSON text at the front, brackets and quotes balanced.
size_t squash(std::string_view text);

// The last component, and whether it can name a member.
std::string_view last_name(std::string_view path);
bool is_simple_name(std::string_view name);

bool is_modifier(std::string_view name);

// Wildcards `*` and `?`; a backslash takes the next character as it is.
bool wildcard_match(std::string_view text, std::string_view pattern);

}  // namespace slipway::expr::gjson
