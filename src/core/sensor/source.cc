#include "core/manifest/parse.h"
#include "core/sensor/trigger.h"

namespace slipway::sensor {
namespace {

Result<json::value> parse_text(const std::string& text, const std::string& origin) {
  TRY_ASSIGN(json::value value, manifest::parse_yaml(text, origin));
  return value;
}

// The first of the sources that is set, in Argo Events' order.
Result<json::value> read_source(const json::object& source, const Firework& work) {
  for (const std::string_view type : {"s3"}) {
    if (source.contains(type)) {
      return Error{ErrorCode::kUnsupported,
                   "source " + std::string(type) + " is not supported yet"};
    }
  }
  if (const std::string text = get_string(source, "inline"); !text.empty()) {
    return parse_text(text, "inline source");
  }
  for (const std::string_view type : {"file", "url", "git"}) {
    if (source.contains(type)) {
      return Error{ErrorCode::kUnsupported, "source " + std::string(type) +
                                                " is not supported yet; use resource, inline or "
                                                "configmap"};
    }
  }
  if (const json::object* reference = find_object(source, "configmap")) {
    const std::string name = get_string(*reference, "name"), key = get_string(*reference, "key");
    TRY_ASSIGN(const std::string text,
               work.catalog.config_map_value(work.sensor.key().ns, name, key));
    return parse_text(text, "ConfigMap " + name + " key " + key);
  }
  if (const json::value* resource = find(source, "resource")) return *resource;
  return Error{ErrorCode::kInvalid, "the source is empty; write resource, inline or configmap"};
}

}  // namespace

Result<Fetched> fetch_object(std::string_view type, const json::object& config,
                             const Firework& work, const std::set<std::string>& outer) {
  const json::object* source = find_object(config, "source");
  if (source == nullptr) {
    return Error{ErrorCode::kInvalid, std::string(type) + " trigger has no source"};
  }
  Result<json::value> read = read_source(*source, work);
  if (!read.ok()) {
    work.steps.push_back(failed("source", std::string(type), "", "", read.error().text()));
    return std::move(read).error();
  }
  Fetched fetched;
  const std::string prefix = std::string(type) + ".source.resource.";
  for (const std::string& path : outer) {
    if (path.starts_with(prefix)) fetched.untrusted.insert(path.substr(prefix.size()));
  }
  TRY(apply_parameters(find_array(config, "parameters"), work, *read, fetched.untrusted));
  if (!read->is_object()) {
    return Error{ErrorCode::kInvalid,
                 "the source of the " + std::string(type) + " trigger is not an object"};
  }
  fetched.object = std::move(read->get_object());
  return fetched;
}

void add_labels(json::object& object, std::string_view sensor, std::string_view trigger, Time now) {
  json::value& metadata = object["metadata"];
  if (!metadata.is_object()) metadata = json::object();
  json::value& labels = metadata.get_object()["labels"];
  if (!labels.is_object()) labels = json::object();
  json::object& out = labels.get_object();
  out["events.argoproj.io/sensor"] = sensor;
  out["events.argoproj.io/trigger"] = trigger;
  out["events.argoproj.io/action-timestamp"] = std::to_string(now.to_milliseconds());
}

std::vector<std::string> named_paths(const std::set<std::string>& paths,
                                     const json::object& object) {
  constexpr std::string_view kPrefix = "spec.arguments.parameters.";
  const json::value* list = find_path(object, {"spec", "arguments", "parameters"});
  std::vector<std::string> out;
  for (const std::string& path : paths) {
    out.push_back(path);
    if (!path.starts_with(kPrefix) || list == nullptr || !list->is_array()) continue;
    const std::string rest = path.substr(kPrefix.size());
    const size_t dot = std::min(rest.find('.'), rest.size());
    for (size_t i = 0; i < list->get_array().size(); ++i) {
      const json::object* parameter = list->get_array()[i].if_object();
      if (parameter == nullptr || std::to_string(i) != rest.substr(0, dot)) continue;
      out.back() = std::string(kPrefix) + get_string(*parameter, "name");
    }
  }
  return out;
}

std::string namespace_of(const json::object& object, const Firework& work) {
  const json::object* metadata = find_object(object, "metadata");
  const std::string named = metadata != nullptr ? get_string(*metadata, "namespace") : "";
  return named.empty() ? work.sensor.key().ns : named;
}

}  // namespace slipway::sensor
