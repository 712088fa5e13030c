// Any filter: an error or outputs, within libjq's own limits.
#include "core/expr/jq/jq.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway;
  static const json::value input{{"status", {{"phase", "Succeeded"}, {"n", 3}}},
                                 {"items", json::array{1, "x", nullptr}}};
  (void)expr::run_jq({reinterpret_cast<const char*>(data), size}, input, 20);
  return 0;
}
