// UTF-8, as Unicode defines it: no overlong forms, no surrogates.
#pragma once

#include <string_view>

namespace slipway {

// The same for a sequence of more than one byte.
size_t long_utf8_length(std::string_view text);

// Length of the well-formed sequence at the front of `text`, which is not empty; 0 when there is
// none.
inline size_t utf8_length(std::string_view text) {
  return static_cast<unsigned char>(text.front()) < 0x80 ? 1 : long_utf8_length(text);
}

}  // namespace slipway
