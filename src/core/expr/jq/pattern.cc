// Destructuring. A pattern becomes a chain of single bindings: `. as [$a, {b: $c}] | f` is the
// array, then its element 0, then element 1, then that one's b, each bound in turn.
#include <algorithm>

#include "core/expr/jq/syntax.h"

namespace slipway::expr::jq {

const Node* Syntax::chain(const Nodes& steps, size_t from, const Node* body) {
  for (size_t i = steps.size(); i > from; --i) body = &make(Op::kBind, {steps[i - 1], body});
  return body;
}

// Binds what `source` gives to a pattern, adding the steps that does it.
bool Syntax::pattern(const Node* source, Nodes& steps) {
  const Nest nest(*this);
  if (nest.too_deep()) return false;
  steps.push_back(source);
  if (peek().mark == Mark::kVariable) {
    names_.bind(What::kVariable, peek().text);
    ++at_;
    return true;
  }
  const size_t container = names_.bind_unnamed();
  if (accept("[")) return array_pattern(container, steps);
  if (accept("{")) return object_pattern(container, steps);
  return unexpected(), false;
}

bool Syntax::array_pattern(size_t container, Nodes& steps) {
  int64_t position = 0;
  do {
    Node& element = make(Op::kIndex, {variable_at(container)});
    element.literal = position++;
    element.array_only = true;
    element.fixed = false;
    if (!pattern(&element, steps)) return false;
  } while (accept(","));
  return expect("]");
}

bool Syntax::object_pattern(size_t container, Nodes& steps) {
  do {
    const Token& token = peek();
    if (token.mark == Mark::kVariable) {
      ++at_;
      steps.push_back(index(variable_at(container), Value(token.text)));
      names_.bind(What::kVariable, token.text);
      const size_t binding = names_.depth();
      if (accept(":") && !pattern(variable_at(binding), steps)) return false;
      continue;
    }
    const Node* key = pattern_key(container);
    if (syntax_error_ || !expect(":")) return false;
    const Node* source = key->op == Op::kLiteral ? index(variable_at(container), key->literal)
                                                 : &make(Op::kIndex, {variable_at(container), key});
    if (!pattern(source, steps)) return false;
  } while (accept(","));
  return expect("}");
}

// A key that is computed sees the container as its input.
const Node* Syntax::pattern_key(size_t container) {
  const Token& token = peek();
  if (token.mark == Mark::kName) return ++at_, literal(Value(token.text));
  const Node* key = nullptr;
  if (token.mark == Mark::kOpenQuote) {
    key = text(nullptr);
  } else if (accept("(")) {
    key = query();
    if (syntax_error_ || !expect(")")) return nullptr;
  } else {
    return unexpected();
  }
  if (syntax_error_ || key->op == Op::kLiteral) return key;
  return &make(Op::kPipe, {variable_at(container), key});
}

// What one pattern of several binds.
struct Syntax::Alternative {
  Nodes steps;
  size_t depth;  // of the bindings when all are made
  std::vector<std::pair<std::string, size_t>> variables;
};

// source as pattern { ?// pattern } | body
const Node* Syntax::bind(const Node* source) {
  ++at_;
  const Names::Place place = names_.place();
  Nodes steps;
  if (!pattern(source, steps)) return nullptr;
  if (is("?//")) return either(source, steps, place);
  if (!expect("|")) return nullptr;
  const Node* body = query();
  names_.leave(place);
  return syntax_error_ ? nullptr : chain(steps, 0, body);
}

Syntax::Alternative Syntax::alternative(Nodes steps, Names::Place since) const {
  Alternative made{std::move(steps), names_.depth(), {}};
  for (const std::string& name : names_.variables_since(since)) {
    made.variables.emplace_back(name, names_.find(What::kVariable, name)->depth);
  }
  return made;
}

// The first pattern is read. The body sees the variables of all patterns, those of the others as
// null: each alternative ends by putting its bindings into that shape.
const Node* Syntax::either(const Node* source, const Nodes& first, Names::Place place) {
  std::vector<Alternative> alternatives = {alternative({first.begin() + 1, first.end()}, place)};
  const Names::Place outside = {place.names, place.depth + 1};  // the value itself is bound
  names_.leave(outside);
  while (accept("?//")) {
    Nodes steps;
    if (!pattern(variable_at(outside.depth), steps)) return nullptr;
    alternatives.push_back(alternative(std::move(steps), outside));
    names_.leave(outside);
  }
  if (!expect("|")) return nullptr;
  std::vector<std::string> shared;
  for (const Alternative& made : alternatives) {
    for (const auto& [name, depth] : made.variables) {
      if (std::find(shared.begin(), shared.end(), name) == shared.end()) shared.push_back(name);
    }
  }
  for (const std::string& name : shared) names_.bind(What::kVariable, name);
  const Node* body = query();
  names_.leave(place);
  if (syntax_error_) return nullptr;
  Nodes children;
  for (const Alternative& made : alternatives) {
    Node& rebind = make(Op::kRebind, {body});
    rebind.up = made.depth - outside.depth;
    for (const std::string& name : shared) {
      int slot = -1;
      for (const auto& [variable, depth] : made.variables) {
        if (variable == name) slot = static_cast<int>(made.depth - depth);
      }
      rebind.slots.push_back(slot);
    }
    children.push_back(chain(made.steps, 0, &rebind));
  }
  return &make(Op::kBind, {source, &make(Op::kEither, std::move(children))});
}

// reduce source as pattern (start; update), foreach source as pattern (start; update [; extract]).
// The start does not see the pattern's variables.
const Node* Syntax::fold(bool foreach) {
  ++at_;
  const Node* source = expression(1, false);
  if (syntax_error_ || !expect_word("as")) return nullptr;
  const Names::Place place = names_.place();
  Nodes steps;
  if (!pattern(source, steps) || !expect("(")) return nullptr;
  Names::Hidden hidden = names_.hide(place);
  const Node* start = query();
  names_.show(std::move(hidden));
  if (syntax_error_ || !expect(";")) return nullptr;
  Nodes children = {query()};
  if (!syntax_error_ && foreach && accept(";")) children.push_back(query());
  if (syntax_error_ || !expect(")")) return nullptr;
  names_.leave(place);
  const Node* body = chain(steps, 1, &make(Op::kTake, std::move(children)));
  return &make(foreach ? Op::kForeach : Op::kReduce, {start, source, body});
}

}  // namespace slipway::expr::jq
