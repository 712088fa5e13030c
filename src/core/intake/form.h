// application/x-www-form-urlencoded, as net/url reads it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace slipway::intake {

// At most kFormFields pairs; kInvalid on a broken escape, kLimit on too many.
inline constexpr size_t kFormFields = 10'000;
Result<std::vector<std::pair<std::string, std::string>>> parse_form(std::string_view text);

// {"name": ["value", ...]}, names sorted, as Go prints url.Values.
json::object form_to_json(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace slipway::intake
