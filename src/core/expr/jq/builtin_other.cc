// Types, and what would reach outside of the filter and therefore does not.
#include "core/expr/jq/builtin.h"

namespace slipway::expr::jq {
namespace {

Result<Value> absent(const Call& call) {
  return invalid(std::string(call.name) + " is not available here");
}

Result<Value> type(const Call& call) { return Value(call.input.type()); }

Result<Value> builtins(const Call& call) {
  Items names;
  for (std::string& name : builtin_names()) names.emplace_back(std::move(name));
  return make_array(std::move(names), call.budget());
}

// Ends the filter; the message is an error's.
Result<Value> halt(const Call& call) {
  Error error = invalid("halt");
  error.code = ErrorCode::kUnsupported;
  if (call.name == "halt_error") {
    const std::string* text = call.input.if_string();
    error.message = text != nullptr ? *text : print(call.input, call.budget());
  }
  return error;
}

constexpr Native kNatives[] = {
    {"type", 0, type},
    {"builtins", 0, builtins},
    {"env", 0, absent},
    {"now", 0, absent},
    {"input", 0, absent},
    {"inputs", 0, absent},
    {"modulemeta", 0, absent},
    {"get_search_list", 0, absent},
    {"halt", 0, halt},
    {"halt_error", 0, halt},
    {"halt_error", 1, halt},
    {"input_filename", 0, [](const Call&) -> Result<Value> { return Value(); }},
    {"input_line_number", 0, [](const Call&) -> Result<Value> { return Value(int64_t{0}); }},
    {"have_decnum", 0, [](const Call&) -> Result<Value> { return Value(false); }},
    {"have_literal_numbers", 0, [](const Call&) -> Result<Value> { return Value(true); }},
};

}  // namespace

std::span<const Native> other_natives() { return kNatives; }

}  // namespace slipway::expr::jq
