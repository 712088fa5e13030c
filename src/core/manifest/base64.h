// Base64 as Secret.data holds it (RFC 4648, with padding; line breaks are skipped as Go does).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::manifest {

std::string encode_base64(std::string_view bytes);
// nullopt when the text is not base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace slipway::manifest
