#include "core/schedule/cron.h"

// The first line is the expression, the second the zone.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line = std::min(text.find('\n'), text.size());
  const auto cron = slipway::schedule::Cron::parse(text.substr(0, line),
                                                   text.substr(std::min(line + 1, text.size())));
  if (cron.ok()) (void)cron->next(slipway::Time::from_seconds(1'700'000'000));
  return 0;
}
