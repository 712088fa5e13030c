// lint: what is wrong with manifests, and what is only unwise, before they run.
#include <fmt/format.h>

#include <filesystem>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/print.h"
#include "core/engine/lint.h"
#include "core/manifest/lint/allowance.h"
#include "core/manifest/parse.h"

namespace slipway::cli {
namespace {

struct Given {
  std::vector<std::string> files, allowed;
  std::string output, runtime = "oci";
  bool strict = false, offline = true, no_color = false;
};

int lint(const Given& given) {
  std::vector<manifest::Allowance> allowances;
  for (const std::string& rule : given.allowed) allowances.push_back({"", 0, rule});
  Result<manifest::Parsed> parsed = parse_files(
      given.files, Folders::kDeep, true, [&](const std::string& file, const std::string& text) {
        for (manifest::Allowance& one : manifest::allowances_in(text, file)) {
          allowances.push_back(std::move(one));
        }
      });
  if (!parsed.ok()) return fail(parsed.error()), kUsage;
  workflow::Settings settings;
  if (given.runtime == "host") settings.runtime = pod::RuntimeKind::kHost;
  const manifest::Diagnostics diagnostics =
      manifest::without_allowed(manifest::merge(std::move(parsed->diagnostics),
                                                engine::lint(parsed->documents, {}, settings)),
                                allowances);
  size_t errors = 0, warnings = 0;
  for (const manifest::Diagnostic& diagnostic : diagnostics) {
    errors += diagnostic.severity == manifest::Severity::kError ? 1 : 0;
    warnings += diagnostic.severity == manifest::Severity::kWarning ? 1 : 0;
  }
  if (given.output == "sarif") {
    fmt::print("{}", manifest::to_sarif(diagnostics));
  } else if (given.output == "json") {
    fmt::print("{}", manifest::to_json(diagnostics));
  } else {
    fmt::print("{}{}, {}, {}\n", manifest::to_text(diagnostics),
               counted(parsed->documents.size(), "object"), counted(errors, "error"),
               counted(warnings, "warning"));
  }
  if (errors > 0) return kUsage;
  return given.strict && warnings > 0 ? kFailed : kOk;
}

}  // namespace

Command lint_command() {
  return {
      "lint", "find what is wrong or unwise in manifests, without a server",
      "slipway lint catalog/demo\n  slipway lint --strict -o sarif workflow.yaml", false,
      [](Options& options) {
        auto given = std::make_shared<Given>();
        options.list("files", given->files, "files, or folders with all that is in them");
        options.required();
        options.choice("--runtime", given->runtime, {"oci", "host"},
                       "what the server will run them with");
        std::vector<std::string> rules;
        for (const manifest::LintRule& rule : manifest::lint_rules()) {
          rules.emplace_back(rule.name);
        }
        options.choices("--allow", given->allowed, rules, "do not warn of this rule; repeatable");
        options.flag("--strict", given->strict, "exit 1 on warnings too");
        options.flag("--offline", given->offline, "as argo's flag: no server is ever asked");
        options.flag("--no-color", given->no_color, "nothing is coloured; as argo's flag");
        options.choice("-o,--output", given->output, {"text", "pretty", "simple", "json", "sarif"},
                       "form of the report; argo's pretty and simple are text");
        return [given] { return lint(*given); };
      }};
}

}  // namespace slipway::cli
