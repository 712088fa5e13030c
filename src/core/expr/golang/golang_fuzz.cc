// Any text: no piece of Go's library crashes, and what is printed is read back.
#include "base/assert.h"
#include "core/expr/golang/golang.h"
#include "core/expr/golang/humanize.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto duration = expr::parse_go_duration(text);
  if (duration.ok()) {
    const auto again = expr::parse_go_duration(expr::format_go_duration(*duration));
    SLIPWAY_ASSERT(again.ok() && *again == *duration);
    (void)expr::humanize_duration(*duration);
  }
  (void)expr::parse_argo_duration(text);
  (void)expr::go_quote(text);
  (void)expr::canonical_header(text);
  (void)expr::parse_quantity_millis(text);
  (void)expr::go_sprintf_int(text, -42);
  if (!text.empty()) (void)expr::go_strftime(text[0], Time::from_seconds(1'700'000'000));
  return 0;
}
