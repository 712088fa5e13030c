// Small pieces of Go's standard library whose exact texts users meet.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace slipway::expr {

// time.ParseDuration: "1h30m", "-1.5s", "300ms". Units are required.
Result<Duration> parse_go_duration(std::string_view text);
// time.Duration.String(): "1h30m0s".
std::string format_go_duration(Duration duration);
// Argo's ParseStringToDuration: also a bare integer, in seconds (spec rule 36).
Result<Duration> parse_argo_duration(std::string_view text);

// strconv.Quote.
std::string go_quote(std::string_view text);

// fmt.Sprintf with one integer, for withSequence.format: %d %02X %5d %x %o %b %c %q %v ...
Result<std::string> go_sprintf_int(std::string_view format, int64_t value);

// One strftime letter as lestrrat-go/strftime prints it, for workflow.creationTimestamp.<letter>.
Result<std::string> go_strftime(char letter, Time time);

// http.CanonicalHeaderKey.
std::string canonical_header(std::string_view name);

// Kubernetes quantities ("100m", "1Gi", "0.5") in thousandths, rounded up.
Result<int64_t> parse_quantity_millis(std::string_view text);

}  // namespace slipway::expr
