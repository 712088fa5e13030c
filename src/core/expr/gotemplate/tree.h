// A parsed Go template. Private to this folder.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace slipway::expr::gotemplate {

struct Pipe;

// One argument of a command: its base, then the fields read from it.
struct Operand {
  enum class Base { kDot, kVariable, kLiteral, kFunction, kPipe } base = Base::kDot;
  std::string name;     // variable with its $, or function
  json::value literal;  // nil is null
  std::unique_ptr<Pipe> pipe;
  std::vector<std::string> fields;
};

struct Command {
  std::vector<Operand> operands;  // the first is what is called when it is a function
};

struct Pipe {
  std::vector<std::string> variables;  // declared or assigned, with their $
  bool assigns = false;                // = instead of :=
  std::vector<Command> commands;
  int line = 1;
};

struct Node;
using List = std::vector<Node>;

struct Node {
  enum class Kind { kText, kAction, kIf, kWith, kRange, kTemplate, kBreak, kContinue };
  Kind kind = Kind::kText;
  int line = 1;
  std::string text;  // or the template's name
  Pipe pipe;         // no commands for {{template "x"}}
  List body, otherwise;
};

struct Tree {
  List root;
  std::map<std::string, List> defined;
};

Result<Tree> parse(std::string_view source);

}  // namespace slipway::expr::gotemplate
