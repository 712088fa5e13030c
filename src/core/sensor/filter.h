// A dependency's filters: five families, each a list of things looked at. Private to this folder.
#pragma once

#include <functional>

#include "core/sensor/sensor.h"
#include "core/sensor/trace.h"

namespace slipway::sensor {

struct Filtered {
  bool passed = true;
  bool broken = false;  // could not be decided: a missing path, a bad pattern
  std::vector<Step> steps;
};

// The event's data after dependency.transform, if it has one; an Error drops the event.
Result<std::optional<json::value>> transform(const json::object& dependency,
                                             const json::value& data);

// All of dependency.filters over an event whose data is already transformed (spec events.md, b16
// to b29). A family that can not be decided counts as false.
Filtered filter(const json::object& dependency, const Event& event, Time now);

// What one filter of a family makes of an event.
struct FilterResult {
  bool passed = false, broken = false;
  bool skipped = false;  // it says nothing, and counts for neither side
  Step step;
};

// A family's filters under its logical operator, up to the one that decides.
Filtered combine(const json::array& filters, std::string_view logic,
                 const std::function<FilterResult(const json::object&)>& evaluate);

// One family each; the argument is the value of its field.
Filtered filter_exprs(const json::array& filters, std::string_view logic, const json::value& data);
Filtered filter_data(const json::array& filters, std::string_view logic, const json::value& data,
                     Time now);
Filtered filter_context(const json::object& wanted, const Event& event);
Filtered filter_time(const json::object& window, Time time);
Filtered filter_script(const std::string& script, const json::value& data);

// "HH:MM:SS" in seconds after midnight.
std::optional<int> clock_seconds(std::string_view text);

}  // namespace slipway::sensor
