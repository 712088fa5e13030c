#include "core/expr/golang/regex.h"

namespace slipway::expr {

Result<Regex> compile_regex(std::string_view pattern) {
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(1 << 20);  // an eighth of the default: a hostile pattern is refused sooner
  auto regex =
      std::make_shared<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (regex->ok()) return regex;
  return Error{ErrorCode::kInvalid, "error parsing regexp: " + regex->error(), ""};
}

}  // namespace slipway::expr
