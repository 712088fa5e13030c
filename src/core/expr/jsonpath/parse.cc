#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/expr/golang/golang.h"
#include "core/expr/golang/rune.h"
#include "core/expr/jsonpath/path.h"

namespace slipway::expr::jsonpath {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Ends a bare key such as .metadata.
bool ends_key(char c) {
  return std::string_view(" \t\r\n.[](){},=!<>&|'\"@$?:").find(c) != std::string_view::npos;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : whole_(text), rest_(text) {}

  std::string_view rest() const { return rest_; }

  Result<Path> path() {
    Path path;
    if (rest_.starts_with('$') || rest_.starts_with('@')) {
      path.from_root = rest_[0] == '$';
      rest_.remove_prefix(1);
    } else if (!rest_.empty() && !ends_key(rest_[0])) {
      TRY(key(path));  // kubectl allows {metadata.name}
    }
    for (;;) {
      if (take("..")) {
        path.steps.push_back({Step::Kind::kRecursive, {}, {}, {}, {}, {}});
        if (rest_.starts_with('[')) continue;
        TRY(key(path));
      } else if (take(".")) {
        if (rest_.starts_with('[')) continue;
        if (path.steps.empty() && (rest_.empty() || ends_key(rest_[0]))) break;  // {.}
        TRY(key(path));
      } else if (take("[")) {
        TRY(brackets(path));
      } else {
        break;
      }
    }
    return path;
  }

 private:
  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  Error fail(std::string_view what) const {
    return Error{ErrorCode::kInvalid,
                 fmt::format("JSONPath {}, column {}: {}", go_quote(whole_.substr(0, 200)),
                             whole_.size() - rest_.size() + 1, what),
                 ""};
  }

  Status key(Path& path) {
    if (take("*")) {
      path.steps.push_back({Step::Kind::kWildcard, {}, {}, {}, {}, {}});
      return {};
    }
    std::string name;
    while (!rest_.empty() && !ends_key(rest_[0])) {
      if (rest_[0] == '\\' && rest_.size() > 1) rest_.remove_prefix(1);  // app\.kubernetes\.io
      name += rest_[0];
      rest_.remove_prefix(1);
    }
    if (name.empty()) return fail("expected a name or * here");
    Step step;
    step.choices.push_back({false, std::move(name), 0});
    path.steps.push_back(std::move(step));
    return {};
  }

  Status brackets(Path& path) {
    skip_space();
    Step step;
    if (take("*")) {
      step.kind = Step::Kind::kWildcard;
    } else if (take("?")) {
      step.kind = Step::Kind::kFilter;
      skip_space();
      if (!take("(")) return fail("expected '(' after '?'");
      TRY_ASSIGN(std::unique_ptr<Filter> filter, either());
      skip_space();
      if (!take(")")) return fail("expected ')' here");
      step.filter = std::move(filter);
    } else {
      TRY(choices(step));
    }
    skip_space();
    if (!take("]")) return fail("expected ']' here");
    path.steps.push_back(std::move(step));
    return {};
  }

  // 'a','b'  0,1  -1  0:2:1
  Status choices(Step& step) {
    do {
      skip_space();
      if (rest_.starts_with('\'') || rest_.starts_with('"')) {
        TRY_ASSIGN(std::string text, quoted());
        step.choices.push_back({false, std::move(text), 0});
        skip_space();
        continue;
      }
      std::optional<int64_t> index = number();
      skip_space();
      if (rest_.starts_with(':') && step.choices.empty()) return slice(step, index);
      if (!index) return fail("expected an index, a slice, a quoted name, * or ?( here");
      step.choices.push_back({true, "", *index});
    } while (take(","));
    return {};
  }

  Status slice(Step& step, std::optional<int64_t> from) {
    step.kind = Step::Kind::kSlice;
    step.from = from;
    take(":");
    step.to = number();
    if (take(":")) step.step = number();
    if (step.step && *step.step <= 0) return fail("the step of a slice must be 1 or more");
    return {};
  }

  std::optional<int64_t> number() {
    skip_space();
    int64_t value = 0;
    const auto [end, code] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (code != std::errc{}) return std::nullopt;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    skip_space();
    return value;
  }

  Result<std::string> quoted() {
    const char quote = rest_[0];
    std::string text;
    size_t i = 1;
    for (; i < rest_.size() && rest_[i] != quote; ++i) {
      if (rest_[i] == '\\' && i + 1 < rest_.size()) {
        ++i;
        text += rest_[i] == 'n' ? '\n' : rest_[i] == 't' ? '\t' : rest_[i];
      } else {
        text += rest_[i];
      }
    }
    if (i >= rest_.size()) return fail("unterminated quoted string");
    rest_.remove_prefix(i + 1);
    return text;
  }

  using FilterPtr = std::unique_ptr<Filter>;

  Result<FilterPtr> either() { return chain("||", Filter::Op::kOr); }

  Result<FilterPtr> chain(std::string_view token, Filter::Op op) {
    const auto operand = [&] {
      return op == Filter::Op::kOr ? chain("&&", Filter::Op::kAnd) : single();
    };
    TRY_ASSIGN(FilterPtr left, operand());
    size_t length = 0;
    for (skip_space(); take(token); skip_space()) {
      if (++length > kMaxFilterDepth) return fail("the filter is too long");
      TRY_ASSIGN(FilterPtr right, operand());
      auto node = std::make_unique<Filter>();
      node->op = op;
      node->left = std::move(left);
      node->right = std::move(right);
      left = std::move(node);
    }
    return left;
  }

  Result<FilterPtr> single() {
    if (++depth_ > kMaxFilterDepth) return fail("the filter is nested too deep");
    auto result = guarded_single();
    --depth_;
    return result;
  }

  Result<FilterPtr> guarded_single() {
    skip_space();
    auto node = std::make_unique<Filter>();
    if (rest_.starts_with('!') && !rest_.starts_with("!=")) {
      rest_.remove_prefix(1);
      node->op = Filter::Op::kNot;
      TRY_ASSIGN(node->left, single());
      return node;
    }
    if (take("(")) {
      TRY_ASSIGN(node, either());
      skip_space();
      if (!take(")")) return fail("expected ')' here");
      return node;
    }
    TRY_ASSIGN(node->a, operand());
    skip_space();
    for (const std::string_view op : {"==", "!=", "<=", ">=", "=~", "<", ">"}) {
      if (!take(op)) continue;
      node->op = Filter::Op::kCompare;
      node->comparison = op;
      TRY_ASSIGN(node->b, operand());
      if (op == "=~") {
        if (!node->b.literal.is_string()) return fail("=~ wants a regular expression");
        TRY_ASSIGN(node->b.regex, compile_regex(view(node->b.literal.get_string())));
      }
      break;
    }
    return node;
  }

  Result<Filter::Operand> operand() {
    skip_space();
    Filter::Operand operand;
    if (rest_.starts_with('@') || rest_.starts_with('$') || rest_.starts_with('.')) {
      TRY_ASSIGN(operand.path, path());
      return operand;
    }
    if (rest_.starts_with('\'') || rest_.starts_with('"')) {
      TRY_ASSIGN(const std::string text, quoted());
      operand.literal = json::value(text);
      return operand;
    }
    if (rest_.starts_with('/')) return pattern();
    size_t length = 0;
    while (length < rest_.size() &&
           (is_digit(rest_[length]) || (rest_[length] | 0x20) >= 'a' || rest_[length] == '-' ||
            rest_[length] == '+' || rest_[length] == '.')) {
      if (rest_[length] == '|' || rest_[length] == '}' || rest_[length] == ']') break;
      ++length;
    }
    auto literal = parse_json(rest_.substr(0, length));
    if (length == 0 || !literal.ok()) {
      return fail("expected @, $, a number, a quoted string, true, false or null here");
    }
    rest_.remove_prefix(length);
    operand.literal = std::move(literal).value();
    return operand;
  }

  // /regular expression/
  Result<Filter::Operand> pattern() {
    const size_t end = rest_.find('/', 1);
    if (end == rest_.npos) return fail("unterminated regular expression");
    Filter::Operand operand;
    operand.literal = json::value(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return operand;
  }

  std::string_view whole_;
  std::string_view rest_;
  size_t depth_ = 0;
};

}  // namespace

Result<Path> parse_path(std::string_view& text) {
  Parser parser(text);
  auto path = parser.path();
  text = parser.rest();
  return path;
}

bool Path::is_single() const {
  return std::all_of(steps.begin(), steps.end(), [](const Step& step) {
    return step.kind == Step::Kind::kUnion && step.choices.size() == 1;
  });
}

}  // namespace slipway::expr::jsonpath
