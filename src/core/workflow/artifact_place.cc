#include "core/workflow/artifact_place.h"

#include <fmt/format.h>

namespace slipway::workflow {
namespace {

using Location = pod::ArtifactLocation;

// An Argo status, or one of ours before there was S3, has a key and nothing else.
bool is_key_alone(const json::object& s3) {
  return get_string(s3, "bucket").empty() && get_string(s3, "endpoint").empty();
}

}  // namespace

Status resolve_secrets(const manifest::Catalog& catalog, std::string_view ns,
                       json::object& options) {
  for (auto& member : options) {
    if (!member.value().is_object()) continue;
    json::object& inner = member.value().get_object();
    if (!std::string_view(member.key()).ends_with("Secret")) {
      TRY(resolve_secrets(catalog, ns, inner));
      continue;
    }
    TRY_ASSIGN(const std::string value,
               catalog.secret_value(ns, get_string(inner, "name"), get_string(inner, "key")));
    member.value() = json::value(value);
  }
  return {};
}

Result<Location> s3_location(const manifest::Catalog& catalog, std::string_view ns,
                             json::object place, std::string key) {
  place.erase("key");
  place.erase("keyFormat");
  if (find(place, "accessKeySecret") == nullptr) {
    return Error{
        ErrorCode::kUnsupported,
        fmt::format("s3: bucket {} needs accessKeySecret and secretKeySecret; useSDKCreds, "
                    "roleARN and a machine's own role are not supported yet",
                    get_string(place, "bucket")),
        {}};
  }
  Location location{.type = Location::Type::kS3, .key = std::move(key), .reference = place};
  location.options = std::move(place);
  TRY(resolve_secrets(catalog, ns, location.options));
  return location;
}

Result<Location> stored_location(const manifest::Catalog& catalog, std::string_view ns,
                                 const json::object& artifact) {
  const json::object* s3 = find_object(artifact, "s3");
  std::string key = s3 != nullptr ? get_string(*s3, "key") : std::string();
  if (key.empty()) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("artifact {} is in no artifact store", get_string(artifact, "name")),
                 {}};
  }
  if (is_key_alone(*s3)) return Location{.type = Location::Type::kStore, .key = std::move(key)};
  return s3_location(catalog, ns, *s3, std::move(key));
}

std::string address_of(std::string_view ns, const json::object& artifact) {
  const json::object* s3 = find_object(artifact, "s3");
  std::string key = s3 != nullptr ? get_string(*s3, "key") : std::string();
  if (key.empty() || is_key_alone(*s3)) return key;
  return print_json(json::object{{"namespace", ns}, {"s3", *s3}});
}

Result<Location> location_at(const manifest::Catalog& catalog, const std::string& address) {
  if (address.starts_with("{\"")) {
    const auto parsed = parse_json(address);
    const json::object* artifact = parsed.ok() ? parsed->if_object() : nullptr;
    if (artifact != nullptr && find_object(*artifact, "s3") != nullptr) {
      return stored_location(catalog, get_string(*artifact, "namespace"), *artifact);
    }
  }
  return Location{.type = Location::Type::kStore, .key = address};
}

}  // namespace slipway::workflow
