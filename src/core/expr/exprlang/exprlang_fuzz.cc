#include "core/expr/exprlang/exprlang.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway;
  static const json::object env = {
      {"s", "text"}, {"n", 3}, {"list", json::array{1, 2.5, "x", nullptr}}, {"o", {{"k", "v"}}}};
  const auto program = expr::Program::compile({reinterpret_cast<const char*>(data), size});
  if (program.ok()) (void)program->run(env, Time{});
  return 0;
}
