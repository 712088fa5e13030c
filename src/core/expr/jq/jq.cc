#include "core/expr/jq/jq.h"

#include <cmath>
#include <memory>

extern "C" {
#include <jq.h>
#include <jv.h>
}

namespace slipway::expr {
namespace {

// Shadows what would reach outside of the filter: the environment, the clock, files and streams.
// Stands on the filter's first line, and keeps `import` and `include` from being at its start.
constexpr std::string_view kPrelude =
    "def env: error(\"env is not available here\"); "
    "def now: error(\"now is not available here\"); "
    "def input: error(\"input is not available here\"); "
    "def inputs: error(\"inputs is not available here\"); "
    "def modulemeta: error(\"modulemeta is not available here\"); "
    "def get_search_list: error(\"get_search_list is not available here\"); "
    "def input_filename: null; def debug: .; def stderr: .; "
    "{} as $ENV | ";

jv to_jv(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return jv_null();
    case json::kind::bool_:
      return jv_bool(value.get_bool());
    case json::kind::string: {
      const auto& text = value.get_string();
      return jv_string_sized(text.data(), static_cast<int>(text.size()));
    }
    case json::kind::array: {
      jv out = jv_array();
      for (const json::value& item : value.get_array()) out = jv_array_append(out, to_jv(item));
      return out;
    }
    case json::kind::object: {
      jv out = jv_object();
      for (const auto& member : value.get_object()) {
        const auto key = member.key();
        out = jv_object_set(out, jv_string_sized(key.data(), static_cast<int>(key.size())),
                            to_jv(member.value()));
      }
      return out;
    }
    default:
      return jv_number(value.to_number<double>());
  }
}

// Whole numbers come back as integers, as jq prints them.
json::value from_number(double number) {
  constexpr double kExact = 9007199254740992.0;
  if (std::isnan(number)) return nullptr;
  if (std::isinf(number)) return number > 0 ? 1.7976931348623157e308 : -1.7976931348623157e308;
  if (number == std::floor(number) && std::fabs(number) <= kExact) {
    return static_cast<int64_t>(number);
  }
  return number;
}

// Takes `value`.
json::value from_jv(jv value) {
  json::value out;
  switch (jv_get_kind(value)) {
    case JV_KIND_FALSE:
    case JV_KIND_TRUE:
      out = jv_get_kind(value) == JV_KIND_TRUE;
      break;
    case JV_KIND_NUMBER:
      out = from_number(jv_number_value(value));
      break;
    case JV_KIND_STRING:
      out = json::string(jv_string_value(value),
                         static_cast<size_t>(jv_string_length_bytes(jv_copy(value))));
      break;
    case JV_KIND_ARRAY: {
      json::array items;
      const int size = jv_array_length(jv_copy(value));
      for (int i = 0; i < size; ++i) items.push_back(from_jv(jv_array_get(jv_copy(value), i)));
      out = std::move(items);
      break;
    }
    case JV_KIND_OBJECT: {
      json::object members;
      for (int i = jv_object_iter(value); jv_object_iter_valid(value, i);
           i = jv_object_iter_next(value, i)) {
        const jv key = jv_object_iter_key(value, i);
        members[jv_string_value(key)] = from_jv(jv_object_iter_value(value, i));
        jv_free(key);
      }
      out = std::move(members);
      break;
    }
    default:
      break;
  }
  jv_free(value);
  return out;
}

// The first line, without jq's own name in front.
std::string tidy(std::string text) {
  text = text.substr(0, text.find('\n'));
  for (const std::string_view prefix : {"jq: ", "error: "}) {
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
  }
  return text;
}

void keep_first(void* data, jv message) {
  auto& first = *static_cast<std::string*>(data);
  if (first.empty() && jv_get_kind(message) == JV_KIND_STRING) first = jv_string_value(message);
  jv_free(message);
}

struct Teardown {
  void operator()(jq_state* state) const { jq_teardown(&state); }
};

Error failure(std::string message) {
  return {ErrorCode::kInvalid, "jq: " + tidy(std::move(message))};
}

// The message inside an invalid value. Takes `value`.
std::string message_of(jv value) {
  jv message = jv_invalid_get_msg(value);
  if (jv_get_kind(message) != JV_KIND_STRING) message = jv_dump_string(message, 0);
  std::string text = jv_string_value(message);
  jv_free(message);
  return text;
}

}  // namespace

Result<std::vector<json::value>> run_jq(std::string_view filter, const json::value& input,
                                        size_t limit) {
  if (filter.find('\0') != std::string_view::npos) return failure("the filter holds a NUL byte");
  const std::unique_ptr<jq_state, Teardown> state(jq_init());
  if (state == nullptr) return Error{ErrorCode::kUnavailable, "jq: out of memory"};
  std::string complaint;
  jq_set_error_cb(state.get(), keep_first, &complaint);
  if (filter.find_first_not_of(" \t\r\n") == std::string_view::npos) filter = ".";
  if (jq_compile(state.get(), (std::string(kPrelude) + std::string(filter)).c_str()) == 0) {
    return failure(complaint.empty() ? "the filter does not compile" : std::move(complaint));
  }
  std::vector<json::value> outputs;
  jq_start(state.get(), to_jv(input), 0);
  while (outputs.size() < limit) {
    jv output = jq_next(state.get());
    if (jv_is_valid(output)) {
      outputs.push_back(from_jv(output));
      continue;
    }
    if (jv_invalid_has_msg(jv_copy(output))) return failure(message_of(output));
    jv_free(output);
    break;
  }
  return outputs;
}

}  // namespace slipway::expr
