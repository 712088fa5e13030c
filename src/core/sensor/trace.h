// Building the steps of a verdict. Private to this folder.
#pragma once

#include "core/sensor/sensor.h"

namespace slipway::sensor {

inline constexpr size_t kShownRunes = 200;

// At most kShownRunes of `text`, with "..." when more was there.
std::string shorten(std::string_view text);

Step passed(std::string stage, std::string subject, std::string_view expected,
            std::string_view actual);
// The message says what is wrong in words.
Step failed(std::string stage, std::string subject, std::string_view expected,
            std::string_view actual, std::string message);

// The event's attributes as a sensor sees them: id, source, specversion, type, datacontenttype,
// subject, time.
json::object context_of(const Event& event);
// {"context": {...}, "data": "<base64 of the payload>"}.
json::object whole_event(const Event& event);

}  // namespace slipway::sensor
