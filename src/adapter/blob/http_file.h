// Files over HTTP, streamed: nothing is held in memory.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

// GET into the new file `path`; at most 10 redirects, http and https only; stalls of a minute are
// kTimeout. kNotFound (404, 410), kUnauthorized (401, 403), kUnavailable (429, 5xx, no connection),
// kInvalid (anything else).
Status download(const std::string& url, const std::vector<pod::EnvVar>& headers,
                const std::string& path);

// PUT of the file's content; errors as above.
Status upload(const std::string& url, const std::vector<pod::EnvVar>& headers,
              const std::string& path);

}  // namespace slipway::adapter
