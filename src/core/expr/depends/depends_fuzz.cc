#include "core/expr/depends/depends.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using slipway::expr::TaskResult;
  const auto depends = slipway::expr::Depends::parse({reinterpret_cast<const char*>(data), size});
  if (!depends.ok()) return 0;
  (void)depends->evaluate([](const std::string&) { return TaskResult{}; },
                          [](const std::string& name) { return name.size() % 2 == 0; });
  return 0;
}
