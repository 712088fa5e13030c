// Base64 as Secrets and credentials hold it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace slipway {

// RFC 4648 with padding.
std::string encode_base64(std::string_view bytes);

// As Go's StdEncoding reads it: with padding; line breaks are skipped. kInvalid otherwise; the
// error never quotes the text, which may be a secret.
Result<std::string> decode_base64(std::string_view text);

}  // namespace slipway
