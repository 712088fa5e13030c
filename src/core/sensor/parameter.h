// Parameters of triggers: values from events written into an object (spec events.md, b45 to b53).
// Private to this folder.
#pragma once

#include <map>
#include <set>

#include "core/sensor/sensor.h"
#include "core/sensor/trace.h"

namespace slipway::sensor {

// The events that take part, by dependency, and what a trigger's pieces are made with.
struct Firework {
  const manifest::Resource& sensor;
  const std::map<std::string, const Event*>& events;
  const manifest::Catalog& catalog;
  Time now;
  std::vector<Step>& steps;  // every parameter and source leaves one
};

struct Resolved {
  std::string text;
  std::optional<json::value> raw;  // when useRawData applies: not a JSON string
  bool untrusted = false;          // came from the event's data
};
// nullopt: the dependency has no event here and there is no default; the parameter is left out.
Result<std::optional<Resolved>> resolve(const json::object& source, const Firework& work);

// Applies `parameters` in order; paths written from event data are added to `untrusted`, those
// overwritten by a constant are taken out.
Status apply_parameters(const json::array* parameters, const Firework& work, json::value& target,
                        std::set<std::string>& untrusted);

// The body of an HTTP call: `payload` placed in an empty object, or the one value without a dest.
Result<std::string> build_payload(const json::array* payload, const Firework& work);

}  // namespace slipway::sensor
