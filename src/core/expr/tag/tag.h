// {{simple}} and {{=expression}} tags, as Argo's util/template replaces them (spec rules 38 to 48).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "core/expr/tag/scope.h"

namespace slipway::expr {

struct TagOptions {
  // True: unknown tags stay as they are. False: an unknown tag is kNotFound, naming it.
  bool allow_unresolved = true;
  // With unknown tags allowed: an expression that knows all its names has to give a value. That it
  // fails, or gives nil, is an error instead of a tag that stays.
  bool known_must_evaluate = false;
  // What now() gives in an expression tag; nullopt: now() is an error (core has no clock).
  std::optional<Time> now;
};

// What was met while substituting, for rule 39 (missing steps.*/tasks.*), rule 46 (nil) and the
// taint report.
struct TagReport {
  // Tags left as they were, trimmed; those of expressions begin with "=". Each once.
  std::vector<std::string> unresolved;
  std::vector<std::string> untrusted;  // names of untrusted values that were pasted
};

// Whether a text may hold tags at all: a scan, no allocation. The second looks at every string of a
// value, keys too. substitute() of what has none is a plain copy.
inline bool has_tags(std::string_view text) { return text.find("{{") != std::string_view::npos; }
inline bool has_tags(const char* text) { return has_tags(std::string_view(text)); }
bool has_tags(const json::value& value);

// Replaces the tags in one text. Nested tags resolve innermost first, one level a call. Errors:
// kInvalid for "{{" without "}}" and, unless unresolved tags are allowed, for a failing expression
// (rule 41: otherwise an expression that fails or gives nil stays as it is, but for
// known_must_evaluate); kLimit for one that
// runs out of fuel; kConflict for a name that is nil, unless the whole text is that one tag, which
// then stays as it is for the caller to treat as not supplied (rule 46); kNotFound as above.
Result<std::string> substitute(std::string_view text, const Scope& scope, TagOptions options = {},
                               TagReport* report = nullptr);

inline Result<std::string> substitute(const char* text, const Scope& scope, TagOptions options = {},
                                      TagReport* report = nullptr) {
  return substitute(std::string_view(text), scope, options, report);
}

// The same in every string of a value (keys too). Numbers and booleans are not touched.
Result<json::value> substitute(const json::value& value, const Scope& scope,
                               TagOptions options = {}, TagReport* report = nullptr);

// "{{ steps.a.outputs.result }}" → "steps.a.outputs.result"; empty unless the text is exactly one
// simple tag.
std::string_view single_tag(std::string_view text);

// The names of all simple tags, and those that expression tags refer to, in order of appearance,
// each once. Of nested tags the innermost. An expression that does not parse has no names.
std::vector<std::string> tag_names(std::string_view text);

}  // namespace slipway::expr
