#include <algorithm>

#include "core/expr/golang/golang.h"
#include "core/expr/golang/rune.h"
#include "core/expr/sprig/function.h"
#include "core/expr/sprig/sprig.h"

namespace slipway::expr::sprig {
namespace {

// kLimit when the result would be longer than kSprigBytes.
Result<std::string> replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  if (from.empty()) {  // Go puts `to` around every rune
    if ((text.size() + 1) * (to.size() + 1) > kSprigBytes) return too_large();
    out += to;
    for (size_t i = 0; i < text.size();) {
      const size_t length = decode_rune(text.substr(i)).length;
      out += text.substr(i, length);
      out += to;
      i += length;
    }
    return out;
  }
  for (size_t found = 0; (found = text.find(from)) != text.npos;) {
    out += text.substr(0, found);
    out += to;
    text.remove_prefix(found + from.size());
    if (out.size() > kSprigBytes) return too_large();
  }
  out += text;
  return out;
}

std::string_view trim_set(std::string_view text, std::string_view set) {
  const auto in_set = [&](std::string_view rune) { return set.find(rune) != set.npos; };
  while (!text.empty() && in_set(text.substr(0, decode_rune(text).length))) {
    text.remove_prefix(decode_rune(text).length);
  }
  while (!text.empty()) {
    size_t length = 1;
    while (length < text.size() && (text[text.size() - length] & 0xc0) == 0x80) ++length;
    if (!in_set(text.substr(text.size() - length))) break;
    text.remove_suffix(length);
  }
  return text;
}

json::value make(std::string_view text) { return json::value(text); }

Answer trim(Args a) { return make(trim_space(view_of(a[0]))); }
Answer trim_all(Args a) { return make(trim_set(view_of(a[1]), view_of(a[0]))); }

Answer trim_prefix(Args a) {
  std::string_view text = view_of(a[1]);
  if (text.starts_with(view_of(a[0]))) text.remove_prefix(view_of(a[0]).size());
  return make(text);
}

Answer trim_suffix(Args a) {
  std::string_view text = view_of(a[1]);
  if (text.ends_with(view_of(a[0]))) text.remove_suffix(view_of(a[0]).size());
  return make(text);
}

Answer upper(Args a) { return make(to_upper(view_of(a[0]))); }
Answer lower(Args a) { return make(to_lower(view_of(a[0]))); }
Answer contains(Args a) {
  return json::value(view_of(a[1]).find(view_of(a[0])) != std::string::npos);
}
Answer has_prefix(Args a) { return json::value(view_of(a[1]).starts_with(view_of(a[0]))); }
Answer has_suffix(Args a) { return json::value(view_of(a[1]).ends_with(view_of(a[0]))); }

Answer repeat(Args a) {
  const int64_t count = int_of(a[0]);
  const std::string_view text = view_of(a[1]);
  if (count < 0) return invalid("negative count");
  if (!text.empty() && static_cast<uint64_t>(count) > kSprigBytes / text.size()) return too_large();
  std::string out;
  for (int64_t i = 0; i < count && !text.empty(); ++i) out += text;
  return make(out);
}

Answer replace(Args a) {
  TRY_ASSIGN(const std::string out, replaced(view_of(a[2]), view_of(a[0]), view_of(a[1])));
  return make(out);
}

Answer substr(Args a) {
  const std::string_view text = view_of(a[2]);
  const auto size = static_cast<int64_t>(text.size());
  const int64_t start = std::clamp<int64_t>(int_of(a[0]), 0, size);
  const int64_t end = int_of(a[1]) < 0 ? size : std::clamp<int64_t>(int_of(a[1]), start, size);
  return make(text.substr(static_cast<size_t>(start), static_cast<size_t>(end - start)));
}

Answer trunc(Args a) {
  const std::string_view text = view_of(a[1]);
  const auto size = static_cast<int64_t>(text.size());
  const int64_t count = std::clamp<int64_t>(int_of(a[0]), -size, size);
  return make(count < 0 ? text.substr(static_cast<size_t>(size + count))
                        : text.substr(0, static_cast<size_t>(count)));
}

Answer abbrev(Args a) {
  const std::string_view text = view_of(a[1]);
  const int64_t width = int_of(a[0]);
  if (width < 4 || static_cast<int64_t>(text.size()) <= width) return make(text);
  return make(std::string(text.substr(0, static_cast<size_t>(width - 3))) + "...");
}

Answer abbrev_both(Args a) {
  const std::string_view text = view_of(a[2]);
  const auto size = static_cast<int64_t>(text.size());
  const int64_t width = int_of(a[1]);
  int64_t offset = std::clamp<int64_t>(int_of(a[0]), 0, size);
  if (width < 4 || (offset > 0 && width < 7) || size <= width) return make(text);
  if (size - offset < width - 3) offset = size - (width - 3);
  if (offset <= 4) return make(std::string(text.substr(0, static_cast<size_t>(width - 3))) + "...");
  const std::string_view rest = text.substr(static_cast<size_t>(offset));
  if (offset + width - 3 < size) {
    return make("..." + std::string(rest.substr(0, static_cast<size_t>(width - 6))) + "...");
  }
  return make("..." + std::string(text.substr(static_cast<size_t>(size - (width - 3)))));
}

Result<std::string> indented(const json::value& spaces, std::string_view text) {
  const std::string pad(static_cast<size_t>(std::clamp<int64_t>(int_of(spaces), 0, 1000)), ' ');
  TRY_ASSIGN(const std::string out, replaced(text, "\n", "\n" + pad));
  return pad + out;
}

Answer indent(Args a) {
  TRY_ASSIGN(const std::string out, indented(a[0], view_of(a[1])));
  return make(out);
}
Answer nindent(Args a) {
  TRY_ASSIGN(const std::string out, indented(a[0], view_of(a[1])));
  return make("\n" + out);
}

template <class Print>
Answer joined_by_space(Args a, Print&& print) {
  std::string out;
  bool first = true;
  for (const json::value& value : a) {
    if (value.is_null()) continue;
    if (!first) out += ' ';
    first = false;
    out += print(text_of(value));
  }
  return make(out);
}

Answer quote(Args a) {
  return joined_by_space(a, [](const std::string& text) { return go_quote(text); });
}
Answer squote(Args a) {
  return joined_by_space(a, [](const std::string& text) { return "'" + text + "'"; });
}
Answer cat(Args a) {
  return joined_by_space(a, [](const std::string& text) { return text; });
}

Answer plural(Args a) { return int_of(a[2]) == 1 ? a[0] : a[1]; }

Answer join(Args a) {
  if (!a[1].is_array()) return make(a[1].is_null() ? "" : text_of(a[1]));
  std::string out;
  bool first = true;
  for (const auto& item : a[1].get_array()) {
    if (item.is_null()) continue;
    if (!first) out += view_of(a[0]);
    first = false;
    out += text_of(item);
    if (out.size() > kSprigBytes) return too_large();
  }
  return make(out);
}

// At most `limit` pieces; negative: all.
std::vector<std::string> pieces(std::string_view text, std::string_view separator, int64_t limit) {
  std::vector<std::string> out;
  const auto full = [&] { return limit >= 0 && static_cast<int64_t>(out.size()) + 1 >= limit; };
  if (limit == 0) return out;
  while (!full()) {
    size_t found = text.find(separator);
    if (separator.empty()) found = text.size() > 1 ? decode_rune(text).length : text.npos;
    if (found >= text.size()) break;
    out.emplace_back(text.substr(0, found));
    text.remove_prefix(found + separator.size());
  }
  if (!(separator.empty() && text.empty())) out.emplace_back(text);
  return out;
}

json::value numbered(const std::vector<std::string>& pieces) {
  json::object out;
  for (size_t i = 0; i < pieces.size(); ++i) out["_" + std::to_string(i)] = pieces[i];
  return out;
}

Answer split(Args a) { return numbered(pieces(view_of(a[1]), view_of(a[0]), -1)); }
Answer splitn(Args a) { return numbered(pieces(view_of(a[2]), view_of(a[0]), int_of(a[1]))); }

Answer split_list(Args a) {
  json::array out;
  for (const std::string& piece : pieces(view_of(a[1]), view_of(a[0]), -1)) out.emplace_back(piece);
  return json::value(std::move(out));
}

json::array strings(const json::value& value) {
  json::array out;
  if (!value.is_array()) return value.is_null() ? out : json::array{text_of(value)};
  for (const auto& item : value.get_array()) {
    if (!item.is_null()) out.emplace_back(text_of(item));
  }
  return out;
}

Answer to_strings(Args a) { return json::value(strings(a[0])); }

Answer sort_alpha(Args a) {
  std::vector<std::string> sorted;
  for (const auto& item : strings(a[0])) sorted.push_back(str(item.get_string()));
  std::sort(sorted.begin(), sorted.end());
  json::array out;
  for (const std::string& item : sorted) out.emplace_back(item);
  return json::value(std::move(out));
}

constexpr Function kTable[] = {
    {"abbrev", 2, 2, ".s", abbrev},
    {"abbrevboth", 3, 3, "..s", abbrev_both},
    {"cat", 0, kMany, ".", cat},
    {"contains", 2, 2, "s", contains},
    {"hasPrefix", 2, 2, "s", has_prefix},
    {"hasSuffix", 2, 2, "s", has_suffix},
    {"indent", 2, 2, ".s", indent},
    {"join", 2, 2, "s.", join},
    {"lower", 1, 1, "s", lower},
    {"nindent", 2, 2, ".s", nindent},
    {"plural", 3, 3, "ss.", plural},
    {"quote", 0, kMany, ".", quote},
    {"repeat", 2, 2, ".s", repeat},
    {"replace", 3, 3, "s", replace},
    {"sortAlpha", 1, 1, ".", sort_alpha},
    {"split", 2, 2, "s", split},
    {"splitList", 2, 2, "s", split_list},
    {"splitn", 3, 3, "s.s", splitn},
    {"squote", 0, kMany, ".", squote},
    {"substr", 3, 3, "..s", substr},
    {"toStrings", 1, 1, ".", to_strings},
    {"trim", 1, 1, "s", trim},
    {"trimAll", 2, 2, "s", trim_all},
    {"trimPrefix", 2, 2, "s", trim_prefix},
    {"trimSuffix", 2, 2, "s", trim_suffix},
    {"trimall", 2, 2, "s", trim_all},
    {"trunc", 2, 2, ".s", trunc},
    {"upper", 1, 1, "s", upper},
};

}  // namespace

std::span<const Function> text_functions() { return kTable; }

}  // namespace slipway::expr::sprig
