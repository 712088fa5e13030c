#include "core/expr/jsonpath/jsonpath.h"

#include <fmt/format.h>

#include <optional>

#include "core/expr/golang/golang.h"
#include "core/expr/golang/rune.h"
#include "core/expr/jsonpath/path.h"

namespace slipway::expr {
namespace {

using jsonpath::Path;

constexpr size_t kMaxRendered = 16u << 20;

Error bad_template(std::string_view what) {
  return Error{ErrorCode::kInvalid, fmt::format("JSONPath template: {}", what), ""};
}

std::string print(const json::value& value) {
  if (const auto* text = value.if_string()) return str(*text);
  return value.is_null() ? "" : print_json(value, {.sort_keys = true});
}

// A template is literal text, {paths}, {"texts"} and {range path}...{end}.
struct Piece {
  enum class Kind { kText, kPath, kRange } kind = Kind::kText;
  std::string text;
  Path path;
  std::vector<Piece> body;
};

class TemplateParser {
 public:
  explicit TemplateParser(std::string_view source) : rest_(source) {}

  Result<std::vector<Piece>> pieces(size_t depth) {
    if (depth > jsonpath::kMaxFilterDepth) return bad_template("{range} is nested too deep");
    std::vector<Piece> out;
    while (!rest_.empty()) {
      const size_t open = rest_.find('{');
      if (open > 0) out.push_back({Piece::Kind::kText, std::string(rest_.substr(0, open)), {}, {}});
      rest_.remove_prefix(std::min(open, rest_.size()));
      if (rest_.empty()) break;
      rest_.remove_prefix(1);
      skip_space();
      if (take_word("end")) {
        TRY(close());
        if (depth == 0) return bad_template("{end} without {range}");
        return out;
      }
      if (take_word("range")) {
        Piece piece{Piece::Kind::kRange, "", {}, {}};
        skip_space();
        TRY_ASSIGN(piece.path, jsonpath::parse_path(rest_));
        TRY(close());
        TRY_ASSIGN(piece.body, pieces(depth + 1));
        out.push_back(std::move(piece));
        continue;
      }
      TRY(expressions(out));
    }
    if (depth > 0) return bad_template("{range} without {end}");
    return out;
  }

 private:
  // Paths and quoted texts up to the closing brace.
  Status expressions(std::vector<Piece>& out) {
    for (skip_space(); !rest_.starts_with('}'); skip_space()) {
      if (rest_.empty()) return bad_template("'{' without '}'");
      if (rest_[0] == '"' || rest_[0] == '\'') {
        TRY_ASSIGN(std::string text, quoted());
        out.push_back({Piece::Kind::kText, std::move(text), {}, {}});
        continue;
      }
      const size_t before = rest_.size();
      TRY_ASSIGN(Path path, jsonpath::parse_path(rest_));
      if (rest_.size() == before) {
        return bad_template(fmt::format("unexpected {} ", go_quote(rest_.substr(0, 20))));
      }
      out.push_back({Piece::Kind::kPath, "", std::move(path), {}});
    }
    rest_.remove_prefix(1);
    return {};
  }

  Status close() {
    skip_space();
    if (!rest_.starts_with('}'))
      return bad_template("expected '}' here: " + go_quote(rest_.substr(0, 20)));
    rest_.remove_prefix(1);
    return {};
  }

  Result<std::string> quoted() {
    const char quote = rest_[0];
    std::string text;
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == quote) {
        rest_.remove_prefix(i + 1);
        return text;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) {
        const char c = rest_[++i];
        text += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
      } else {
        text += rest_[i];
      }
    }
    return bad_template("unterminated quoted string");
  }

  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    const char after = rest_.size() > word.size() ? rest_[word.size()] : '}';
    if (after != ' ' && after != '}' && after != '\t') return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  void skip_space() {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_[0]) != std::string_view::npos) {
      rest_.remove_prefix(1);
    }
  }

  std::string_view rest_;
};

class Renderer {
 public:
  explicit Renderer(const json::value& root) : root_(root) {}

  Status render(const std::vector<Piece>& pieces, const json::value& current) {
    for (const Piece& piece : pieces) {
      if (out.size() > kMaxRendered) {
        return Error{ErrorCode::kLimit, "JSONPath template renders more than 16 MiB", ""};
      }
      if (piece.kind == Piece::Kind::kText) {
        out += piece.text;
        continue;
      }
      TRY_ASSIGN(const auto found, jsonpath::select(piece.path, root_, current));
      for (size_t i = 0; i < found.size(); ++i) {
        if (piece.kind == Piece::Kind::kRange) {
          if (++rounds_ > jsonpath::kMaxSelected) {
            return Error{ErrorCode::kLimit, "JSONPath template loops more than 100000 times", ""};
          }
          TRY(render(piece.body, *found[i]));
        } else {
          out += (i > 0 ? " " : "") + print(*found[i]);
        }
      }
    }
    return {};
  }

  std::string out;

 private:
  const json::value& root_;
  size_t rounds_ = 0;
};

}  // namespace

Result<std::string> render_jsonpath(std::string_view source, const json::value& value) {
  TRY_ASSIGN(const std::vector<Piece> pieces, TemplateParser(source).pieces(0));
  Renderer renderer(value);
  TRY(renderer.render(pieces, value));
  return std::move(renderer.out);
}

Result<json::value> query_jsonpath(std::string_view path, const json::value& value) {
  std::string_view rest = trim_space(path);
  TRY_ASSIGN(const Path parsed, jsonpath::parse_path(rest));
  if (!rest.empty()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("JSONPath {}: unexpected {}", go_quote(path), go_quote(rest)), ""};
  }
  TRY_ASSIGN(const auto found, jsonpath::select(parsed, value, value));
  if (parsed.is_single()) {
    if (!found.empty()) return *found.front();
    return Error{ErrorCode::kNotFound, fmt::format("nothing at JSONPath {}", go_quote(path)), ""};
  }
  json::array list;
  size_t size = 0;
  for (const json::value* item : found) {
    size += approximate_size(*item);
    if (size > kMaxRendered) return Error{ErrorCode::kLimit, "JSONPath selects too much", ""};
    list.push_back(*item);
  }
  return json::value(std::move(list));
}

}  // namespace slipway::expr
