// "Did you mean": the right name nearest to a wrong one.
#pragma once

#include <string_view>
#include <vector>

namespace slipway::manifest {

// Letters to insert, remove, replace or swap with their neighbour, without regard to case.
size_t edit_distance(std::string_view a, std::string_view b);

// Empty when none is near enough to be meant; the first of equals.
std::string_view nearest(std::string_view wrong, const std::vector<std::string_view>& right);

}  // namespace slipway::manifest
