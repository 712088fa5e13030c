// Any chunk: the sandbox ends it.
#include "core/expr/lua/lua.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway;
  static const json::value event{{"body", {{"n", 3}, {"list", json::array{1, "x", nullptr}}}}};
  const std::string_view chunk(reinterpret_cast<const char*>(data), size);
  (void)expr::run_lua_filter(chunk, event);
  (void)expr::run_lua_transform(chunk, event);
  return 0;
}
