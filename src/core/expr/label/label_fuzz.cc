#include "core/expr/label/label.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto selector =
      slipway::expr::LabelSelector::parse({reinterpret_cast<const char*>(data), size});
  if (selector.ok()) {
    (void)selector->matches([](const std::string& key) { return std::optional(key); });
  }
  return 0;
}
