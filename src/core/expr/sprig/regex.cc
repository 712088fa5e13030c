#include "core/expr/golang/regex.h"

#include <charconv>

#include "core/expr/golang/rune.h"
#include "core/expr/sprig/function.h"
#include "core/expr/sprig/sprig.h"

namespace slipway::expr::sprig {
namespace {

using Groups = std::vector<re2::StringPiece>;

// Visits every match as Go's FindAll does; an empty one right after a match does not count.
template <class Visit>
Status each_match(Regexes& regexes, std::string_view pattern, std::string_view text, int64_t limit,
                  Visit&& visit) {
  TRY_ASSIGN(const Regex compiled, regexes.compile(pattern));
  const RE2& regex = *compiled;
  Groups groups(static_cast<size_t>(regex.NumberOfCapturingGroups()) + 1);
  const re2::StringPiece input(text.data(), text.size());
  size_t at = 0;
  size_t last_end = std::string::npos;
  for (int64_t found = 0; at <= text.size() && (limit < 0 || found < limit);) {
    if (!regex.Match(input, at, text.size(), RE2::UNANCHORED, groups.data(),
                     static_cast<int>(groups.size()))) {
      break;
    }
    const size_t start = static_cast<size_t>(groups[0].data() - text.data());
    const size_t end = start + groups[0].size();
    const bool empty = groups[0].empty();
    if (!empty || start != last_end) {
      ++found;
      // Each search may look at all of the rest.
      if (static_cast<uint64_t>(found) * text.size() > (uint64_t{1} << 33)) return too_large();
      TRY(visit(start, end, regex, groups));
    }
    last_end = end;
    at = !empty ? end : end < text.size() ? end + decode_rune(text.substr(end)).length : end + 1;
  }
  return {};
}

Answer match(Args a, Regexes& regexes) {
  bool any = false;
  TRY(each_match(regexes, view_of(a[0]), view_of(a[1]), 1, [&](auto&&...) -> Status {
    any = true;
    return {};
  }));
  return json::value(any);
}

Answer find_all(Args a, Regexes& regexes) {
  json::array out;
  const std::string_view text = view_of(a[1]);
  TRY(each_match(regexes, view_of(a[0]), text, int_of(a[2]),
                 [&](size_t start, size_t end, const RE2&, const Groups&) -> Status {
                   out.emplace_back(text.substr(start, end - start));
                   return {};
                 }));
  return json::value(std::move(out));
}

Answer find(Args a, Regexes& regexes) {
  std::string_view found;
  const std::string_view text = view_of(a[1]);
  TRY(each_match(regexes, view_of(a[0]), text, 1,
                 [&](size_t start, size_t end, const RE2&, const Groups&) -> Status {
                   found = text.substr(start, end - start);
                   return {};
                 }));
  return json::value(found);
}

bool is_word(char c) {
  return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

// $1, ${1}, $name, ${name} and $$ in Go's replacement texts.
std::string expand(std::string_view form, const RE2& regex, const Groups& groups) {
  std::string out;
  for (size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '$' || i + 1 >= form.size()) {
      out += form[i];
      continue;
    }
    if (form[i + 1] == '$') {
      out += '$';
      ++i;
      continue;
    }
    const bool braces = form[i + 1] == '{';
    const size_t start = i + (braces ? 2 : 1);
    size_t end = start;
    while (end < form.size() && is_word(form[end])) ++end;
    if (end == start || (braces && (end >= form.size() || form[end] != '}'))) {
      out += form[i];
      continue;
    }
    const std::string name(form.substr(start, end - start));
    int group = -1;
    const auto [stop, code] = std::from_chars(name.data(), name.data() + name.size(), group);
    if (code != std::errc{} || stop != name.data() + name.size()) {
      const auto named = regex.NamedCapturingGroups().find(name);
      group = named != regex.NamedCapturingGroups().end() ? named->second : -1;
    }
    if (group >= 0 && static_cast<size_t>(group) < groups.size()) {
      out.append(groups[static_cast<size_t>(group)].data(),
                 groups[static_cast<size_t>(group)].size());
    }
    i = end - (braces ? 0 : 1);
  }
  return out;
}

Answer replace_with(Args a, Regexes& regexes, bool literal) {
  const std::string_view text = view_of(a[1]);
  std::string out;
  size_t at = 0;
  TRY(each_match(regexes, view_of(a[0]), text, -1,
                 [&](size_t start, size_t end, const RE2& regex, const Groups& groups) -> Status {
                   out += text.substr(at, start - at);
                   out +=
                       literal ? std::string(view_of(a[2])) : expand(view_of(a[2]), regex, groups);
                   at = end;
                   if (out.size() > kSprigBytes) return too_large();
                   return {};
                 }));
  out += text.substr(at);
  return json::value(out);
}

Answer replace_all(Args a, Regexes& regexes) { return replace_with(a, regexes, false); }
Answer replace_all_literal(Args a, Regexes& regexes) { return replace_with(a, regexes, true); }

Answer split(Args a, Regexes& regexes) {
  const std::string_view text = view_of(a[1]);
  const int64_t limit = int_of(a[2]);
  json::array out;
  if (limit == 0) return json::value(std::move(out));
  size_t at = 0;
  if (!text.empty()) {
    TRY(each_match(regexes, view_of(a[0]), text, -1,
                   [&](size_t start, size_t end, const RE2&, const Groups&) -> Status {
                     if (limit > 0 && static_cast<int64_t>(out.size()) + 1 >= limit) return {};
                     if (end == 0) return {};
                     out.emplace_back(text.substr(at, start - at));
                     at = end;
                     return {};
                   }));
  }
  if (at != text.size() || out.empty() || at > 0) out.emplace_back(text.substr(at));
  return json::value(std::move(out));
}

Answer quote_meta(Args a) {
  std::string out;
  for (const char c : view_of(a[0])) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return json::value(out);
}

constexpr Function kTable[] = {
    {"mustRegexFind", 2, 2, "s", nullptr, find},
    {"mustRegexFindAll", 3, 3, "ss.", nullptr, find_all},
    {"mustRegexMatch", 2, 2, "s", nullptr, match},
    {"mustRegexReplaceAll", 3, 3, "s", nullptr, replace_all},
    {"mustRegexReplaceAllLiteral", 3, 3, "s", nullptr, replace_all_literal},
    {"mustRegexSplit", 3, 3, "ss.", nullptr, split},
    {"regexFind", 2, 2, "s", nullptr, find},
    {"regexFindAll", 3, 3, "ss.", nullptr, find_all},
    {"regexMatch", 2, 2, "s", nullptr, match},
    {"regexQuoteMeta", 1, 1, "s", quote_meta},
    {"regexReplaceAll", 3, 3, "s", nullptr, replace_all},
    {"regexReplaceAllLiteral", 3, 3, "s", nullptr, replace_all_literal},
    {"regexSplit", 3, 3, "ss.", nullptr, split},
};

}  // namespace

std::span<const Function> regex_functions() { return kTable; }

}  // namespace slipway::expr::sprig
