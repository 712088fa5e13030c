// The web page, built into the program.
#pragma once

#include <span>
#include <string_view>

namespace slipway::app {

struct Asset {
  std::string_view path;  // "main.js"
  std::string_view content;
  std::string_view type;  // media type
};

// Made by tools/embed.py at build time.
std::span<const Asset> assets();

}  // namespace slipway::app
