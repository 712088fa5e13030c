// The texts of scalars that libfyaml 0.7.12 gets wrong, read from the source again: it loses what
// follows two escaped quotes in a row, and miscounts block scalars in some indentations.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::manifest {

// A single-quoted scalar, from just behind its first quote.
std::string unquote_single(std::string_view source);

struct BlockScalar {
  bool folded = false;     // > instead of |
  size_t content_at = 0;   // offset in the source of the line after the header
  int parent_indent = -1;  // spaces before the key or dash it belongs to; -1 at the top
};

// nullopt when the text is not indented further than its parent.
std::optional<std::string> read_block_scalar(std::string_view source, const BlockScalar& scalar);

}  // namespace slipway::manifest
