// Small non-cryptographic hashes whose values are part of Argo's formats.
#pragma once

#include <cstdint>
#include <string_view>

namespace slipway {

// FNV-1a, 32 bit: Argo's node ids and pod names end in it (spec workflows.md, rule 1).
constexpr uint32_t fnv1a32(std::string_view text) {
  uint32_t hash = 2166136261u;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 16777619u;
  }
  return hash;
}

// FNV-1a, 64 bit, for spreading and for fingerprints inside one process or one journal.
constexpr uint64_t fnv1a64(std::string_view text, uint64_t seed = 14695981039346656037ull) {
  uint64_t hash = seed;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ull;
  }
  return hash;
}

}  // namespace slipway
