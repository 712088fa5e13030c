#include <charconv>

#include "base/limit.h"
#include "core/expr/gjson/number.h"
#include "core/expr/gotemplate/function.h"
#include "core/expr/gotemplate/token.h"
#include "core/expr/gotemplate/tree.h"

namespace slipway::expr::gotemplate {
namespace {

// Go's constant syntax: 12, 0x1f, 0o17, 0b1, 1_000, 1.5e3.
std::optional<json::value> read_number(std::string text) {
  std::erase(text, '_');
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.erase(0, 1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char kind = static_cast<char>(text[1] | 0x20);
    base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;
    if (base != 10) text.erase(0, 2);
    if (base == 10 && text.find_first_not_of("01234567") == std::string::npos) base = 8;
  }
  int64_t integer = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, integer, base);
  if (error == std::errc() && stop == end) return negative ? -integer : integer;
  const std::optional<double> number = base == 10 ? parse_go_float(text) : std::nullopt;
  if (!number) return std::nullopt;
  return negative ? -*number : *number;
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<Tree> run() {
    TRY_ASSIGN(const std::string stop, list(tree_.root, 0));
    if (!stop.empty()) return wrong("unexpected {{" + stop + "}}");
    return std::move(tree_);
  }

 private:
  const Token& peek() const {
    static const Token kEnd{Kind::kClose, "end of template"};
    return next_ < tokens_.size() ? tokens_[next_] : kEnd;
  }
  bool done() const { return next_ >= tokens_.size(); }
  bool take(Kind kind) {
    if (done() || peek().kind != kind) return false;
    line_ = peek().line;
    ++next_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (done() || peek().kind != Kind::kWord || peek().text != word) return false;
    ++next_;
    return true;
  }
  Error wrong(std::string text) const { return template_error(line_, std::move(text)); }
  Status close(std::string_view context) {
    if (take(Kind::kClose)) return {};
    return wrong("unexpected \"" + peek().text + "\" in " + std::string(context));
  }

  // Nodes up to {{end}}, {{else}} or the end of text; gives which one. For `else` the action is
  // left open after the word.
  Result<std::string> list(List& out, size_t depth) {
    if (depth > kDepth) return wrong("too many nested actions");
    while (!done()) {
      line_ = peek().line;
      if (peek().kind == Kind::kText) {
        out.push_back({Node::Kind::kText, line_, tokens_[next_++].text});
        continue;
      }
      ++next_;  // {{
      if (take_word("end")) {
        TRY(close("end"));
        return std::string("end");
      }
      if (take_word("else")) return std::string("else");
      TRY(action(out, depth));
    }
    return std::string();
  }

  Status action(List& out, size_t depth) {
    const int line = line_;
    if (take_word("if")) return control(out, Node::Kind::kIf, "if", depth);
    if (take_word("with")) return control(out, Node::Kind::kWith, "with", depth);
    if (take_word("range")) return control(out, Node::Kind::kRange, "range", depth);
    if (take_word("define")) return define(depth);
    if (take_word("block")) return block(out, depth);
    if (take_word("template")) return call(out);
    for (const auto& [word, kind] :
         {std::pair{"break", Node::Kind::kBreak}, std::pair{"continue", Node::Kind::kContinue}}) {
      if (!take_word(word)) continue;
      if (ranges_ == 0) return wrong(std::string("{{") + word + "}} outside {{range}}");
      out.push_back({kind, line});
      return close(word);
    }
    Node node{Node::Kind::kAction, line};
    TRY(pipeline(node.pipe, 0, true));
    out.push_back(std::move(node));
    return close("command");
  }

  Status control(List& out, Node::Kind kind, std::string_view word, size_t depth) {
    Node node{kind, line_};
    const bool is_range = kind == Node::Kind::kRange;
    TRY(pipeline(node.pipe, 0, true, is_range));
    TRY(close(word));
    if (is_range) ++ranges_;
    TRY_ASSIGN(std::string stop, list(node.body, depth + 1));
    if (is_range) --ranges_;
    if (stop == "else") {
      const bool chains = !is_range && take_word(word);  // {{else if}}, {{else with}}
      if (chains) {
        TRY(control(node.otherwise, kind, word, depth + 1));
        stop = "end";
      } else {
        TRY(close("else"));
        TRY_ASSIGN(stop, list(node.otherwise, depth + 1));
        if (stop == "else") return wrong("expected end; found {{else}}");
      }
    }
    if (stop != "end")
      return wrong("unexpected EOF: {{end}} of {{" + std::string(word) + "}} is missing");
    out.push_back(std::move(node));
    return {};
  }

  Result<std::string> name(std::string_view context) {
    if (peek().kind != Kind::kString || done()) {
      return wrong("missing name in {{" + std::string(context) + "}}");
    }
    return tokens_[next_++].text;
  }

  Status body_of(const std::string& name, size_t depth) {
    List body;
    TRY_ASSIGN(const std::string stop, list(body, depth + 1));
    if (stop != "end") return wrong("{{end}} of template \"" + name + "\" is missing");
    tree_.defined[name] = std::move(body);
    return {};
  }

  Status define(size_t depth) {
    if (depth > 0) return wrong("unexpected {{define}} inside another action");
    TRY_ASSIGN(const std::string defined, name("define"));
    TRY(close("define clause"));
    return body_of(defined, depth);
  }

  Status block(List& out, size_t depth) {
    Node node{Node::Kind::kTemplate, line_};
    TRY_ASSIGN(node.text, name("block"));
    TRY(pipeline(node.pipe, 0, true));
    TRY(close("block clause"));
    TRY(body_of(node.text, depth));
    out.push_back(std::move(node));
    return {};
  }

  Status call(List& out) {
    Node node{Node::Kind::kTemplate, line_};
    TRY_ASSIGN(node.text, name("template"));
    if (peek().kind != Kind::kClose) TRY(pipeline(node.pipe, 0, true));
    out.push_back(std::move(node));
    return close("template clause");
  }

  Status declaration(Pipe& pipe, bool two_allowed) {
    const size_t start = next_;
    std::vector<std::string> names;
    while (peek().kind == Kind::kVariable && !done()) {
      names.push_back(tokens_[next_++].text);
      if (!take(Kind::kComma)) break;
    }
    if (!names.empty() && (take(Kind::kDeclare) || take(Kind::kAssign))) {
      if (names.size() > (two_allowed ? 2u : 1u)) return wrong("too many declarations");
      pipe.assigns = tokens_[next_ - 1].kind == Kind::kAssign;
      pipe.variables = std::move(names);
      return {};
    }
    next_ = start;
    return {};
  }

  Status pipeline(Pipe& pipe, size_t depth, bool may_declare, bool two_allowed = false) {
    if (depth > limit::kExpressionDepth) return wrong("too many nested parentheses");
    pipe.line = line_;
    if (may_declare) TRY(declaration(pipe, two_allowed));
    do {
      Command command;
      while (!done() && peek().kind != Kind::kClose && peek().kind != Kind::kPipe &&
             peek().kind != Kind::kRight) {
        if (!command.operands.empty() && !peek().spaced && peek().kind != Kind::kLeft) {
          return wrong("unexpected \"" + peek().text + "\" in operand");
        }
        TRY_ASSIGN(Operand one, operand(depth));
        command.operands.push_back(std::move(one));
      }
      if (command.operands.empty()) return wrong("missing value for command");
      const Operand& first = command.operands[0];
      if (first.base == Operand::Base::kLiteral && first.literal.is_null()) {
        return wrong("nil is not a command");
      }
      if (!pipe.commands.empty() && command.operands[0].base == Operand::Base::kLiteral) {
        return wrong("non executable command in pipeline stage " +
                     std::to_string(pipe.commands.size() + 1));
      }
      pipe.commands.push_back(std::move(command));
    } while (take(Kind::kPipe));
    return {};
  }

  Result<Operand> operand(size_t depth) {
    const Token token = tokens_[next_++];
    line_ = token.line;
    Operand out;
    switch (token.kind) {
      case Kind::kDot:
        break;
      case Kind::kField:
        out.fields.push_back(token.text);
        break;
      case Kind::kVariable:
        out.base = Operand::Base::kVariable;
        out.name = token.text;
        break;
      case Kind::kString:
        out.base = Operand::Base::kLiteral;
        out.literal = json::string(token.text);
        break;
      case Kind::kNumber:
      case Kind::kChar: {
        const std::optional<json::value> number = read_number(token.text);
        if (!number) return wrong("bad number syntax: \"" + token.text + "\"");
        out.base = Operand::Base::kLiteral;
        out.literal = *number;
        break;
      }
      case Kind::kWord:
        TRY(word(token.text, out));
        break;
      case Kind::kLeft:
        out.base = Operand::Base::kPipe;
        out.pipe = std::make_unique<Pipe>();
        TRY(pipeline(*out.pipe, depth + 1, false));
        if (!take(Kind::kRight)) return wrong("unclosed left paren");
        break;
      default:
        return wrong("unexpected \"" + token.text + "\" in operand");
    }
    while (!done() && peek().kind == Kind::kField && !peek().spaced) {
      if (out.base == Operand::Base::kLiteral || out.base == Operand::Base::kFunction) {
        return wrong("unexpected . after term \"" + token.text + "\"");
      }
      out.fields.push_back(tokens_[next_++].text);
    }
    return out;
  }

  Status word(const std::string& text, Operand& out) const {
    out.base = Operand::Base::kLiteral;
    if (text == "true" || text == "false") {
      out.literal = text == "true";
    } else if (text != "nil") {
      if (!is_function(text)) return wrong("function \"" + text + "\" not defined");
      out.base = Operand::Base::kFunction;
      out.name = text;
    }
    return {};
  }

  static constexpr size_t kDepth = 128;

  std::vector<Token> tokens_;
  size_t next_ = 0;
  int line_ = 1;
  int ranges_ = 0;
  Tree tree_;
};

}  // namespace

Result<Tree> parse(std::string_view source) {
  TRY_ASSIGN(std::vector<Token> tokens, tokenize(source));
  return Parser(std::move(tokens)).run();
}

}  // namespace slipway::expr::gotemplate
