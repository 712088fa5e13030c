#include "core/expr/exprlang/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/limit.h"
#include "core/expr/exprlang/builtin.h"
#include "core/expr/exprlang/operator.h"
#include "core/expr/exprlang/token.h"
#include "core/expr/golang/regex.h"

namespace slipway::expr::lang {
namespace {

using Kind = Token::Kind;

class Parser {
 public:
  Parser(std::string_view source, std::vector<Token> tokens)
      : source_(source), tokens_(std::move(tokens)) {}

  Result<NodePtr> run() {
    TRY_ASSIGN(NodePtr node, sequence());
    if (now().kind != Kind::kEnd) return unexpected();
    return node;
  }

 private:
  const Token& now() const { return tokens_[at_]; }
  const Token& ahead() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  void next() { at_ = std::min(at_ + 1, tokens_.size() - 1); }
  bool take_operator(std::string_view text) {
    if (!now().is_operator(text)) return false;
    next();
    return true;
  }
  bool take_bracket(std::string_view text) {
    if (!now().is_bracket(text)) return false;
    next();
    return true;
  }
  Status expect_bracket(std::string_view text) {
    if (!take_bracket(text)) return unexpected();
    return {};
  }
  Status expect_operator(std::string_view text) {
    if (!take_operator(text)) return unexpected();
    return {};
  }

  Error fail(uint32_t at, std::string_view what) const {
    return error_at(ErrorCode::kInvalid, source_, at, what);
  }
  Error unexpected() const {
    return fail(now().at, fmt::format("unexpected token {}", describe(now())));
  }

  static NodePtr make(Op op, uint32_t at) {
    auto node = std::make_unique<Node>();
    node->op = op;
    node->at = at;
    return node;
  }

  // A tree deeper than this could overflow the stack of whoever walks it, so height counts, not
  // only the parser's own recursion.
  Result<NodePtr> finish(NodePtr node) {
    for (const NodePtr& child : node->children) {
      if (child != nullptr) node->height = std::max(node->height, child->height + 1);
    }
    if (node->height > kMaxHeight) return too_deep(node->at);
    return node;
  }
  Error too_deep(uint32_t at) const {
    return error_at(ErrorCode::kLimit, source_, at, "expression is nested too deep: split it");
  }

  template <class... Children>
  Result<NodePtr> build(NodePtr node, Children... children) {
    (node->children.push_back(std::move(children)), ...);
    return finish(std::move(node));
  }

  // expression (";" expression)*
  Result<NodePtr> sequence() {
    const uint32_t at = now().at;
    TRY_ASSIGN(NodePtr first, expression(0));
    if (!now().is_operator(";")) return first;
    NodePtr node = make(Op::kSequence, at);
    node->children.push_back(std::move(first));
    while (take_operator(";")) {
      if (now().kind == Kind::kEnd || now().is_bracket(")") || now().is_bracket("}")) break;
      TRY_ASSIGN(NodePtr more, expression(0));
      node->children.push_back(std::move(more));
    }
    return finish(std::move(node));
  }

  Result<NodePtr> expression(int precedence) {
    if (depth_ >= limit::kExpressionDepth) return too_deep(now().at);
    ++depth_;
    auto result = unguarded_expression(precedence);
    --depth_;
    return result;
  }

  Result<NodePtr> unguarded_expression(int precedence) {
    if (precedence == 0 && now().is_operator("let")) return let();
    if (precedence == 0 && now().is_operator("if")) return if_else();
    TRY_ASSIGN(NodePtr left, primary());
    std::string_view previous;
    for (;;) {
      const Token& token = now();
      if (precedence == 0 && token.is_operator("|")) {
        next();
        TRY_ASSIGN(left, pipe(std::move(left)));
        previous = "|";
        continue;
      }
      const bool negated = token.is_operator("not") && may_be_negated(ahead().text) &&
                           ahead().kind == Kind::kOperator;
      if (token.is_operator("not") && !negated) {
        next();
        return unexpected();
      }
      const Token& operator_token = negated ? ahead() : token;
      const BinaryOperator* op = find_binary(operator_token);
      if (op == nullptr || op->precedence < precedence) break;
      if (previous == "??" && op->text != "??") {
        return fail(operator_token.at, fmt::format("Operator ({}) and coalesce expressions (?"
                                                   "?) cannot be mixed. Wrap "
                                                   "either by parentheses.",
                                                   op->text));
      }
      if (negated) next();
      TRY_ASSIGN(left, binary(std::move(left), *op, operator_token.at));
      if (negated) {
        NodePtr node = make(Op::kUnary, operator_token.at);
        node->text = "not";
        TRY_ASSIGN(left, build(std::move(node), std::move(left)));
      }
      previous = op->text;
    }
    if (precedence == 0) return conditional(std::move(left));
    return left;
  }

  // The operator is the current token. Comparisons chain: a < b < c is a < b && b < c.
  Result<NodePtr> binary(NodePtr left, const BinaryOperator& op, uint32_t at) {
    next();
    const bool right_associative = op.binary == Binary::kPower && op.op == Op::kBinary;
    const size_t start = at_;
    TRY_ASSIGN(NodePtr right, expression(right_associative ? op.precedence : op.precedence + 1));
    const size_t end = at_;
    NodePtr node = make(op.op, at);
    node->binary = op.binary;
    node->text = op.text;
    if (op.binary == Binary::kMatches && right->literal.if_string() != nullptr) {
      TRY_ASSIGN(node->pattern, compile_pattern(*right->literal.if_string(), right->at));
    }
    TRY_ASSIGN(NodePtr result, build(std::move(node), std::move(left), std::move(right)));
    if (!is_comparison(op.text)) return result;
    const BinaryOperator* more = find_binary(now());
    if (more == nullptr || !is_comparison(more->text)) return result;
    if (++chained_ > kMaxChain) return too_deep(now().at);
    at_ = start;  // the operand in the middle is read once more, for its second use
    TRY_ASSIGN(NodePtr middle, expression(op.precedence + 1));
    at_ = end;
    const uint32_t more_at = now().at;
    TRY_ASSIGN(NodePtr rest, binary(std::move(middle), *more, more_at));
    return build(make(Op::kAnd, at), std::move(result), std::move(rest));
  }

  Result<std::shared_ptr<const RE2>> compile_pattern(const std::string& text, uint32_t at) const {
    auto pattern = compile_regex(text);
    if (!pattern.ok()) return fail(at, pattern.error().message);
    return pattern;
  }

  Result<NodePtr> conditional(NodePtr condition) {
    while (now().is_operator("?")) {
      const uint32_t at = now().at;
      next();
      NodePtr yes;  // stays empty in a ?: b, which gives a itself
      if (!take_operator(":")) {
        TRY_ASSIGN(yes, expression(0));
        TRY(expect_operator(":"));
      }
      TRY_ASSIGN(NodePtr no, expression(0));
      TRY_ASSIGN(condition, build(make(Op::kConditional, at), std::move(condition), std::move(yes),
                                  std::move(no)));
    }
    return condition;
  }

  Result<NodePtr> let() {
    const uint32_t at = now().at;
    next();
    if (now().kind != Kind::kIdentifier) return unexpected();
    NodePtr node = make(Op::kLet, at);
    node->text = now().text;
    next();
    TRY(expect_operator("="));
    TRY_ASSIGN(NodePtr value, expression(0));
    TRY(expect_operator(";"));
    TRY_ASSIGN(NodePtr body, sequence());
    return build(std::move(node), std::move(value), std::move(body));
  }

  Result<NodePtr> if_else() {
    const uint32_t at = now().at;
    next();
    TRY_ASSIGN(NodePtr condition, expression(0));
    TRY_ASSIGN(NodePtr yes, block());
    TRY(expect_operator("else"));
    NodePtr no;
    if (now().is_operator("if")) {
      TRY_ASSIGN(no, expression(0));
    } else {
      TRY_ASSIGN(no, block());
    }
    return build(make(Op::kConditional, at), std::move(condition), std::move(yes), std::move(no));
  }

  Result<NodePtr> block() {
    TRY(expect_bracket("{"));
    TRY_ASSIGN(NodePtr body, sequence());
    TRY(expect_bracket("}"));
    return body;
  }

  Result<NodePtr> primary() {
    const Token token = now();
    if (token.kind == Kind::kOperator) {
      const int precedence = token.text == "not" || token.text == "!" ? 50
                             : token.text == "-" || token.text == "+" ? 90
                                                                      : 0;
      if (precedence > 0) {
        next();
        TRY_ASSIGN(NodePtr operand, expression(precedence));
        NodePtr node = make(Op::kUnary, token.at);
        node->text = token.text == "!" ? "not" : token.text;
        TRY_ASSIGN(NodePtr unary, build(std::move(node), std::move(operand)));
        return postfix(std::move(unary));
      }
    }
    if (take_bracket("(")) {
      TRY_ASSIGN(NodePtr inner, sequence());
      TRY(expect_bracket(")"));
      return postfix(std::move(inner));
    }
    if (closures_ > 0 && (token.is_operator("#") || token.is_operator("."))) {
      NodePtr node = make(Op::kPointer, token.at);
      if (take_operator("#") && now().kind == Kind::kIdentifier) {
        node->text = now().text;
        if (node->text != "index" && node->text != "acc") {
          return fail(now().at, fmt::format("unknown pointer #{}", node->text));
        }
        next();
      }
      return postfix(std::move(node));
    }
    if (take_operator("::")) {
      if (now().kind != Kind::kIdentifier) return unexpected();
      const Token name = now();
      next();
      TRY_ASSIGN(NodePtr call, this->call(name, nullptr));
      call->builtin_only = true;
      return postfix(std::move(call));
    }
    TRY_ASSIGN(NodePtr node, atom());
    return postfix(std::move(node));
  }

  Result<NodePtr> atom() {
    const Token token = now();
    switch (token.kind) {
      case Kind::kNumber:
        next();
        return number(token);
      case Kind::kString: {
        next();
        NodePtr node = make(Op::kLiteral, token.at);
        node->literal = Value(token.text);
        return node;
      }
      case Kind::kIdentifier:
        next();
        return name(token);
      case Kind::kBracket:
        if (token.text == "[") return array();
        if (token.text == "{") return map();
        break;
      default:
        break;
    }
    return unexpected();
  }

  Result<NodePtr> name(const Token& token) {
    if (now().is_bracket("(")) return call(token, nullptr);
    NodePtr node = make(Op::kLiteral, token.at);
    if (token.text == "true" || token.text == "false") {
      node->literal = Value(token.text == "true");
    } else if (token.text == "$env") {
      node->op = Op::kEnvironment;
    } else if (token.text != "nil") {
      node->op = Op::kName;
      node->text = token.text;
    }
    return node;
  }

  Result<NodePtr> number(const Token& token) {
    NodePtr node = make(Op::kLiteral, token.at);
    std::string_view text = token.text;
    const bool prefixed = text.size() > 1 && text[0] == '0' && (text[1] | 0x20) >= 'b';
    const bool hex = prefixed && (text[1] | 0x20) == 'x';
    if (!prefixed && text.find_first_of(".eE") != text.npos) {
      double value = 0;
      const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (code != std::errc{} || end != text.data() + text.size()) {
        return fail(token.at, fmt::format("invalid float literal: {}", text));
      }
      node->literal = Value(value);
      return node;
    }
    const int base = hex ? 16 : prefixed ? ((text[1] | 0x20) == 'o' ? 8 : 2) : 10;
    if (prefixed) text.remove_prefix(2);
    int64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (code == std::errc::result_out_of_range) {
      return fail(token.at, "integer literal is too large");
    }
    if (code != std::errc{} || end != text.data() + text.size()) {
      return fail(token.at, fmt::format("invalid integer literal: {}", token.text));
    }
    node->literal = Value(value);
    return node;
  }

  Result<NodePtr> array() {
    NodePtr node = make(Op::kArray, now().at);
    next();
    while (!now().is_bracket("]")) {
      if (!node->children.empty()) {
        TRY(expect_operator(","));
        if (now().is_bracket("]")) break;
      }
      TRY_ASSIGN(NodePtr item, expression(0));
      node->children.push_back(std::move(item));
    }
    next();
    return finish(std::move(node));
  }

  Result<NodePtr> map() {
    NodePtr node = make(Op::kMap, now().at);
    next();
    while (!now().is_bracket("}")) {
      if (!node->children.empty()) {
        TRY(expect_operator(","));
        if (now().is_bracket("}")) break;
      }
      const Token token = now();
      NodePtr key;
      if (token.kind == Kind::kString || token.kind == Kind::kNumber ||
          token.kind == Kind::kIdentifier) {
        key = make(Op::kLiteral, token.at);
        key->literal = Value(token.text);
        next();
      } else if (token.is_bracket("(")) {
        TRY_ASSIGN(key, expression(0));
      } else {
        return fail(token.at, fmt::format("a map key must be a quoted string, a number, a "
                                          "identifier, or an expression enclosed in parentheses "
                                          "(unexpected token {})",
                                          describe(token)));
      }
      TRY(expect_operator(":"));
      TRY_ASSIGN(NodePtr value, expression(0));
      node->children.push_back(std::move(key));
      node->children.push_back(std::move(value));
    }
    next();
    return finish(std::move(node));
  }

  // list | map(# * 2)
  Result<NodePtr> pipe(NodePtr left) {
    if (now().kind != Kind::kIdentifier) return unexpected();
    const Token token = now();
    next();
    if (now().is_operator(".") || now().is_operator("?.")) {  // x | sprig.trim()
      TRY_ASSIGN(NodePtr node, name(token));
      while (take_operator(".")) {
        const Token member = now();
        next();
        if (now().is_bracket("(")) return method(std::move(node), member, std::move(left));
        TRY_ASSIGN(node, member_of(std::move(node), member, false));
      }
      return unexpected();
    }
    TRY_ASSIGN(NodePtr called, call(token, std::move(left)));
    return postfix(std::move(called));
  }

  // The name has been read; `first` is what a pipe hands over.
  Result<NodePtr> call(const Token& name, NodePtr first) {
    if (const Closure* closure = find_closure(name.text)) {
      return predicate(name, *closure, std::move(first));
    }
    NodePtr node = make(Op::kCall, name.at);
    node->text = name.text;
    node->builtin = find_builtin(name.text);
    if (node->builtin == nullptr) {
      return error_at(ErrorCode::kNotFound, source_, name.at,
                      fmt::format("unknown name {}", name.text));
    }
    if (first != nullptr) node->children.push_back(std::move(first));
    TRY(arguments(*node));
    const size_t count = node->children.size();
    if (count < node->builtin->least || count > node->builtin->most) {
      return fail(name.at,
                  fmt::format("{} arguments to call {}",
                              count < node->builtin->least ? "not enough" : "too many", name.text));
    }
    return finish(std::move(node));
  }

  Status arguments(Node& node) {
    TRY(expect_bracket("("));
    for (bool comma = false; !now().is_bracket(")"); comma = true) {
      if (comma) {
        TRY(expect_operator(","));
        if (now().is_bracket(")")) break;
      }
      TRY_ASSIGN(NodePtr argument, expression(0));
      node.children.push_back(std::move(argument));
    }
    next();
    return {};
  }

  // filter(list, {closure}) and its kin; in a pipe the list comes first.
  Result<NodePtr> predicate(const Token& name, const Closure& closure, NodePtr list) {
    NodePtr node = make(Op::kPredicate, name.at);
    node->text = name.text;
    node->closure = &closure;
    TRY(expect_bracket("("));
    const bool piped = list != nullptr;
    if (!piped) {
      TRY_ASSIGN(list, expression(0));
    }
    node->children.push_back(std::move(list));
    if (!now().is_bracket(")")) {
      if (!piped) TRY(expect_operator(","));
      TRY_ASSIGN(NodePtr body, closure_body());
      node->children.push_back(std::move(body));
      while (take_operator(",")) {
        if (now().is_bracket(")")) break;
        TRY_ASSIGN(NodePtr more, expression(0));
        node->children.push_back(std::move(more));
      }
    }
    TRY(expect_bracket(")"));
    const size_t count = node->children.size();
    if (count < (closure.optional ? 1u : 2u)) {
      return fail(name.at, fmt::format("not enough arguments to call {}", name.text));
    }
    if (count > 2u + closure.extra) {
      return fail(name.at, fmt::format("too many arguments to call {}", name.text));
    }
    return finish(std::move(node));
  }

  Result<NodePtr> closure_body() {
    ++closures_;
    auto body = now().is_bracket("{") ? block() : expression(0);
    --closures_;
    return body;
  }

  Result<NodePtr> postfix(NodePtr node) {
    // `.field` of a closure reads as a pointer followed by a member.
    bool chain = false;
    const uint32_t start = node->at;
    for (;;) {
      const Token token = now();
      if (token.is_operator(".") || token.is_operator("?.")) {
        const bool optional = token.text == "?.";
        chain |= optional;
        next();
        if (optional && now().is_bracket("[")) {
          TRY_ASSIGN(node, brackets(std::move(node), true));
          continue;
        }
        const Token member = now();
        const bool word =
            member.kind == Kind::kIdentifier ||
            (member.kind == Kind::kOperator && member.text[0] >= 'a' && member.text[0] <= 'z');
        if (!word) return fail(member.at, "expected name");
        next();
        if (now().is_bracket("(")) {
          TRY_ASSIGN(node, method(std::move(node), member, nullptr));
          node->optional = optional;
        } else {
          TRY_ASSIGN(node, member_of(std::move(node), member, optional));
        }
      } else if (token.is_bracket("[")) {
        TRY_ASSIGN(node, brackets(std::move(node), false));
      } else {
        break;
      }
    }
    if (!chain) return node;
    return build(make(Op::kChain, start), std::move(node));
  }

  Result<NodePtr> member_of(NodePtr object, const Token& name, bool optional) {
    NodePtr node = make(Op::kMember, name.at);
    node->optional = optional;
    NodePtr key = make(Op::kLiteral, name.at);
    key->literal = Value(name.text);
    return build(std::move(node), std::move(object), std::move(key));
  }

  Result<NodePtr> method(NodePtr object, const Token& name, NodePtr first) {
    NodePtr node = make(Op::kMethod, name.at);
    node->text = name.text;
    node->children.push_back(std::move(object));
    if (first != nullptr) node->children.push_back(std::move(first));
    TRY(arguments(*node));
    return finish(std::move(node));
  }

  // x[i], x[a:b], x[:b], x[a:], x[:]
  Result<NodePtr> brackets(NodePtr object, bool optional) {
    const uint32_t at = now().at;
    next();
    NodePtr from;
    if (!now().is_operator(":")) {
      TRY_ASSIGN(from, expression(0));
      if (take_bracket("]")) {
        NodePtr node = make(Op::kMember, at);
        node->optional = optional;
        return build(std::move(node), std::move(object), std::move(from));
      }
    }
    TRY(expect_operator(":"));
    NodePtr to;
    if (!now().is_bracket("]")) {
      TRY_ASSIGN(to, expression(0));
    }
    TRY(expect_bracket("]"));
    return build(make(Op::kSlice, at), std::move(object), std::move(from), std::move(to));
  }

  static constexpr size_t kMaxHeight = 2 * limit::kExpressionDepth;
  static constexpr size_t kMaxChain = 64;

  std::string_view source_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  size_t depth_ = 0;
  size_t closures_ = 0;
  size_t chained_ = 0;
};

}  // namespace

Result<NodePtr> parse(std::string_view source) {
  TRY_ASSIGN(std::vector<Token> tokens, tokenize(source));
  return Parser(source, std::move(tokens)).run();
}

}  // namespace slipway::expr::lang
