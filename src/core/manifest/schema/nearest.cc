#include "core/manifest/schema/nearest.h"

#include <algorithm>

namespace slipway::manifest {
namespace {

constexpr size_t kLongestName = 64;  // what is longer is not a misspelt field

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string_view nearest(std::string_view wrong, const std::vector<std::string_view>& right) {
  if (wrong.size() > kLongestName) return {};
  std::string_view best;
  size_t best_distance = std::max<size_t>(1, (wrong.size() + 1) / 3) + 1;
  for (const std::string_view candidate : right) {
    const size_t distance = edit_distance(wrong, candidate);
    // A name that shares nothing is not near, however short both are.
    if (distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace slipway::manifest
