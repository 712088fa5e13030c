#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace slipway {

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "slipway: bug: %s:%d: %s\n", file, line, expression);
  std::abort();
}

}  // namespace slipway
