#include "core/expr/tag/tag.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway::expr;
  static const Scope scope = [] {
    Scope filled;
    filled.set("a", "1");
    filled.set("a.b", "{{a}}");
    filled.set_nil("nil");
    return filled;
  }();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  TagReport report;
  (void)substitute(text, scope, {}, &report);
  (void)substitute(text, scope, {.allow_unresolved = false});
  (void)tag_names(text);
  (void)single_tag(text);
  return 0;
}
