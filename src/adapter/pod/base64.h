#pragma once

#include <string>
#include <string_view>

namespace slipway::adapter {

// Standard alphabet with padding.
std::string encode_base64(std::string_view bytes);

}  // namespace slipway::adapter
