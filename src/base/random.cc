#include "base/random.h"

#include <fmt/format.h>

#include <string_view>

namespace slipway {

uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15ull;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

uint64_t Random::below(uint64_t bound) { return next() % bound; }

std::string random_suffix(Random& random) {
  // No vowels and no look-alikes, so that a suffix never spells a word.
  static constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::string suffix;
  for (int i = 0; i < 5; ++i) suffix += kAlphabet[random.below(kAlphabet.size())];
  return suffix;
}

std::string random_uuid(Random& random) {
  const uint64_t high = (random.next() & ~0xf000ull) | 0x4000ull;
  const uint64_t low = (random.next() & ~(3ull << 62)) | (2ull << 62);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffffffffffffull);
}

std::string random_hex32(Random& random) {
  const uint64_t high = random.next();
  return fmt::format("{:016x}{:016x}", high, random.next());
}

}  // namespace slipway
