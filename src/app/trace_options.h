// Where traces go, from `--otlp-endpoint` and the OTEL_* variables that every exporter heeds
// (opentelemetry.io/docs/specs/otel/protocol/exporter/).
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "server/trace_export.h"

namespace slipway::app {

// nullptr when a variable is not set, as getenv().
using Environment = std::function<const char*(const char* name)>;

// `endpoint`: the collector's base URL; empty: what the environment says, and without that the
// url of the result is empty. kInvalid names the variable and what is wrong with it.
Result<server::TraceOptions> trace_options(const std::string& endpoint, const Environment& get);

}  // namespace slipway::app
