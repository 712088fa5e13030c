// The forms in which diagnostics leave.
#include <fmt/format.h>

#include <set>

#include "core/manifest/lint/lint.h"

namespace slipway::manifest {
namespace {

std::string_view level(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      return "note";
  }
  return "error";
}

std::string_view summary_of(std::string_view rule) {
  for (const LintRule& known : lint_rules()) {
    if (known.name == rule) return known.summary;
  }
  return rule;
}

json::object sarif_result(const Diagnostic& diagnostic) {
  json::object physical{{"artifactLocation", {{"uri", diagnostic.file}}}};
  if (diagnostic.line > 0) {
    physical["region"] = {{"startLine", diagnostic.line},
                          {"startColumn", std::max(diagnostic.column, 1)}};
  }
  json::object location{{"physicalLocation", std::move(physical)}};
  if (!diagnostic.path.empty()) {
    location["logicalLocations"] = {json::object{{"fullyQualifiedName", diagnostic.path}}};
  }
  std::string text = diagnostic.message;
  if (!diagnostic.fix.empty()) text += " (" + diagnostic.fix + ")";
  return {{"ruleId", diagnostic.rule},
          {"level", level(diagnostic.severity)},
          {"message", {{"text", text}}},
          {"locations", json::array{std::move(location)}}};
}

}  // namespace

std::string to_text(const Diagnostics& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics)
    out += fmt::format("{} [{}]\n", diagnostic.text(), diagnostic.rule);
  return out;
}

std::string to_json(const Diagnostics& diagnostics) {
  json::array out;
  for (const Diagnostic& d : diagnostics) {
    out.push_back(json::object{{"severity", level(d.severity)},
                               {"file", d.file},
                               {"line", d.line},
                               {"column", d.column},
                               {"path", d.path},
                               {"rule", d.rule},
                               {"message", d.message},
                               {"fix", d.fix}});
  }
  return print_json(json::value(std::move(out)), {.indent = 2}) + "\n";
}

std::string to_sarif(const Diagnostics& diagnostics) {
  std::set<std::string> names;
  json::array results, rules;
  for (const Diagnostic& diagnostic : diagnostics) {
    names.insert(diagnostic.rule);
    results.push_back(sarif_result(diagnostic));
  }
  for (const std::string& name : names) {
    rules.push_back(json::object{{"id", name}, {"shortDescription", {{"text", summary_of(name)}}}});
  }
  json::object driver{{"name", "slipway"}, {"rules", std::move(rules)}};
  json::object run{{"tool", {{"driver", std::move(driver)}}}, {"results", std::move(results)}};
  const json::object log{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                         {"version", "2.1.0"},
                         {"runs", json::array{std::move(run)}}};
  return print_json(log, {.indent = 2}) + "\n";
}

}  // namespace slipway::manifest
