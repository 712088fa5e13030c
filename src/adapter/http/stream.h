// A response read line by line as it comes: logs that follow, watches. For the CLI.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace slipway::adapter {

struct StreamRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  bool insecure_skip_verify = false;
};

// Blocks until the server ends the stream or `on_line` returns false (both are success). A status
// outside 2xx is an Error whose message is the body; kNotFound for 404, kUnavailable when nobody
// answers or the stream breaks.
Status stream_lines(const StreamRequest& request,
                    const std::function<bool(std::string_view line)>& on_line);

}  // namespace slipway::adapter
