// What is wrong, or worth knowing, about a manifest, and where.
#pragma once

#include <string>
#include <vector>

namespace slipway::manifest {

enum class Severity { kError, kWarning, kNote };

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string file;  // as the user named it; "-" for standard input
  int line = 0;      // 1-based; 0 when unknown
  int column = 0;    // 1-based
  std::string path;  // e.g. spec.templates[2].container.image
  std::string rule;  // stable name, e.g. unknown-field, wrong-type, missing-template
  std::string message;
  std::string fix;  // what would be right; may be empty

  // "file:line:column: error: message (fix)".
  std::string text() const;
};

using Diagnostics = std::vector<Diagnostic>;

bool has_errors(const Diagnostics& diagnostics);

}  // namespace slipway::manifest
