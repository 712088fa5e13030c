// Versions and constraints as Masterminds/semver reads them.
#include <charconv>
#include <compare>

#include "core/expr/golang/golang.h"
#include "core/expr/sprig/function.h"

namespace slipway::expr::sprig {
namespace {

struct Version {
  uint64_t part[3] = {0, 0, 0};
  int given = 0;  // how many parts were written; the rest are wildcards in a constraint
  std::string prerelease, metadata;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_identifiers(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    if (!letter && !is_digit(c) && c != '-' && c != '.') return false;
  }
  return true;
}

// "v1.2.3-rc.1+build", "1.2", and with `wildcards` also "1.x" and "*".
std::optional<Version> parse(std::string_view text, bool wildcards) {
  Version version;
  if (text.starts_with('v') || text.starts_with('V')) text.remove_prefix(1);
  if (const size_t plus = text.find('+'); plus != text.npos) {
    version.metadata = text.substr(plus + 1);
    text = text.substr(0, plus);
    if (!is_identifiers(version.metadata)) return std::nullopt;
  }
  if (const size_t dash = text.find('-'); dash != text.npos) {
    version.prerelease = text.substr(dash + 1);
    text = text.substr(0, dash);
    if (!is_identifiers(version.prerelease)) return std::nullopt;
  }
  bool wild = false;
  for (int i = 0; i < 3; ++i) {
    const size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    if (wildcards && (part == "x" || part == "X" || part == "*")) {
      wild = true;
    } else {
      uint64_t value = 0;
      const auto [end, code] = std::from_chars(part.data(), part.data() + part.size(), value);
      if (code != std::errc{} || end != part.data() + part.size()) return std::nullopt;
      if (!wild) {
        version.part[i] = value;
        version.given = i + 1;
      }
    }
    if (dot == text.npos) return version;
    text.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

std::strong_ordering compare_identifier(std::string_view a, std::string_view b) {
  uint64_t x = 0;
  uint64_t y = 0;
  const auto number = [](std::string_view text, uint64_t& value) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc{} && end == text.data() + text.size();
  };
  const bool first = number(a, x);
  const bool second = number(b, y);
  if (first && second) return x <=> y;
  if (first != second) return first ? std::strong_ordering::less : std::strong_ordering::greater;
  return a <=> b;
}

std::strong_ordering compare_prerelease(std::string_view a, std::string_view b) {
  if (a == b) return std::strong_ordering::equal;
  if (a.empty()) return std::strong_ordering::greater;  // a release is above its candidates
  if (b.empty()) return std::strong_ordering::less;
  while (!a.empty() && !b.empty()) {
    const size_t x = std::min(a.find('.'), a.size());
    const size_t y = std::min(b.find('.'), b.size());
    const auto order = compare_identifier(a.substr(0, x), b.substr(0, y));
    if (order != 0) return order;
    a.remove_prefix(std::min(x + 1, a.size()));
    b.remove_prefix(std::min(y + 1, b.size()));
  }
  return b.empty() <=> a.empty();
}

std::strong_ordering compare(const Version& a, const Version& b) {
  for (int i = 0; i < 3; ++i) {
    if (a.part[i] != b.part[i]) return a.part[i] <=> b.part[i];
  }
  return compare_prerelease(a.prerelease, b.prerelease);
}

// The first version above all that share the leading `parts` parts with `version`.
Version after(const Version& version, int parts) {
  Version next;
  for (int i = 0; i < parts; ++i) next.part[i] = version.part[i];
  ++next.part[parts - 1];
  return next;
}

bool within(const Version& v, const Version& from, int shared_parts) {
  return compare(v, from) >= 0 && (shared_parts == 0 || compare(v, after(from, shared_parts)) < 0);
}

bool caret(const Version& v, const Version& c) {
  if (c.given == 0) return true;
  int shared = 1;  // up to the first part that is not zero
  while (shared < c.given && c.part[shared - 1] == 0) ++shared;
  return within(v, c, shared);
}

bool satisfies(const Version& v, std::string_view op, const Version& c) {
  if (!v.prerelease.empty() && c.prerelease.empty()) return false;
  const bool partial = c.given < 3;
  if (op.empty() || op == "=") return partial ? within(v, c, c.given) : compare(v, c) == 0;
  if (op == "!=") return partial ? !within(v, c, c.given) : compare(v, c) != 0;
  if (op == ">") {
    return partial && c.given > 0 ? compare(v, after(c, c.given)) >= 0 : compare(v, c) > 0;
  }
  if (op == ">=" || op == "=>") return compare(v, c) >= 0;
  if (op == "<") return compare(v, c) < 0;
  if (op == "<=" || op == "=<") {
    return partial && c.given > 0 ? compare(v, after(c, c.given)) < 0 : compare(v, c) <= 0;
  }
  if (op == "^") return caret(v, c);
  return within(v, c, std::min(c.given, 2));  // ~ and ~>
}

// Cuts operators, versions, "," "||" and a lone "-" off a constraint.
struct Lexer {
  std::string_view rest;

  void skip_space() {
    while (rest.starts_with(' ') || rest.starts_with('\t')) rest.remove_prefix(1);
  }
  bool take(std::string_view token) {
    skip_space();
    if (!rest.starts_with(token)) return false;
    rest.remove_prefix(token.size());
    return true;
  }
  std::string_view take_operator() {
    for (const std::string_view op :
         {"!=", ">=", "=>", "<=", "=<", "~>", "=", ">", "<", "~", "^"}) {
      if (take(op)) return op;
    }
    return "";
  }
  std::string_view take_version() {
    skip_space();
    size_t length = 0;
    while (length < rest.size() &&
           std::string_view(" \t,|<>=!~^").find(rest[length]) == rest.npos) {
      ++length;
    }
    const std::string_view version = rest.substr(0, length);
    rest.remove_prefix(length);
    return version;
  }
};

// 1.2 - 2.3 is >=1.2 <=2.3
Result<bool> one_range(Lexer& lexer, const Version& version) {
  bool all = true;
  do {
    const std::string_view op = lexer.take_operator();
    const auto constraint = parse(lexer.take_version(), true);
    if (!constraint) return invalid("improper constraint");
    Lexer ahead = lexer;
    if (op.empty() && ahead.take("- ")) {
      const auto upper = parse(ahead.take_version(), true);
      if (!upper) return invalid("improper constraint");
      lexer = ahead;
      all = all && satisfies(version, ">=", *constraint) && satisfies(version, "<=", *upper);
    } else {
      all = all && satisfies(version, op, *constraint);
    }
    lexer.take(",");
    lexer.skip_space();
  } while (!lexer.rest.empty() && !lexer.rest.starts_with("||"));
  return all;
}

Answer semver_compare(Args a) {
  const auto version = parse(view_of(a[1]), false);
  if (!version) return invalid("invalid semantic version " + go_quote(view_of(a[1])));
  Lexer lexer{view_of(a[0])};
  bool any = false;
  do {
    TRY_ASSIGN(const bool holds, one_range(lexer, *version));
    any = any || holds;
  } while (lexer.take("||"));
  return json::value(any);
}

Answer semver(Args a) {
  const auto version = parse(view_of(a[0]), false);
  if (!version) return invalid("invalid semantic version " + go_quote(view_of(a[0])));
  return json::value(json::object{{"Major", static_cast<int64_t>(version->part[0])},
                                  {"Minor", static_cast<int64_t>(version->part[1])},
                                  {"Patch", static_cast<int64_t>(version->part[2])},
                                  {"Prerelease", version->prerelease},
                                  {"Metadata", version->metadata},
                                  {"Original", a[0]}});
}

constexpr Function kTable[] = {
    {"semver", 1, 1, "s", semver},
    {"semverCompare", 2, 2, "s", semver_compare},
};

}  // namespace

std::span<const Function> semver_functions() { return kTable; }

}  // namespace slipway::expr::sprig
