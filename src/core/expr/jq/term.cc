#include <cmath>
#include <limits>

#include "core/expr/jq/builtin.h"
#include "core/expr/jq/number.h"
#include "core/expr/jq/parser.h"
#include "core/expr/jq/syntax.h"

namespace slipway::expr::jq {

const Node* Syntax::term() {
  const Nest nest(*this);
  if (nest.too_deep()) return nullptr;
  const Node* made = primary();
  while (!syntax_error_) {
    const Node* next = postfix(made);
    if (next == nullptr || next == made) return next;
    made = next;
  }
  return nullptr;
}

// One step further, or `target` itself when nothing follows.
const Node* Syntax::postfix(const Node* target) {
  const Token& token = peek();
  if (token.mark == Mark::kField) return ++at_, index(target, Value(token.text));
  if (is("[")) return bracket(target);
  if (accept("?")) {
    const bool step =
        target->op == Op::kIndex || target->op == Op::kSlice || target->op == Op::kIterate;
    if (!step || target->optional) return &make(Op::kTry, {target, nullptr});
    Node& node = make(target->op, target->children);
    node.literal = target->literal;
    node.optional = true;
    node.fixed = node.total = false;
    return &node;
  }
  if (!is(".")) return target;
  ++at_;
  if (is("[")) return bracket(target);
  if (peek().mark != Mark::kOpenQuote) return unexpected();
  const Node* key = text(nullptr);
  if (syntax_error_) return nullptr;
  return key->op == Op::kLiteral ? index(target, key->literal) : &make(Op::kIndex, {target, key});
}

// [] or [key] or [from:to], either end optional.
const Node* Syntax::bracket(const Node* target) {
  ++at_;
  if (accept("]")) return &make(Op::kIterate, {target});
  const Node* from = nullptr;
  if (!is(":")) from = query();
  if (syntax_error_) return nullptr;
  if (accept("]")) {
    if (from->op == Op::kLiteral) return index(target, from->literal);
    return &make(Op::kIndex, {target, from});
  }
  if (!expect(":")) return nullptr;
  const Node* to = nullptr;
  if (from == nullptr || !is("]")) to = query();
  if (syntax_error_ || !expect("]")) return nullptr;
  return &make(Op::kSlice, {target, from, to});
}

const Node* Syntax::primary() {
  const Token& token = peek();
  switch (token.mark) {
    case Mark::kField:
      return ++at_, index(&make(Op::kIdentity), Value(token.text));
    case Mark::kNumber:
      return number(token.text);
    case Mark::kVariable:
      return ++at_, variable(token.text);
    case Mark::kFormat:
      return format();
    case Mark::kOpenQuote:
      return text(nullptr);
    case Mark::kName:
      return word();
    default:
      break;
  }
  if (accept("..")) return call("recurse", {});
  if (is("[")) return array();
  if (is("{")) return object();
  if (accept("(")) {
    const Node* inner = query();
    if (syntax_error_ || !expect(")")) return nullptr;
    // (E)? is about all of E, E? about its last step.
    return accept("?") ? &make(Op::kTry, {inner, nullptr}) : inner;
  }
  if (is("-") || is("+")) {
    const bool minus = is("-");
    ++at_;
    const Node* operand = term();
    if (syntax_error_) return nullptr;
    Node& node = make(Op::kSign, {operand});
    node.binary = minus ? Binary::kSubtract : Binary::kAdd;
    return &node;
  }
  if (!accept(".")) return unexpected();
  if (peek().mark == Mark::kOpenQuote) return --at_, postfix(&make(Op::kIdentity));
  return &make(Op::kIdentity);  // a bracket that follows is a postfix
}

const Node* Syntax::word() {
  const std::string_view name = peek().text;
  if (name == "null") return ++at_, literal({});
  if (name == "true" || name == "false") return ++at_, literal(name == "true");
  if (name == "if") return condition();
  if (name == "try") return attempt();
  if (name == "reduce") return fold(false);
  if (name == "foreach") return fold(true);
  if (name == "break") {
    ++at_;
    if (peek().mark != Mark::kVariable) return unexpected();
    const std::string_view label = peek().text;
    ++at_;
    const Names::Name* found = names_.find(What::kLabel, label);
    if (found == nullptr) return undefined("label not defined: $" + std::string(label));
    Node& node = make(Op::kBreak);
    node.up = names_.up(found->depth);
    return &node;
  }
  if (is_keyword(name)) return unexpected();
  ++at_;
  Nodes arguments;
  if (accept("(")) {
    do {
      const Node* argument = query();
      if (syntax_error_) return nullptr;
      arguments.push_back(argument);
    } while (accept(";"));
    if (!expect(")")) return nullptr;
  }
  return call(std::string(name), std::move(arguments));
}

// Names of the filter first, then the prelude's, then ours.
const Node* Syntax::call(std::string name, Nodes arguments) {
  if (const Names::Name* found = names_.find_filter(name, arguments.size())) {
    Node& node =
        make(found->what == What::kArgument ? Op::kArgument : Op::kCall, std::move(arguments));
    node.up = names_.up(found->depth);
    node.function = found->function;
    return &node;
  }
  if (!prelude_) {
    if (const Function* function = find_prelude(name, arguments.size())) {
      Node& node = make(Op::kCall, std::move(arguments));
      node.function = function;
      return &node;
    }
  }
  if (const Node* node = builtin(name, arguments)) return node;
  return undefined("function not defined: " + name + "/" + std::to_string(arguments.size()));
}

// Null when there is none of that name.
const Node* Syntax::builtin(const std::string& name, Nodes& arguments) {
  if (name.starts_with('_') && !prelude_) return nullptr;
  const size_t count = arguments.size();
  if (name == "empty" && count == 0) return &make(Op::kEmpty);
  if (name == "error" && count <= 1) return &make(Op::kError, arguments);
  if (name == "path" && count == 1) return &make(Op::kPath, arguments);
  if (name == "getpath" && count == 1) return &make(Op::kGetPath, arguments);
  if (name == "range" && count >= 1 && count <= 3) {
    if (count == 1) arguments.insert(arguments.begin(), literal(int64_t{0}));
    if (count <= 2) arguments.push_back(literal(int64_t{1}));
    return &make(Op::kRange, arguments);
  }
  const Native* native = find_native(name, count);
  if (native == nullptr) return nullptr;
  Node& node = make(Op::kNative, arguments);
  node.native = native;
  return &node;
}

const Node* Syntax::variable(std::string_view name) {
  if (const Names::Name* found = names_.find(What::kVariable, name)) {
    return variable_at(found->depth);
  }
  if (name == "ENV") return literal(Members{});
  if (name == "__loc__") {
    const auto line = static_cast<int64_t>(tokens_[at_ - 1].line);
    return literal(Members{{"file", Value(std::string("<top-level>"))}, {"line", Value(line)}});
  }
  return undefined("variable not defined: $" + std::string(name));
}

// if … then … { elif … then … } [ else … ] end
const Node* Syntax::condition() {
  Nodes parts;  // condition, result, condition, result, …, otherwise
  do {
    ++at_;
    const Node* when = query();
    if (syntax_error_ || !expect_word("then")) return nullptr;
    const Node* then = query();
    if (syntax_error_) return nullptr;
    parts.insert(parts.end(), {when, then});
  } while (is_word("elif"));
  const Node* made = accept_word("else") ? query() : &make(Op::kIdentity);
  if (syntax_error_ || !expect_word("end")) return nullptr;
  for (size_t i = parts.size(); i > 0; i -= 2) {
    made = &make(Op::kIf, {parts[i - 2], parts[i - 1], made});
  }
  return made;
}

const Node* Syntax::attempt() {
  ++at_;
  const Node* body = term();
  if (syntax_error_) return nullptr;
  const Node* handler = nullptr;
  if (accept_word("catch")) handler = term();
  return syntax_error_ ? nullptr : &make(Op::kTry, {body, handler});
}

const Node* Syntax::array() {
  ++at_;
  if (accept("]")) return literal(Items{});
  const Node* content = query();
  return syntax_error_ || !expect("]") ? nullptr : &make(Op::kArray, {content});
}

const Node* Syntax::object() {
  ++at_;
  if (accept("}")) return literal(Members{});
  Nodes members;
  do {
    if (!members.empty() && is("}")) break;
    if (!member(members)) return nullptr;
  } while (accept(","));
  return expect("}") ? &make(Op::kObject, std::move(members)) : nullptr;
}

// name, "text", @format "text", $variable or (query); a value unless it can be read off the key.
bool Syntax::member(Nodes& into) {
  const Token& token = peek();
  const Node *key = nullptr, *value = nullptr;
  if (token.mark == Mark::kName || token.mark == Mark::kVariable) {
    ++at_;
    key = literal(Value(token.text));
    if (token.mark == Mark::kVariable) value = variable(token.text);
    if (token.mark == Mark::kVariable && is(":")) key = value;
    if (value == nullptr) value = index(&make(Op::kIdentity), key->literal);
  } else if (token.mark == Mark::kOpenQuote || token.mark == Mark::kFormat) {
    key = token.mark == Mark::kFormat ? format() : text(nullptr);
    if (syntax_error_) return false;
    value = key->op == Op::kLiteral ? index(&make(Op::kIdentity), key->literal)
                                    : &make(Op::kIndex, {&make(Op::kIdentity), key});
  } else if (accept("(")) {
    key = query();
    if (syntax_error_ || !expect(")")) return false;
    if (!is(":")) return unexpected(), false;
  } else {
    return unexpected(), false;
  }
  if (accept(":")) value = object_value();
  into.insert(into.end(), {key, value});
  return !syntax_error_;
}

const Node* Syntax::object_value() {
  Nodes stages;
  do {
    const Node* stage = expression(1, false);
    if (syntax_error_) return nullptr;
    stages.push_back(stage);
  } while (accept("|"));
  return stages.size() == 1 ? stages[0] : &make(Op::kPipe, std::move(stages));
}

const Node* Syntax::number(std::string_view text) {
  ++at_;
  return literal(read_number(text));
}

const Node* Syntax::format() {
  const std::string name(peek().text);
  ++at_;
  const Native* native = find_native(name, 0);
  if (native == nullptr) return undefined("format not defined: " + name);
  Node& node = make(Op::kNative);
  node.native = native;
  return peek().mark == Mark::kOpenQuote ? text(&node) : &node;
}

// A string with its interpolations: the pieces added up, each interpolation through `formatter`.
const Node* Syntax::text(const Node* formatter) {
  ++at_;
  const Node* made = nullptr;
  if (formatter == nullptr) {
    Node& node = make(Op::kNative);
    node.native = find_native("tostring", 0);
    formatter = &node;
  }
  while (peek().mark != Mark::kCloseQuote) {
    const Node* piece = nullptr;
    if (peek().mark == Mark::kText) {
      piece = literal(Value(peek().value));
      ++at_;
    } else if (peek().mark == Mark::kOpenHole) {
      ++at_;
      const Node* inner = query();
      if (syntax_error_ || !expect(")")) return nullptr;
      piece = &make(Op::kPipe, {inner, formatter});
    } else {
      return unexpected();
    }
    made = made == nullptr ? piece : &make(Op::kBinary, {made, piece});
  }
  ++at_;
  return made != nullptr ? made : literal(Value(std::string()));
}

}  // namespace slipway::expr::jq
