#include "core/expr/jq/parser.h"

#include <algorithm>

#include "core/expr/jq/syntax.h"

namespace slipway::expr::jq {
namespace {

constexpr size_t kNesting =
    128;  // of queries and terms; their frames fit a small stack, sanitized too

// Binding powers, loosest first. `|` and `,` are above.
struct Operator {
  std::string_view symbol;
  int level;
  enum class Group : uint8_t { kLeft, kRight, kNone } group;
};

constexpr Operator kOperators[] = {
    {"//", 1, Operator::Group::kRight}, {"?//", 1, Operator::Group::kRight},
    {"=", 2, Operator::Group::kNone},   {"|=", 2, Operator::Group::kNone},
    {"+=", 2, Operator::Group::kNone},  {"-=", 2, Operator::Group::kNone},
    {"*=", 2, Operator::Group::kNone},  {"/=", 2, Operator::Group::kNone},
    {"%=", 2, Operator::Group::kNone},  {"//=", 2, Operator::Group::kNone},
    {"or", 3, Operator::Group::kLeft},  {"and", 4, Operator::Group::kLeft},
    {"==", 5, Operator::Group::kNone},  {"!=", 5, Operator::Group::kNone},
    {"<", 5, Operator::Group::kNone},   {"<=", 5, Operator::Group::kNone},
    {">", 5, Operator::Group::kNone},   {">=", 5, Operator::Group::kNone},
    {"+", 6, Operator::Group::kLeft},   {"-", 6, Operator::Group::kLeft},
    {"*", 7, Operator::Group::kLeft},   {"/", 7, Operator::Group::kLeft},
    {"%", 7, Operator::Group::kLeft},
};

const Operator* operator_of(const Token& token) {
  if (token.mark != Mark::kSymbol && token.mark != Mark::kName) return nullptr;
  for (const Operator& candidate : kOperators) {
    if (candidate.symbol == token.text) return &candidate;
  }
  return nullptr;
}

std::optional<Binary> binary_of(std::string_view symbol) {
  constexpr std::pair<std::string_view, Binary> kBinaries[] = {
      {"+", Binary::kAdd},       {"-", Binary::kSubtract},     {"*", Binary::kMultiply},
      {"/", Binary::kDivide},    {"%", Binary::kModulo},       {"==", Binary::kEqual},
      {"!=", Binary::kUnequal},  {"<", Binary::kLess},         {">", Binary::kGreater},
      {"<=", Binary::kAtMost},   {">=", Binary::kAtLeast},     {"+=", Binary::kAdd},
      {"-=", Binary::kSubtract}, {"*=", Binary::kMultiply},    {"/=", Binary::kDivide},
      {"%=", Binary::kModulo},   {"//=", Binary::kAlternative}};
  for (const auto& [text, binary] : kBinaries) {
    if (text == symbol) return binary;
  }
  return std::nullopt;
}

// Whether a path is known without running anything but looking variables up.
bool is_fixed(const Node& node) {
  const auto all = [&] {
    return std::all_of(node.children.begin(), node.children.end(),
                       [](const Node* child) { return child->fixed; });
  };
  switch (node.op) {
    case Op::kIdentity:
      return true;
    case Op::kPipe:
      return all();
    case Op::kIndex:
      return node.children[0]->fixed && !node.optional && !node.array_only &&
             (node.children.size() == 1 || node.children[1]->op == Op::kVariable ||
              node.children[1]->op == Op::kLiteral);
    case Op::kSlice: {
      const auto constant = [](const Node* end) { return !end || end->op == Op::kLiteral; };
      return node.children[0]->fixed && !node.optional && constant(node.children[1]) &&
             constant(node.children[2]);
    }
    default:
      return false;
  }
}

// Whether at least one output (or an error) is certain.
bool is_total(const Node& node) {
  switch (node.op) {
    case Op::kIdentity:
    case Op::kLiteral:
    case Op::kVariable:
    case Op::kArray:
    case Op::kUpdate:
      return true;
    case Op::kComma:
      return node.children[0]->total;
    case Op::kIndex:
    case Op::kSlice:
      if (node.optional) return false;
      break;
    case Op::kObject:
    case Op::kSign:
    case Op::kPipe:
    case Op::kBinary:
    case Op::kNative:
    case Op::kBind:
    case Op::kAnd:
    case Op::kOr:
    case Op::kIf:
      break;
    case Op::kAssign:
    case Op::kCalculate:
      return node.children[1]->total;
    default:
      return false;
  }
  return std::all_of(node.children.begin(), node.children.end(),
                     [](const Node* child) { return child == nullptr || child->total; });
}

}  // namespace

bool Syntax::Nest::too_deep() const {
  if (syntax_.nest_ <= kNesting) return false;
  if (!syntax_.syntax_error_) {
    syntax_.syntax_error_ = Error{ErrorCode::kLimit, "the filter nests too deep"};
  }
  return true;
}

Node& Syntax::make(Op op, Nodes children) {
  Node& node = tree_.nodes.emplace_back();
  node.op = op;
  node.children = std::move(children);
  node.fixed = is_fixed(node);
  node.total = is_total(node);
  return node;
}

const Node* Syntax::literal(Value value) {
  Node& node = make(Op::kLiteral);
  node.literal = std::move(value);
  return &node;
}

const Node* Syntax::variable_at(size_t binding) {
  Node& node = make(Op::kVariable);
  node.up = names_.up(binding);
  return &node;
}

const Node* Syntax::index(const Node* target, Value key) {
  Node& node = make(Op::kIndex, {target});
  node.literal = std::move(key);
  return &node;
}

bool Syntax::accept(std::string_view symbol) { return is(symbol) ? (++at_, true) : false; }
bool Syntax::accept_word(std::string_view word) { return is_word(word) ? (++at_, true) : false; }
bool Syntax::expect(std::string_view symbol) {
  return accept(symbol) ? true : (unexpected(), false);
}
bool Syntax::expect_word(std::string_view word) {
  return accept_word(word) ? true : (unexpected(), false);
}

std::nullptr_t Syntax::unexpected() {
  if (syntax_error_) return nullptr;
  const Token& token = peek();
  if (token.mark == Mark::kEnd) return syntax_error_ = invalid("unexpected EOF"), nullptr;
  if (token.mark == Mark::kInvalid) return syntax_error_ = invalid(token.value), nullptr;
  std::string text(token.text);
  for (size_t i = at_; token.mark == Mark::kOpenQuote && i < at_ + 3 && i < tokens_.size(); ++i) {
    if (tokens_[i].mark != Mark::kCloseQuote) continue;
    text.assign(token.text.data(), tokens_[i].text.data() + 1);
  }
  if (token.mark == Mark::kField) text = "." + text;
  if (token.mark == Mark::kVariable) text = "$" + text;
  return syntax_error_ = invalid("unexpected token " + quote_json(text)), nullptr;
}

const Node* Syntax::undefined(std::string message) {
  if (!name_error_) name_error_ = invalid(std::move(message));
  return &make(Op::kEmpty);
}

Result<Tree> Syntax::program() {
  while (is_word("def")) {
    if (!definition()) break;
  }
  if (!syntax_error_ && peek().mark == Mark::kEnd) {
    tree_.root = &make(Op::kIdentity);
  } else if (!syntax_error_) {
    if (is_word("import") || is_word("include") || is_word("module")) {
      undefined("modules are not available here");
    } else {
      tree_.root = query();
      if (!syntax_error_ && peek().mark != Mark::kEnd) unexpected();
    }
  }
  if (syntax_error_) return *syntax_error_;
  if (name_error_) return *name_error_;
  return std::move(tree_);
}

// query = { definition } pipeline
const Node* Syntax::query() {
  const Nest nest(*this);
  if (nest.too_deep()) return nullptr;
  const Names::Place place = names_.place();
  const Node* made = pipeline();
  names_.leave(place);
  return made;
}

// What follows a definition, a label or `as … |` reaches as far as a query does.
const Node* Syntax::pipeline() {
  Nodes stages;
  for (;;) {
    while (is_word("def")) {
      if (!definition()) return nullptr;
    }
    const Node* stage = comma();
    if (syntax_error_) return nullptr;
    stages.push_back(stage);
    if (!accept("|")) break;
  }
  return stages.size() == 1 ? stages[0] : &make(Op::kPipe, std::move(stages));
}

const Node* Syntax::comma() {
  Nodes parts;
  do {
    const Node* part = is_word("def") ? query() : expression(1, true);
    if (syntax_error_) return nullptr;
    parts.push_back(part);
  } while (accept(","));
  return parts.size() == 1 ? parts[0] : &make(Op::kComma, std::move(parts));
}

const Node* Syntax::operand(bool bind_allowed) {
  if (is_word("label")) return label();
  const Node* made = term();
  if (syntax_error_ || !bind_allowed || !is_word("as")) return made;
  return bind(made);
}

const Node* Syntax::expression(int level, bool bind_allowed) {
  const Node* left = operand(bind_allowed);
  if (syntax_error_) return nullptr;
  std::vector<const Node*> alternatives;  // of a // b // c, which groups to the right
  for (;;) {
    const Operator* op = operator_of(peek());
    if (op == nullptr || op->level < level) break;
    const std::string_view symbol = op->symbol;
    ++at_;
    const Nest nest(*this);
    if (nest.too_deep()) return nullptr;
    const Node* right = expression(op->level + 1, bind_allowed);
    if (syntax_error_) return nullptr;
    if (op->group == Operator::Group::kRight) {
      if (symbol == "?//") left = &make(Op::kTry, {left, nullptr});
      alternatives.push_back(left);
      left = right;
      continue;
    }
    left = combine(symbol, left, right);
    const Operator* next = operator_of(peek());
    if (op->group == Operator::Group::kNone && next != nullptr && next->level == op->level) {
      return unexpected();
    }
  }
  while (!alternatives.empty()) {
    left = &make(Op::kAlternative, {alternatives.back(), left});
    alternatives.pop_back();
  }
  return left;
}

const Node* Syntax::combine(std::string_view symbol, const Node* left, const Node* right) {
  if (symbol == "and") return &make(Op::kAnd, {left, right});
  if (symbol == "or") return &make(Op::kOr, {left, right});
  if (symbol == "=") return &make(Op::kAssign, {left, right});
  if (symbol == "|=") return &make(Op::kUpdate, {left, right});
  const bool updates = symbol.size() > 1 && symbol.back() == '=' &&
                       operator_of(Token{Mark::kSymbol, symbol, {}, 0})->level == 2;
  Node& node = make(updates ? Op::kCalculate : Op::kBinary, {left, right});
  node.binary = *binary_of(symbol);
  return &node;
}

// def name: body; or def name(a; $b): body;
bool Syntax::definition() {
  ++at_;
  if (peek().mark != Mark::kName || is_keyword(peek().text)) return unexpected(), false;
  Function& function = tree_.functions.emplace_back();
  function.name = peek().text;
  function.global = prelude_ && nest_ == 0;
  ++at_;
  if (accept("(")) {
    do {
      const bool value = peek().mark == Mark::kVariable;
      if (!value && (peek().mark != Mark::kName || is_keyword(peek().text))) {
        return unexpected(), false;
      }
      function.parameters.push_back((value ? "$" : "") + std::string(peek().text));
      ++at_;
    } while (accept(";"));
    if (!expect(")")) return false;
  }
  if (!expect(":")) return false;
  names_.define(function);
  const Names::Place place = names_.place();
  std::vector<std::pair<std::string_view, size_t>> values;
  for (std::string_view parameter : function.parameters) {
    const bool value = parameter.starts_with('$');
    if (value) parameter.remove_prefix(1);
    const size_t binding = names_.bind(What::kArgument, parameter);
    if (value) values.emplace_back(parameter, binding);
  }
  Nodes steps;
  for (const auto& [name, binding] : values) {
    Node& argument = make(Op::kArgument);
    argument.up = names_.up(binding);
    steps.push_back(&argument);
    names_.bind(What::kVariable, name);
  }
  const Node* body = query();
  if (syntax_error_ || !expect(";")) return false;
  function.body = chain(steps, 0, body);
  names_.leave(place);
  return true;
}

const Node* Syntax::label() {
  ++at_;
  if (peek().mark != Mark::kVariable) return unexpected();
  const Names::Place place = names_.place();
  names_.bind(What::kLabel, peek().text);
  ++at_;
  if (!expect("|")) return nullptr;
  const Node* body = query();
  names_.leave(place);
  return syntax_error_ ? nullptr : &make(Op::kLabel, {body});
}

Result<Tree> parse(std::string_view source) { return Syntax(source, false).program(); }

}  // namespace slipway::expr::jq
