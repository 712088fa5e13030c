// Files over HTTP, streamed: nothing is held in memory.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "base/result.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

// GET of the location's url into the open file, with its headers, its client certificate and the
// token of its token endpoint. Errors as of HttpCall (adapter/blob/http_call.h); one of the token
// endpoint names that.
Status download(const pod::ArtifactLocation& location, int into,
                int64_t max_bytes = std::numeric_limits<int64_t>::max());

// PUT of the file's content; the same otherwise.
Status upload(const pod::ArtifactLocation& location, const std::string& path);

}  // namespace slipway::adapter
