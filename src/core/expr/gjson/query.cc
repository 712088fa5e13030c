#include "core/expr/gjson/gjson.h"
#include "core/expr/gjson/lookup.h"
#include "core/expr/gjson/number.h"

namespace slipway::expr::gjson {
namespace {

template <class T>
bool compare(const T& left, std::string_view op, const T& right) {
  if (op == "=") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  return op == ">=" && left >= right;
}

bool compare_bool(bool left, std::string_view op, std::string_view right) {
  if (op == "=") return right == (left ? "true" : "false");
  if (op == "!=") return right != (left ? "true" : "false");
  if (left) return op == ">=" || (op == ">" && right == "false");
  return op == "<=" || (op == "<" && right == "true");
}

// `~true` and friends; nullopt for a word that is none of them.
std::optional<bool> truthiness(std::string_view word, const json::value* value) {
  if (word == "*") return value != nullptr;
  if (word == "null") return value == nullptr || value->is_null();
  if (word == "true") return value != nullptr && gjson_bool(*value);
  if (word != "false") return std::nullopt;
  if (value == nullptr || value->is_null()) return true;
  if (value->is_bool()) return !value->get_bool();
  if (value->is_number()) return value->to_number<double>() == 0;
  if (!value->is_string()) return false;
  std::string text = str(value->get_string());
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return parse_go_bool(text) == false;
}

}  // namespace

bool query_matches(const Query& query, const json::value* value) {
  if (query.value.starts_with('~')) {
    const std::optional<bool> truth = truthiness(std::string_view(query.value).substr(1), value);
    if (!truth) return false;
    return query.op.empty() || compare_bool(*truth, query.op, "true");
  }
  if (value == nullptr) return false;
  if (query.op.empty()) return true;
  if (value->is_string()) {
    const std::string_view text = view(value->get_string());
    if (query.op == "%") return wildcard_match(text, query.value);
    if (query.op == "!%") return !wildcard_match(text, query.value);
    return compare(text, query.op, std::string_view(query.value));
  }
  if (value->is_number()) {
    return compare(value->to_number<double>(), query.op, parse_go_float(query.value).value_or(0));
  }
  return value->is_bool() && compare_bool(value->get_bool(), query.op, query.value);
}

}  // namespace slipway::expr::gjson
