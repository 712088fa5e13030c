#include "core/expr/gotemplate/gotemplate.h"

#include "base/limit.h"
#include "core/expr/gotemplate/function.h"
#include "core/expr/gotemplate/token.h"
#include "core/expr/gotemplate/tree.h"

namespace slipway::expr {
namespace {

using namespace gotemplate;

enum class Flow { kOn, kBreak, kContinue };

class Executor {
 public:
  Executor(const Tree& tree, Time now) : tree_(tree), now_(now) {}

  Result<std::string> run(const json::value& data) {
    const Ref root(Ref(), &data);  // the caller keeps it alive
    variables_.push_back({"$", root});
    TRY(list(tree_.root, root));
    return std::move(out_);
  }

 private:
  struct Variable {
    std::string name;
    Ref value;
  };

  Error wrong(const std::string& text, ErrorCode code = ErrorCode::kInvalid) const {
    return template_error(line_, "executing \"param\": " + text, code);
  }

  Status spend(size_t bytes = 0) {
    if (++fuel_ > limit::kExpressionFuel) {
      return wrong("the template runs too long", ErrorCode::kLimit);
    }
    if (out_.size() + bytes > kOutputBytes) {
      return wrong("the output is larger than " + std::to_string(kOutputBytes) + " bytes",
                   ErrorCode::kLimit);
    }
    return {};
  }

  Status write(std::string_view text) {
    TRY(spend(text.size()));
    out_ += text;
    return {};
  }

  Result<Flow> list(const List& nodes, const Ref& dot) {
    const size_t scope = variables_.size();
    Flow flow = Flow::kOn;
    for (const Node& node : nodes) {
      TRY_ASSIGN(flow, one(node, dot));
      if (flow != Flow::kOn) break;
    }
    variables_.resize(scope);
    return flow;
  }

  Result<Flow> one(const Node& node, const Ref& dot) {
    line_ = node.line;
    TRY(spend());
    switch (node.kind) {
      case Node::Kind::kText:
        TRY(write(node.text));
        return Flow::kOn;
      case Node::Kind::kAction: {
        TRY_ASSIGN(const Ref value, pipeline(node.pipe, dot));
        if (node.pipe.variables.empty()) TRY(write(print(*value)));
        return Flow::kOn;
      }
      case Node::Kind::kIf:
      case Node::Kind::kWith:
        return branch(node, dot);
      case Node::Kind::kRange:
        return range(node, dot);
      case Node::Kind::kTemplate:
        TRY(call_template(node, dot));
        return Flow::kOn;
      case Node::Kind::kBreak:
        return Flow::kBreak;
      case Node::Kind::kContinue:
        return Flow::kContinue;
    }
    return Flow::kOn;
  }

  Result<Flow> branch(const Node& node, const Ref& dot) {
    const size_t scope = variables_.size();
    TRY_ASSIGN(const Ref value, pipeline(node.pipe, dot));
    const bool truth = is_true(*value);
    const Ref& inner = truth && node.kind == Node::Kind::kWith ? value : dot;
    TRY_ASSIGN(const Flow flow, list(truth ? node.body : node.otherwise, inner));
    variables_.resize(scope);
    return flow;
  }

  // One round of a range, with its variables set.
  Result<bool> round(const Node& node, Ref key, const Ref& element) {
    const size_t scope = variables_.size();
    const auto& names = node.pipe.variables;
    const auto bind = [&](const std::string& name, const Ref& value) -> Status {
      if (node.pipe.assigns) return assign(name, value);
      variables_.push_back({name, value});
      return {};
    };
    if (names.size() == 1) TRY(bind(names[0], element));
    if (names.size() == 2) {
      TRY(bind(names[0], key));
      TRY(bind(names[1], element));
    }
    TRY_ASSIGN(const Flow flow, list(node.body, element));
    variables_.resize(scope);
    return flow != Flow::kBreak;
  }

  Result<Flow> range(const Node& node, const Ref& dot) {
    const size_t scope = variables_.size();
    TRY_ASSIGN(const Ref value, commands(node.pipe, dot));
    bool empty = true, more = true;
    if (const json::array* array = value->if_array()) {
      for (size_t i = 0; i < array->size() && more; ++i) {
        empty = false;
        TRY_ASSIGN(more, round(node, own(static_cast<int64_t>(i)), Ref(value, &(*array)[i])));
      }
    } else if (const json::object* object = value->if_object()) {
      std::map<std::string_view, const json::value*> members;
      for (const auto& member : *object) members[member.key()] = &member.value();
      for (const auto& [key, member] : members) {
        empty = false;
        TRY_ASSIGN(more, round(node, own(json::string(key)), Ref(value, member)));
        if (!more) break;
      }
    } else if (value->is_int64()) {
      for (int64_t i = 0; i < value->get_int64() && more; ++i) {
        empty = false;
        TRY(spend());
        TRY_ASSIGN(more, round(node, own(i), own(i)));
      }
    } else if (!value->is_null()) {
      return wrong("range can't iterate over " + print(*value));
    }
    variables_.resize(scope);
    return empty ? list(node.otherwise, dot) : Result<Flow>(Flow::kOn);
  }

  Status call_template(const Node& node, const Ref& dot) {
    const auto found = tree_.defined.find(node.text);
    if (found == tree_.defined.end()) return wrong("template \"" + node.text + "\" not defined");
    if (depth_ >= limit::kTemplateDepth) {
      return wrong(
          "exceeded maximum template depth (" + std::to_string(limit::kTemplateDepth) + ")",
          ErrorCode::kLimit);
    }
    Ref argument = own(nullptr);
    if (!node.pipe.commands.empty()) {
      TRY_ASSIGN(argument, pipeline(node.pipe, dot));
    }
    std::vector<Variable> outer{{"$", argument}};
    outer.swap(variables_);
    ++depth_;
    const Result<Flow> done = list(found->second, argument);
    --depth_;
    variables_ = std::move(outer);
    if (!done.ok()) return done.error();
    return {};
  }

  Status assign(const std::string& name, const Ref& value) {
    for (size_t i = variables_.size(); i-- > 0;) {
      if (variables_[i].name != name) continue;
      variables_[i].value = value;
      return {};
    }
    return wrong("undefined variable \"" + name + "\"");
  }

  Result<Ref> pipeline(const Pipe& pipe, const Ref& dot) {
    TRY_ASSIGN(Ref value, commands(pipe, dot));
    for (const std::string& name : pipe.variables) {
      if (pipe.assigns) {
        TRY(assign(name, value));
      } else {
        variables_.push_back({name, value});
      }
    }
    return value;
  }

  Result<Ref> commands(const Pipe& pipe, const Ref& dot) {
    line_ = pipe.line;
    Ref value;
    for (const Command& command : pipe.commands) {
      TRY_ASSIGN(value, evaluate(command, dot, value));
    }
    return value;
  }

  Result<Ref> evaluate(const Command& command, const Ref& dot, const Ref& piped) {
    TRY(spend());
    const Operand& first = command.operands[0];
    if (first.base == Operand::Base::kFunction) return function(command, dot, piped);
    if (command.operands.size() > 1 || piped != nullptr) {
      const std::string what = first.fields.empty() ? "value" : first.fields.back();
      return wrong("can't give argument to non-function " + what);
    }
    return operand(first, dot);
  }

  Result<Ref> function(const Command& command, const Ref& dot, const Ref& piped) {
    const std::string& name = command.operands[0].name;
    std::vector<Ref> arguments;
    for (size_t i = 1; i < command.operands.size(); ++i) {
      TRY_ASSIGN(Ref value, operand(command.operands[i], dot));
      // and, or: the first operand that decides is the result; the rest is not evaluated.
      if ((name == "or" && is_true(*value)) || (name == "and" && !is_true(*value))) return value;
      arguments.push_back(std::move(value));
    }
    if (piped != nullptr) arguments.push_back(piped);
    if (name == "and" || name == "or") {
      if (arguments.empty()) return wrong("wrong number of args for " + name);
      return arguments.back();
    }
    Result<Ref> result = call(name, arguments, now_);
    if (!result.ok()) {
      return wrong("at <" + name + ">: " + result.error().message, result.error().code);
    }
    TRY(spend(approximate_text(**result)));
    return result;
  }

  // Enough to stop templates whose values grow without being printed.
  static size_t approximate_text(const json::value& value) {
    return value.is_string() ? value.get_string().size() : 0;
  }

  Result<Ref> operand(const Operand& operand, const Ref& dot) {
    Ref value = dot;
    switch (operand.base) {
      case Operand::Base::kDot:
        break;
      case Operand::Base::kLiteral:
        value = own(operand.literal);
        break;
      case Operand::Base::kVariable: {
        TRY_ASSIGN(value, variable(operand.name));
        break;
      }
      case Operand::Base::kFunction: {
        Result<Ref> result = call(operand.name, {}, now_);
        if (!result.ok()) return wrong("at <" + operand.name + ">: " + result.error().message);
        value = *result;
        break;
      }
      case Operand::Base::kPipe: {
        TRY_ASSIGN(value, commands(*operand.pipe, dot));
        break;
      }
    }
    for (const std::string& name : operand.fields) {
      TRY_ASSIGN(value, field(value, name));
    }
    return value;
  }

  Result<Ref> variable(const std::string& name) const {
    for (size_t i = variables_.size(); i-- > 0;) {
      if (variables_[i].name == name) return variables_[i].value;
    }
    return wrong("undefined variable \"" + name + "\"");
  }

  Result<Ref> field(const Ref& from, const std::string& name) const {
    if (from == missing()) return from;
    if (from->is_null()) return wrong("nil pointer evaluating interface {}." + name);
    const json::object* object = from->if_object();
    if (object == nullptr) {
      return wrong("can't evaluate field " + name + " in type " + std::string(type_name(*from)));
    }
    const json::value* found = object->if_contains(name);
    return found != nullptr ? Ref(from, found) : missing();
  }

  // What an absent key gives: its fields are absent too, while those of a null are an error.
  static Ref missing() {
    static const json::value kMissing;
    return Ref(Ref(), &kMissing);
  }

  const Tree& tree_;  // outlives the executor
  Time now_;
  std::vector<Variable> variables_;
  std::string out_;
  size_t fuel_ = 0, depth_ = 0;
  int line_ = 1;
};

}  // namespace

Result<std::string> render_template(std::string_view source, const json::value& data, Time now) {
  TRY_ASSIGN(const Tree tree, parse(source));
  return Executor(tree, now).run(data);
}

}  // namespace slipway::expr
