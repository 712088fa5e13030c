#include "core/expr/govaluate/govaluate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)slipway::expr::evaluate_when(text);
  (void)slipway::expr::evaluate_govaluate(text, {{"a", "x"}, {"n", 4}, {"list", {1, "b"}}});
  return 0;
}
