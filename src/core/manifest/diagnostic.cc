#include "core/manifest/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::manifest {
namespace {

std::string_view word(Severity severity) {
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

}  // namespace

std::string Diagnostic::text() const {
  std::string out = file;
  if (line > 0) out += fmt::format("{}{}:{}", out.empty() ? "" : ":", line, std::max(column, 1));
  out += fmt::format("{}{}: {}", out.empty() ? "" : ": ", word(severity), message);
  if (!fix.empty()) out += fmt::format(" ({})", fix);
  return out;
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

}  // namespace slipway::manifest
