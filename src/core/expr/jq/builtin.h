// The functions that are not written in jq itself. Each computes one value from its input and its
// arguments; those that give several outputs, or none, are operations of the tree.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/expr/golang/regex.h"
#include "core/expr/jq/value.h"

namespace slipway::expr::jq {

// What calls of one run share.
struct Context {
  Budget& budget;
  Regexes regexes;
};

struct Call {
  std::string_view name;
  const Value& input;
  std::span<const Value> arguments;
  Context& context;

  Budget& budget() const { return context.budget; }
  // "name(arguments) cannot be applied to: type (input)"
  Error refuse() const;
  // The same for a value other than the input, without the arguments.
  Error refuse(const Value& value) const;
  // "name(arguments) cannot be applied to input: why"
  Error because(const Error& why) const;
};

struct Native {
  std::string_view name;
  size_t arguments;
  Result<Value> (*run)(const Call&);
};

// The natives over paths, which assignments use too. They change `target` in place.
Result<Value> get_path(const Value& target, const Value& path, Context& context);
Status set_path(Value& target, const Value& path, Value item, Context& context);
Status delete_all(Value& target, const Value& paths, Context& context);

const Native* find_native(std::string_view name, size_t arguments);
// "name/arguments" of all, the operations of the tree included.
std::vector<std::string> builtin_names();

// One table a file.
std::span<const Native> number_natives();
std::span<const Native> text_natives();
std::span<const Native> list_natives();
std::span<const Native> sort_natives();
std::span<const Native> object_natives();
std::span<const Native> format_natives();
std::span<const Native> regex_natives();
std::span<const Native> time_natives();
std::span<const Native> other_natives();

}  // namespace slipway::expr::jq
