// A bug stops the program, in every build.
#pragma once

namespace slipway {

// Prints the expression and the place, then aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace slipway

#define SLIPWAY_ASSERT(expression)     \
  ((expression) ? static_cast<void>(0) \
                : ::slipway::assertion_failed(#expression, __FILE__, __LINE__))
