// JSON values in one block of memory: for what is read, handed on and dropped whole, as a webhook's
// payload. Nothing in the block is freed before the last value that lives in it.
#pragma once

#include <memory>
#include <string_view>

#include "base/json.h"

namespace slipway {

// As parse_json().
Result<json::value> parse_json_block(std::string_view text);

// Moves a value together with its block. Assigning would copy it, because the blocks differ.
inline void move_block(json::value& place, json::value&& value) {
  std::destroy_at(&place);
  std::construct_at(&place, std::move(value));
}

}  // namespace slipway
