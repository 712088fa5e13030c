// {{simple}} and {{=expression}} tags, as Argo's util/template replaces them (spec rules 38 to 48).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/expr/tag/scope.h"

namespace slipway::expr {

struct TagOptions {
  // True: unknown tags stay as they are. False: an unknown tag is kNotFound, naming it.
  bool allow_unresolved = true;
};

// What was met while substituting, for rule 39 (missing steps.*/tasks.*), rule 46 (nil) and the
// taint report.
struct TagReport {
  std::vector<std::string> unresolved;  // tags left as they were
  std::vector<std::string> untrusted;   // names of untrusted values that were pasted
};

// Replaces the tags in one text. Nested tags resolve innermost first, one level a call. Errors:
// kInvalid for "{{" without "}}" and for a failing expression, kConflict for a name that is nil
// (unless the whole text is that one tag: see is_single_tag), kNotFound as above.
Result<std::string> substitute(std::string_view text, const Scope& scope, TagOptions options = {},
                               TagReport* report = nullptr);

// The same in every string of a value (keys too). Numbers and booleans are not touched.
Result<json::value> substitute(const json::value& value, const Scope& scope,
                               TagOptions options = {}, TagReport* report = nullptr);

// "{{ steps.a.outputs.result }}" → "steps.a.outputs.result"; empty unless the text is exactly one
// simple tag.
std::string_view single_tag(std::string_view text);

// The names of all simple tags, and those that expression tags refer to, in order of appearance.
std::vector<std::string> tag_names(std::string_view text);

}  // namespace slipway::expr
