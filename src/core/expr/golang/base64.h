// Standard base64 with padding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::expr {

std::string base64_encode(std::string_view bytes);
// Line breaks are skipped, as Go does; nullopt for anything else that is not base64.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace slipway::expr
