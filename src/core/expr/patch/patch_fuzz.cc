// The first line is the patch, the rest the object: all three patches, whichever way they fit.
#include "core/expr/patch/patch.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line = std::min(text.find('\n'), text.size());
  const auto patch = parse_json(text.substr(0, line));
  const auto target = parse_json(text.substr(std::min(line + 1, text.size())));
  if (!patch.ok() || !target.ok()) return 0;
  (void)expr::merge_patch(*target, *patch);
  (void)expr::strategic_merge(*target, *patch);
  if (patch->is_array()) (void)expr::json_patch(*target, patch->as_array());
  return 0;
}
