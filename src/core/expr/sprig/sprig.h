// Sprig's functions (github.com/Masterminds/sprig v3) over JSON values, by name: expressions reach
// them as `sprig.trim(x)`, Go templates by their bare names.
//
// Left out, as in Argo or because core is pure: env, expandenv, getHostByName, now, ago, everything
// random (randAlpha, shuffle, uuidv4, ...), key and certificate making, password hashes. Asking for
// one of them is kUnsupported and says why.
//
// JSON has no time: a time is an RFC 3339 string here (date functions also accept Unix seconds),
// and a caller that has a clock passes its text. JSON has no bytes either; what sprig does with
// []byte it does with strings here. Dicts are values: `set` and `unset` return the changed dict
// instead of changing their argument.
#pragma once

#include <span>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "core/expr/golang/regex.h"

namespace slipway::expr {

bool is_sprig(std::string_view function);

// Every name that is_sprig() accepts, sorted.
std::span<const std::string_view> sprig_names();

// Arguments in sprig's order (the piped value last). Errors: kNotFound for an unknown name,
// kUnsupported for one that is left out, kInvalid naming the function for bad arguments, kLimit
// when the result would be larger than kSprigBytes.
// `regexes`: of the run that this is a part of.
Result<json::value> call_sprig(std::string_view function, std::span<const json::value> args,
                               Regexes& regexes);

inline constexpr size_t kSprigBytes = 4u << 20;  // of one result; also elements of a list x 8

}  // namespace slipway::expr
