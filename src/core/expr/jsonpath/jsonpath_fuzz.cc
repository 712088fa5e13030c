#include "core/expr/jsonpath/jsonpath.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway;
  static const json::value document = {
      {"items", json::array{json::object{{"a", 1}, {"b", "x"}}, json::object{{"a", 2}}}}};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)expr::render_jsonpath(text, document);
  (void)expr::query_jsonpath(text, document);
  return 0;
}
