// lint: what is wrong with manifests, and what is only unwise, before they run.
#include <fmt/format.h>

#include <filesystem>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/print.h"
#include "core/engine/lint.h"
#include "core/manifest/parse.h"

namespace slipway::cli {
namespace {

int lint(const std::vector<std::string>& files, const std::string& runtime,
         const std::string& output, bool strict) {
  Result<manifest::Parsed> parsed = parse_files(files, Folders::kDeep);
  if (!parsed.ok()) return fail(parsed.error()), kUsage;
  workflow::Settings settings;
  if (runtime == "host") settings.runtime = pod::RuntimeKind::kHost;
  const manifest::Diagnostics diagnostics = manifest::merge(
      std::move(parsed->diagnostics), engine::lint(parsed->documents, {}, settings));
  size_t errors = 0, warnings = 0;
  for (const manifest::Diagnostic& diagnostic : diagnostics) {
    errors += diagnostic.severity == manifest::Severity::kError ? 1 : 0;
    warnings += diagnostic.severity == manifest::Severity::kWarning ? 1 : 0;
  }
  if (output == "sarif") {
    fmt::print("{}\n", manifest::to_sarif(diagnostics));
  } else if (output == "json") {
    fmt::print("{}\n", manifest::to_json(diagnostics));
  } else {
    for (const manifest::Diagnostic& diagnostic : diagnostics)
      fmt::print("{}\n", diagnostic.text());
    fmt::print("{}, {}, {}\n", counted(parsed->documents.size(), "object"),
               counted(errors, "error"), counted(warnings, "warning"));
  }
  if (errors > 0) return kUsage;
  return strict && warnings > 0 ? kFailed : kOk;
}

}  // namespace

Command lint_command() {
  return {"lint", "find what is wrong or unwise in manifests, without a server",
          "slipway lint catalog/demo\n  slipway lint --strict -o sarif workflow.yaml", false,
          [](Options& options) {
            struct Given {
              std::vector<std::string> files;
              std::string output, runtime = "oci";
              bool strict = false;
            };
            auto given = std::make_shared<Given>();
            options.list("files", given->files, "files, or folders with all that is in them");
            options.required();
            options.choice("--runtime", given->runtime, {"oci", "host"},
                           "what the server will run them with");
            options.flag("--strict", given->strict, "exit 1 on warnings too");
            options.choice("-o,--output", given->output, {"text", "json", "sarif"},
                           "form of the report");
            return [given] {
              return lint(given->files, given->runtime, given->output, given->strict);
            };
          }};
}

}  // namespace slipway::cli
