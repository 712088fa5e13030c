// Base64 as Secrets and credentials hold it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace slipway {

// RFC 4648 with padding.
std::string encode_base64(std::string_view bytes);

// Accepts the standard alphabet, with or without padding; line breaks and spaces are skipped, as
// tools that wrap lines write them. kInvalid otherwise; the error never quotes the text, which may
// be a secret.
Result<std::string> decode_base64(std::string_view text);

}  // namespace slipway
