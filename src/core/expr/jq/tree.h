// The tree of a filter. Names are resolved by the parser: a variable is the number of bindings to
// go up from where it is used.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "core/expr/jq/value.h"

namespace slipway::expr::jq {

struct Native;
struct Node;

enum class Op : uint8_t {
  kIdentity,     // .
  kLiteral,      // literal
  kVariable,     // $name: up
  kArgument,     // a filter passed as a parameter: up
  kCall,         // a filter of the tree: function, up, children are the arguments
  kNative,       // a function of ours: native, children are the arguments
  kIndex,        // [target, key]; without a key: literal. optional
  kSlice,        // [target, start or null, end or null]. optional
  kIterate,      // [target]. optional
  kArray,        // [content]
  kObject,       // [key, value, key, value, …]
  kSign,         // [operand], binary is kAdd or kSubtract
  kPipe,         // all children
  kComma,        // all children
  kBinary,       // [left, right], binary
  kAnd,          // [left, right]
  kOr,           // [left, right]
  kAlternative,  // [left, right]: //
  kAssign,       // [paths, value]: =
  kUpdate,       // [paths, update]: |=
  kCalculate,    // [paths, value], binary: += and the like
  kIf,           // [condition, then, else]
  kTry,          // [body, handler or null]
  kReduce,       // [start, source, body]; the body binds the item and ends in kTake
  kForeach,      // [start, source, body]
  kTake,         // [update]: the state of the reduce or foreach around becomes the input
  kExtract,      // [extract]: what a foreach puts out, on the state just made
  kLabel,        // [body]
  kBreak,        // up
  kBind,         // [source, body]: one binding for every output of the source
  kEither,       // children: the alternatives of ?//; each of them ends in kRebind
  kRebind,       // [body]; slots, up: from the alternative's bindings to those that all share
  kPath,         // [paths]
  kGetPath,      // [path]
  kRange,        // [from, to, step]
  kEmpty,
  kError,  // [message] or nothing
};

enum class Binary : uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kEqual,
  kUnequal,
  kLess,
  kGreater,
  kAtMost,
  kAtLeast,
  kAlternative,  // only in //=
};

struct Function {
  std::string name;
  std::vector<std::string> parameters;  // $name for a value
  const Node* body = nullptr;
  bool global = false;  // of the prelude: has no bindings around it
};

struct Node {
  Op op = Op::kIdentity;
  Binary binary = Binary::kAdd;
  bool optional = false;    // an error of this step is no output
  bool array_only = false;  // kIndex of an array pattern
  bool fixed = false;       // a path of literals and variables, see static_path()
  bool total = false;       // certainly gives an output or an error
  size_t up = 0;
  Value literal;
  const Function* function = nullptr;
  const Native* native = nullptr;
  std::vector<const Node*> children;
  std::vector<int> slots;  // kRebind: for each shared variable how far up, or -1 for null
};

// Owns all nodes; destroying it does not recurse.
struct Tree {
  std::deque<Node> nodes;
  std::deque<Function> functions;
  const Node* root = nullptr;
};

}  // namespace slipway::expr::jq
