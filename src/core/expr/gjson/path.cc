#include "core/expr/gjson/path.h"

#include <charconv>

#include "core/expr/golang/rune.h"

namespace slipway::expr::gjson {
namespace {

// After a dot: whether what follows is to be applied to the whole value, as after a pipe.
bool acts_as_pipe(std::string_view rest) {
  if (rest.front() == '[' || rest.front() == '{') return true;
  if (rest.front() != '@') return false;
  return is_modifier(rest.substr(1, rest.find_first_of(".|:") - 1));
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

// The index just after the string that starts at `i`.
size_t skip_string(std::string_view text, size_t i) {
  for (++i; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\') ++i;
  }
  return i;
}

// The end of "#( ... )" or "#[ ... ]" and where its operator starts.
struct QuerySpan {
  size_t close = 0, op = 0;
};
std::optional<QuerySpan> span_query(std::string_view text) {
  QuerySpan span;
  int depth = 1;
  for (size_t i = 2; i < text.size(); ++i) {
    const char c = text[i];
    if (depth == 1 && span.op == 0 && std::string_view("!=<>%").find(c) != std::string_view::npos) {
      span.op = i;
    } else if (c == '\\') {
      ++i;
    } else if (c == '[' || c == '(') {
      ++depth;
    } else if (c == ']' || c == ')') {
      if (--depth == 0) return span.close = i, span;
    } else if (c == '"') {
      i = skip_string(text, i);
    }
  }
  return std::nullopt;
}

std::string unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string out;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

Query read_query(std::string_view text, const QuerySpan& span) {
  Query query;
  if (span.op == 0) {
    query.path = trim(text.substr(2, span.close - 2));
    return query;
  }
  query.path = trim(text.substr(2, span.op - 2));
  std::string_view value = trim(text.substr(span.op, span.close - span.op));
  size_t size = 1;
  if (value.starts_with("==")) {
    value.remove_prefix(1);
  } else if (value.starts_with("!=") || value.starts_with("!%") || value.starts_with("<=") ||
             value.starts_with(">=")) {
    size = 2;
  }
  query.op = value.substr(0, size);
  query.value = unquote(trim(value.substr(size)));
  return query;
}

}  // namespace

KeyPart parse_key(std::string_view path) {
  KeyPart part;
  for (size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '|') {
      part.piped = true;
      part.rest = path.substr(i + 1);
      return part;
    }
    if (c == '.') {
      part.rest = path.substr(i + 1);
      (!part.rest.empty() && acts_as_pipe(part.rest) ? part.piped : part.more) = true;
      return part;
    }
    if (c == '\\' && i + 1 < path.size()) {
      part.pattern += c;
      ++i;
    } else if (c == '*' || c == '?') {
      part.wild = true;
    }
    part.key += path[i];
    part.pattern += path[i];
  }
  return part;
}

IndexPart parse_index(std::string_view path) {
  IndexPart part;
  for (size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '|') {
      part.part = path.substr(0, i);
      part.piped = true;
      part.rest = path.substr(i + 1);
      return part;
    }
    if (c == '.') {
      part.part = path.substr(0, i);
      part.rest = path.substr(i + 1);
      const bool pipe = !part.hash && !part.rest.empty() && acts_as_pipe(part.rest);
      (pipe ? part.piped : part.more) = true;
      return part;
    }
    if (c != '#') continue;
    part.hash = true;
    if (i != 0 || path.size() == 1) continue;
    if (path[1] == '.') {
      part.each = true;
      part.each_path = path.substr(2);
      part.part = "#";
      return part;
    }
    if (path[1] != '[' && path[1] != '(') continue;
    const std::optional<QuerySpan> span = span_query(path);
    if (!span) break;
    part.query = read_query(path, *span);
    i = span->close;
    if (i + 1 < path.size() && path[i + 1] == '#') part.query->all = true;
  }
  part.part = path;
  return part;
}

std::optional<size_t> as_index(std::string_view part) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return index;
}

std::optional<Split> split_pipe(std::string_view path) {
  if (path.starts_with('{') || path.starts_with('[')) {
    const size_t end = squash(path);
    if (end >= path.size() || path[end] != '|') return std::nullopt;
    return Split{path.substr(0, end), path.substr(end + 1)};
  }
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\') {
      ++i;
    } else if (path[i] == '|') {
      return Split{path.substr(0, i), path.substr(i + 1)};
    } else if (path[i] == '.' && path.substr(i + 1).starts_with('#') && i + 2 < path.size() &&
               (path[i + 2] == '[' || path[i + 2] == '(')) {
      const std::optional<QuerySpan> span = span_query(path.substr(i + 1));
      if (!span) return std::nullopt;
      i += 1 + span->close;
    }
  }
  return std::nullopt;
}

std::optional<Selection> parse_selection(std::string_view path) {
  Selection selection;
  size_t start = 1, colon = 0;
  int depth = 1;
  bool modifier = false;
  const auto push = [&](size_t end) {
    Selector selector;
    if (colon != 0) selector.name = path.substr(start, colon - start);
    const size_t from = colon != 0 ? colon + 1 : start;
    selector.path = path.substr(from, end - from);
    selection.selectors.push_back(selector);
    colon = 0;
    modifier = false;
    start = end + 1;
  };
  for (size_t i = 1; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '\\') {
      ++i;
    } else if (c == '@') {
      if (!modifier && (path[i - 1] == '.' || path[i - 1] == '|')) modifier = true;
    } else if (c == ':') {
      if (!modifier) colon = i;
    } else if (c == ',') {
      if (depth == 1) push(i);
    } else if (c == '"') {
      i = skip_string(path, i);
    } else if (c == '[' || c == '(' || c == '{') {
      ++depth;
    } else if (c == ']' || c == ')' || c == '}') {
      if (--depth > 0) continue;
      push(i);
      selection.rest = path.substr(i + 1);
      return selection;
    }
  }
  return std::nullopt;
}

size_t squash(std::string_view text) {
  if (text.starts_with('"')) return std::min(skip_string(text, 0) + 1, text.size());
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      i = skip_string(text, i);
    } else if (c == '[' || c == '{' || c == '(') {
      ++depth;
    } else if (c == ']' || c == '}' || c == ')') {
      if (--depth == 0) return i + 1;
    }
  }
  return text.size();
}

std::string_view last_name(std::string_view path) {
  for (size_t i = path.size(); i-- > 0;) {
    if ((path[i] == '|' || path[i] == '.') && (i == 0 || path[i - 1] != '\\')) {
      return path.substr(i + 1);
    }
  }
  return path;
}

bool is_simple_name(std::string_view name) {
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < ' ') return false;
    if (std::string_view("[]{}()#|!").find(c) != std::string_view::npos) return false;
  }
  return true;
}

bool wildcard_match(std::string_view text, std::string_view pattern) {
  std::string_view star_pattern, star_text;
  bool starred = false;
  while (true) {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      starred = true;
      star_pattern = pattern;
      star_text = text;
      continue;
    }
    if (text.empty() && pattern.empty()) return true;
    bool same = false;
    if (!text.empty() && !pattern.empty()) {
      const bool escaped = pattern.front() == '\\' && pattern.size() > 1;
      const Rune wanted = decode_rune(pattern.substr(escaped ? 1 : 0));
      const Rune found = decode_rune(text);
      same = (wanted.code == '?' && !escaped) || wanted.code == found.code;
      if (same) {
        pattern.remove_prefix(wanted.length + (escaped ? 1 : 0));
        text.remove_prefix(found.length);
      }
    }
    if (same) continue;
    if (!starred || star_text.empty()) return false;
    star_text.remove_prefix(decode_rune(star_text).length);
    text = star_text;
    pattern = star_pattern;
  }
}

}  // namespace slipway::expr::gjson
