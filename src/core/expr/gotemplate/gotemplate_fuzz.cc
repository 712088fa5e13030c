#include "core/expr/gotemplate/gotemplate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const slipway::json::value kData{
      {"Input", {{"s", "text"}, {"n", 1.5}, {"l", {1, "a", nullptr}}, {"m", {{"k", true}}}}}};
  (void)slipway::expr::render_template(text, kData);
  return 0;
}
