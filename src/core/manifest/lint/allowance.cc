#include "core/manifest/lint/allowance.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/expr/golang/rune.h"
#include "core/manifest/lint/lint.h"

namespace slipway::manifest {
namespace {

constexpr std::string_view kMark = "# slipway: allow ";

bool is_rule(std::string_view name) {
  return std::any_of(lint_rules().begin(), lint_rules().end(),
                     [&](const LintRule& rule) { return rule.name == name; });
}

bool covers(const Allowance& allowance, const Diagnostic& diagnostic) {
  return allowance.rule == diagnostic.rule &&
         (allowance.file.empty() || allowance.file == diagnostic.file) &&
         (allowance.line == 0 || allowance.line == diagnostic.line);
}

}  // namespace

std::vector<Allowance> allowances_in(std::string_view text, const std::string& file) {
  std::vector<Allowance> found;
  size_t waiting = 0;  // how many of the last wait for the line they speak of
  int line = 0;
  while (!text.empty()) {
    ++line;
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view row = expr::trim_space(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!row.starts_with('#')) {
      for (; waiting > 0; --waiting) found[found.size() - waiting].line = line;
    }
    const size_t mark = row.find(kMark);
    if (mark == std::string_view::npos) continue;
    std::string_view names = row.substr(mark + kMark.size());
    while (!names.empty()) {
      const size_t comma = std::min(names.find(','), names.size());
      found.push_back({file, line, std::string(expr::trim_space(names.substr(0, comma)))});
      waiting += mark == 0 ? 1 : 0;
      names.remove_prefix(std::min(comma + 1, names.size()));
    }
  }
  return found;
}

Diagnostics without_allowed(Diagnostics found, const std::vector<Allowance>& allowances) {
  std::erase_if(found, [&](const Diagnostic& diagnostic) {
    return diagnostic.severity != Severity::kError &&
           std::any_of(allowances.begin(), allowances.end(),
                       [&](const Allowance& one) { return covers(one, diagnostic); });
  });
  for (const Allowance& one : allowances) {
    if (is_rule(one.rule)) continue;
    found.push_back({Severity::kWarning, one.file, one.line, 1, "", "unknown-rule",
                     fmt::format("there is no rule \"{}\" to allow", one.rule),
                     "`slipway lint` prints the rule of each finding in brackets"});
  }
  return found;
}

}  // namespace slipway::manifest
