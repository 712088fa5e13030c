// The checks a manifest's bytes pass before any parser sees them, and the cut into documents.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/manifest/resource.h"

namespace slipway::manifest {

struct TextProblem {
  Position at;
  std::string rule, message, fix;
};

// What makes the bytes unreadable as a whole: size, NUL bytes, an encoding that is not UTF-8.
// Drops a UTF-8 byte order mark from the front of `text`.
std::optional<TextProblem> check_text(std::string_view& text);

struct Section {
  std::string_view text;
  int first_line = 1;  // of the file
};

// One section per document, so that a broken document does not hide the others: cut at every line
// that starts with `---`. Sections of blank lines and comments are left out.
std::vector<Section> split_documents(std::string_view text);

}  // namespace slipway::manifest
