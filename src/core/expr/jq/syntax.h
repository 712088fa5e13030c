// The parser's working state; parser.cc, term.cc and pattern.cc each implement a part of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/expr/jq/names.h"
#include "core/expr/jq/token.h"
#include "core/expr/jq/tree.h"

namespace slipway::expr::jq {

class Syntax {
 public:
  Syntax(std::string_view source, bool prelude) : tokens_(tokenize(source)), prelude_(prelude) {}

  Result<Tree> program();

 private:
  using Nodes = std::vector<const Node*>;
  using What = Names::What;

  // parser.cc: a query is everything down to `|`; null after a failure, which is kept.
  const Node* query();
  const Node* pipeline();
  const Node* comma();
  // An operator expression; with `bind`, a term may be followed by `as`.
  const Node* expression(int level, bool bind);
  const Node* operand(bool bind);
  const Node* combine(std::string_view symbol, const Node* left, const Node* right);
  bool definition();
  const Node* label();

  // term.cc
  const Node* term();
  const Node* primary();
  const Node* postfix(const Node* target);
  const Node* bracket(const Node* target);
  const Node* word();
  const Node* call(std::string name, Nodes arguments);
  const Node* builtin(const std::string& name, Nodes& arguments);
  const Node* variable(std::string_view name);
  const Node* condition();
  const Node* attempt();
  const Node* array();
  const Node* object();
  bool member(Nodes& into);
  const Node* object_value();
  const Node* number(std::string_view text);
  const Node* format();
  const Node* text(const Node* formatter);

  // pattern.cc
  const Node* bind(const Node* source);
  struct Alternative;
  Alternative alternative(Nodes steps, Names::Place since) const;
  const Node* either(const Node* source, const Nodes& first, Names::Place place);
  const Node* fold(bool foreach);  // reduce and foreach
  bool pattern(const Node* source, Nodes& steps);
  bool array_pattern(size_t container, Nodes& steps);
  bool object_pattern(size_t container, Nodes& steps);
  const Node* pattern_key(size_t container);
  const Node* chain(const Nodes& steps, size_t from, const Node* body);

  // Making nodes.
  Node& make(Op op, Nodes children = {});
  const Node* literal(Value value);
  const Node* variable_at(size_t binding);
  const Node* index(const Node* target, Value key);

  // Tokens.
  const Token& peek() const { return tokens_[at_]; }
  bool is(std::string_view symbol) const {
    return peek().mark == Mark::kSymbol && peek().text == symbol;
  }
  bool is_word(std::string_view word) const {
    return peek().mark == Mark::kName && peek().text == word;
  }
  bool accept(std::string_view symbol);
  bool accept_word(std::string_view word);
  bool expect(std::string_view symbol);
  bool expect_word(std::string_view word);
  std::nullptr_t unexpected();
  // Keeps the first such error and stands in for the node.
  const Node* undefined(std::string message);

  // Nesting is bounded so that parsing cannot overflow the stack.
  class Nest {
   public:
    explicit Nest(Syntax& syntax) : syntax_(syntax) { ++syntax_.nest_; }
    ~Nest() { --syntax_.nest_; }
    bool too_deep() const;

   private:
    Syntax& syntax_;
  };

  std::vector<Token> tokens_;
  size_t at_ = 0;
  bool prelude_;
  Tree tree_;
  Names names_;
  size_t nest_ = 0;
  std::optional<Error> syntax_error_;  // the first one
  std::optional<Error> name_error_;    // a name that is not defined; the syntax goes first
};

}  // namespace slipway::expr::jq
