// Any bytes: parse() never crashes, and what it accepts is printed and read back as the same value.
#include "base/assert.h"
#include "core/manifest/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)manifest::parse(text, "fuzz");
  const auto value = manifest::parse_yaml(text, "fuzz");
  if (!value.ok()) return 0;
  const auto again = manifest::parse_yaml(manifest::print_yaml(value.value()), "printed");
  // Expanded aliases can make the printed text larger than what is read.
  if (!again.ok()) {
    SLIPWAY_ASSERT(again.error().code == ErrorCode::kLimit);
    return 0;
  }
  SLIPWAY_ASSERT(print_json(again.value(), {.sort_keys = true}) ==
                 print_json(value.value(), {.sort_keys = true}));
  return 0;
}
