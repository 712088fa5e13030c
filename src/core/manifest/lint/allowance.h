// Warnings that somebody has looked at and wants no more.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/manifest/diagnostic.h"

namespace slipway::manifest {

// One line of one file may break one rule; line 0: every line, and an empty file: every file.
struct Allowance {
  std::string file;
  int line = 0;
  std::string rule;
};

// What the comments of `text` allow: `# slipway: allow RULE, RULE` speaks of its own line or, when
// it has the line to itself, of the next one that is not a comment.
std::vector<Allowance> allowances_in(std::string_view text, const std::string& file);

// Takes from `found` the warnings and notes that are allowed. An error stays: it would be refused.
// A comment that names no rule there is becomes a warning of its own (`unknown-rule`).
Diagnostics without_allowed(Diagnostics found, const std::vector<Allowance>& allowances);

}  // namespace slipway::manifest
