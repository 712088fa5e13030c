// Functions over strings, less formats, regular expressions and times.
#include <algorithm>

#include "core/expr/golang/rune.h"
#include "core/expr/jq/builtin.h"
#include "core/expr/jq/number.h"

namespace slipway::expr::jq {
namespace {

// Spends for the text that is walked; null when the input is no string.
const std::string* text_of(const Call& call) {
  const std::string* text = call.input.if_string();
  if (text != nullptr) call.budget().spend(text->size() / 16);
  return text;
}

Result<Value> cut(const Call& call, std::string_view text) {
  return make_string(std::string(text), call.budget());
}

template <bool front, bool test>
Result<Value> affix(const Call& call) {
  const std::string *text = text_of(call), *part = call.arguments[0].if_string();
  if (text == nullptr || part == nullptr) return call.refuse();
  const bool found = front ? text->starts_with(*part) : text->ends_with(*part);
  if (test) return Value(found);
  if (!found) return call.input;
  const std::string_view whole = *text;
  return cut(call,
             front ? whole.substr(part->size()) : whole.substr(0, whole.size() - part->size()));
}

Result<Value> trim_affixes(const Call& call) {
  const std::string *text = text_of(call), *part = call.arguments[0].if_string();
  if (text == nullptr || part == nullptr) return call.refuse();
  std::string_view rest = *text;
  if (rest.starts_with(*part)) rest.remove_prefix(part->size());
  if (rest.ends_with(*part)) rest.remove_suffix(part->size());
  return cut(call, rest);
}

// The space in front and behind that is trimmed.
std::pair<size_t, size_t> margins(std::string_view text) {
  size_t front = 0, end = 0;  // end: after the last rune that is no space
  bool begun = false;
  for (size_t at = 0; at < text.size();) {
    const Rune rune = decode_rune(text.substr(at));
    at += rune.length;
    if (is_space(rune.code)) {
      if (!begun) front = at;
    } else {
      begun = true;
      end = at;
    }
  }
  return {front, begun ? text.size() - end : 0};
}

template <bool left, bool right>
Result<Value> trim(const Call& call) {
  const std::string* text = text_of(call);
  if (text == nullptr) return call.refuse();
  const auto [front, back] = margins(*text);
  std::string_view rest = *text;
  if (left || front == rest.size()) rest.remove_prefix(front);
  if (right) rest.remove_suffix(back);
  return cut(call, rest);
}

Result<Value> explode(const Call& call) {
  const std::string* text = text_of(call);
  if (text == nullptr) return call.refuse();
  Items codes;
  for (const char32_t code : to_runes(*text)) codes.emplace_back(static_cast<int64_t>(code));
  return make_array(std::move(codes), call.budget());
}

Result<Value> implode(const Call& call) {
  const Items* codes = call.input.if_array();
  if (codes == nullptr) return call.refuse();
  std::string text;
  for (const Value& code : *codes) {
    if (!call.budget().spend()) return call.budget().error();
    if (!code.is_number()) return call.refuse();
    const int64_t number = code.integer();
    text +=
        encode_rune(number >= 0 && number <= 0x10ffff ? static_cast<char32_t>(number) : U'\ufffd');
  }
  return make_string(std::move(text), call.budget());
}

template <char from, char to>
Result<Value> ascii_case(const Call& call) {
  const std::string* text = text_of(call);
  if (text == nullptr) return call.refuse();
  std::string out = *text;
  for (char& c : out) {
    if (c >= from && c <= from + 25) c = static_cast<char>(c - from + to);
  }
  return make_string(std::move(out), call.budget());
}

Result<Value> split(const Call& call) {
  const std::string* text = text_of(call);
  if (text == nullptr) return call.refuse(call.input);
  const std::string* separator = call.arguments[0].if_string();
  if (separator == nullptr) return call.refuse(call.arguments[0]);
  if (text->empty()) {
    return make_array(separator->empty() ? Items() : Items{call.input}, call.budget());
  }
  TRY_ASSIGN(Items parts, split_text(*text, *separator, call.budget()));
  return make_array(std::move(parts), call.budget());
}

Result<Value> to_number(const Call& call) {
  if (call.input.is_number()) return call.input;
  const std::string* text = text_of(call);
  if (text == nullptr) return call.refuse();
  if (const auto number = parse_number(*text)) return *number;
  return call.because(invalid("invalid number"));
}

Result<Value> to_text(const Call& call) {
  if (call.input.if_string() != nullptr) return call.input;
  std::string text = print(call.input, call.budget());
  if (call.budget().exhausted()) return call.budget().error();
  return Value(std::move(text));
}

Result<Value> to_json_text(const Call& call) {
  std::string text = print(call.input, call.budget());
  if (call.budget().exhausted()) return call.budget().error();
  return Value(std::move(text));
}

Result<Value> from_json_text(const Call& call) {
  const std::string* text = text_of(call);
  if (text == nullptr) return call.refuse();
  const std::string_view trimmed = trim_space(*text);
  if (trimmed.empty()) return call.because(invalid("EOF"));
  const auto parsed = parse_json(*text);
  if (!parsed.ok()) return call.because(parsed.error());
  return from_json(*parsed, call.budget());
}

Result<Value> byte_length(const Call& call) {
  const std::string* text = call.input.if_string();
  if (text == nullptr) return call.refuse();
  return Value(static_cast<int64_t>(text->size()));
}

constexpr Native kNatives[] = {
    {"startswith", 1, affix<true, true>},
    {"endswith", 1, affix<false, true>},
    {"ltrimstr", 1, affix<true, false>},
    {"rtrimstr", 1, affix<false, false>},
    {"trimstr", 1, trim_affixes},
    {"trim", 0, trim<true, true>},
    {"ltrim", 0, trim<true, false>},
    {"rtrim", 0, trim<false, true>},
    {"explode", 0, explode},
    {"implode", 0, implode},
    {"ascii_downcase", 0, ascii_case<'A', 'a'>},
    {"ascii_upcase", 0, ascii_case<'a', 'A'>},
    {"split", 1, split},
    {"tonumber", 0, to_number},
    {"tostring", 0, to_text},
    {"tojson", 0, to_json_text},
    {"fromjson", 0, from_json_text},
    {"utf8bytelength", 0, byte_length},
};

}  // namespace

Result<Items> split_text(std::string_view text, std::string_view separator, Budget& budget) {
  Items parts;
  const auto add = [&](std::string_view part) {
    parts.emplace_back(part);
    return budget.spend() && budget.allocate(part.size() + sizeof(std::string));
  };
  if (separator.empty()) {
    for (size_t at = 0; at < text.size();) {
      const Rune rune = decode_rune(text.substr(at));
      if (!add(text.substr(at, rune.length))) return budget.error();
      at += rune.length;
    }
    return parts;
  }
  size_t from = 0;
  for (size_t at = 0; (at = text.find(separator, from)) != std::string_view::npos;
       from = at + separator.size()) {
    if (!add(text.substr(from, at - from))) return budget.error();
  }
  if (!add(text.substr(from))) return budget.error();
  return parts;
}

std::span<const Native> text_natives() { return kNatives; }

}  // namespace slipway::expr::jq
