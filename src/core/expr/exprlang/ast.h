// The tree of a parsed expression.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/expr/exprlang/value.h"

namespace re2 {
class RE2;
}

namespace slipway::expr::lang {

enum class Op : uint8_t {
  kLiteral,      // literal
  kName,         // text: a variable, a `let`, or a member of the environment
  kEnvironment,  // $env
  kPointer,      // # or #acc, #index (text)
  kUnary,        // text: - + not; a
  kBinary,       // binary; a b
  kAnd,
  kOr,
  kCoalesce,     // a ?? b
  kConditional,  // a ? b : c; without b the condition itself
  kMember,       // a[b]; optional
  kSlice,        // a[b:c], either may be absent
  kChain,        // a, a member chain holding ?.
  kCall,         // text: a function; children: arguments
  kMethod,       // text: a method; first child: the receiver
  kPredicate,    // text: a builtin that takes a closure; children: list, closure, more
  kLet,          // text = a; b
  kSequence,     // children; the value of the last
  kArray,        // children
  kMap,          // children: key, value, key, value, ...
};

enum class Binary : uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRemainder,
  kPower,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kMatches,
  kContains,
  kStartsWith,
  kEndsWith,
  kRange,
};

struct Builtin;  // builtin.h
struct Closure;  // builtin.h
struct Node;
using NodePtr = std::unique_ptr<Node>;

struct Node {
  Op op = Op::kLiteral;
  Binary binary = Binary::kAdd;
  bool optional = false;      // kMember: ?.
  bool builtin_only = false;  // kCall: written ::name, the environment does not hide it
  uint32_t at = 0;            // byte offset for messages
  std::string text;
  Value literal;
  std::vector<NodePtr> children;            // may hold nullptr in kSlice
  const Builtin* builtin = nullptr;         // kCall; nullptr: not a function we know
  const Closure* closure = nullptr;         // kPredicate
  std::shared_ptr<const re2::RE2> pattern;  // of a literal right side of matches
  size_t height = 1;                        // of the tree below and including this
};

}  // namespace slipway::expr::lang
