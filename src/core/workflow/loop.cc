// withItems, withParam and withSequence (spec rules 20 to 23).
#include <fmt/format.h>

#include <charconv>

#include "base/limit.h"
#include "core/expr/golang/golang.h"
#include "core/workflow/call.h"
#include "core/workflow/globals.h"

namespace slipway::workflow {
namespace {

using Items = std::vector<json::value>;

Error bad_loop(std::string message) { return {ErrorCode::kInvalid, std::move(message), {}}; }

Status check_size(size_t size) {
  if (size <= limit::kFanOut) return {};
  return Error{ErrorCode::kLimit,
               fmt::format("a loop of {} items is more than the limit of {}", size, limit::kFanOut),
               {}};
}

Result<Items> from_param(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed.ok() || !(parsed->is_array() || parsed->is_null())) {
    return bad_loop(fmt::format("withParam value could not be parsed as a JSON list: {}: {}", text,
                                parsed.ok() ? "it is no list" : parsed.error().message));
  }
  Items items;
  if (parsed->is_array()) {
    TRY(check_size(parsed->get_array().size()));
    items.assign(parsed->get_array().begin(), parsed->get_array().end());
  }
  return items;
}

Result<int64_t> sequence_number(const json::object& sequence, std::string_view key,
                                int64_t fallback) {
  const json::value* given = find(sequence, key);
  if (given == nullptr) return fallback;
  const std::string text = any_string(*given);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return bad_loop(fmt::format("withSequence.{} \"{}\" is not an integer", key, text));
  }
  return number;
}

Result<Items> from_sequence(const json::object& sequence) {
  TRY_ASSIGN(const int64_t start, sequence_number(sequence, "start", 0));
  int64_t end = start;
  if (find(sequence, "end") != nullptr) {
    TRY_ASSIGN(end, sequence_number(sequence, "end", 0));
  } else if (find(sequence, "count") != nullptr) {
    TRY_ASSIGN(const int64_t count, sequence_number(sequence, "count", 0));
    if (count <= 0) return Items{};
    TRY(check_size(static_cast<size_t>(count)));
    end = start + count - 1;
  } else {
    return bad_loop("must have either end or count in withSequence");
  }
  const uint64_t span = start <= end ? static_cast<uint64_t>(end) - static_cast<uint64_t>(start)
                                     : static_cast<uint64_t>(start) - static_cast<uint64_t>(end);
  TRY(check_size(static_cast<size_t>(std::min<uint64_t>(span, SIZE_MAX - 1)) + 1));
  const std::string format = get_string(sequence, "format");
  Items items;
  const int64_t step = start <= end ? 1 : -1;
  for (uint64_t i = 0; i <= span; ++i) {
    const int64_t number = start + step * static_cast<int64_t>(i);
    if (format.empty()) {
      items.emplace_back(std::to_string(number));
    } else {
      TRY_ASSIGN(const std::string text, expr::go_sprintf_int(format, number));
      items.emplace_back(text);
    }
  }
  return items;
}

// A value inside a map item: its JSON without the outer quotes, escapes kept (rule 23).
std::string member_text(const json::value& value) {
  std::string text = print_json(value, {.sort_keys = true, .escape_html = true});
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

}  // namespace

Result<std::optional<Items>> loop_items(const json::object& definition) {
  if (const json::array* items = find_array(definition, "withItems"); items && !items->empty()) {
    TRY(check_size(items->size()));
    return std::optional(Items(items->begin(), items->end()));
  }
  if (const std::string param = get_string(definition, "withParam"); !param.empty()) {
    TRY_ASSIGN(Items items, from_param(param));
    return std::optional(std::move(items));
  }
  if (const json::object* sequence = find_object(definition, "withSequence")) {
    TRY_ASSIGN(Items items, from_sequence(*sequence));
    return std::optional(std::move(items));
  }
  return std::optional<Items>();
}

std::string item_suffix(size_t index, const json::value& item) {
  std::string text;
  if (item.is_string()) {
    text = str(item.get_string());
  } else if (item.is_object()) {
    std::map<std::string, std::string> sorted;
    for (const auto& member : item.get_object()) {
      sorted[std::string(member.key())] = member.value().is_string()
                                              ? str(member.value().get_string())
                                              : print_json(member.value(), {.sort_keys = true});
    }
    for (const auto& [key, value] : sorted) {
      text += fmt::format("{}{}:{}", text.empty() ? "" : ",", key, value);
    }
  } else {
    text = print_json(item, {.sort_keys = true, .escape_html = true});
  }
  std::erase_if(text, [](char c) { return c == '(' || c == ')'; });
  return fmt::format("({}:{})", index, text);
}

void set_item(expr::Scope& scope, const json::value& item, bool untrusted) {
  if (item.is_string()) {
    scope.set("item", str(item.get_string()), untrusted);
    return;
  }
  scope.set("item", print_json(item, {.sort_keys = true, .escape_html = true}), untrusted);
  if (!item.is_object()) return;
  for (const auto& member : item.get_object()) {
    scope.set("item." + std::string(member.key()), member_text(member.value()), untrusted);
  }
}

}  // namespace slipway::workflow
