#include <fmt/format.h>

#include "base/base64.h"
#include "core/expr/tag/tag.h"
#include "core/manifest/parse.h"
#include "core/workflow/artifact_place.h"
#include "core/workflow/plan_artifact.h"
#include "core/workflow/plan_source.h"

namespace slipway::workflow {
namespace {

using Location = pod::ArtifactLocation;
using Names = std::vector<std::string_view>;

// What each form of auth of an http artifact can not do without.
const std::pair<std::string_view, Names> kHttpCredentials[] = {
    {"oauth2", {"clientIDSecret", "clientSecretSecret", "tokenURLSecret"}},
    {"clientCert", {"clientCertSecret", "clientKeySecret"}}};

Result<Location> http_location(const PlanContext& context, const json::object& from) {
  Location location{.type = Location::Type::kHttp, .url = get_string(from, "url")};
  for (const json::value& item : list_of(from, "headers")) {
    if (!item.is_object()) continue;
    location.headers.push_back(
        {get_string(item.get_object(), "name"), get_string(item.get_object(), "value")});
  }
  location.options = object_of(from, "auth");
  for (const auto& [part, wanted] : kHttpCredentials) {
    const json::object* credential = find_object(location.options, part);
    for (const std::string_view name : credential != nullptr ? wanted : Names{}) {
      if (find_object(*credential, name) != nullptr) continue;
      return plan_error(context, ErrorCode::kInvalid,
                        fmt::format("http artifact {}: auth.{} needs {} {{name, key}} of a Secret",
                                    location.url, part, name));
    }
  }
  TRY(resolve_secrets(context.catalog, context.ns, location.options));
  if (const json::object* basic = find_object(location.options, "basicAuth")) {
    location.headers.push_back(
        {"Authorization", "Basic " + encode_base64(get_string(*basic, "usernameSecret") + ":" +
                                                   get_string(*basic, "passwordSecret"))});
  }
  return location;
}

// A location of object storage: whole, or a key in the repository. As in Argo, an s3 artifact is
// whole with endpoint and bucket, and then takes nothing from the repository; with one of them
// alone it is as good as its key.
Result<Location> bucket_location(const PlanContext& context, const Repository& repository,
                                 std::string_view kind, const json::object& from) {
  std::string key = get_string(from, kind == "azure" ? "blob" : "key");
  const bool has_bucket = !get_string(from, "bucket").empty();
  const bool has_endpoint = !get_string(from, "endpoint").empty();
  const bool is_place = kind == "s3"
                            ? has_bucket && has_endpoint
                            : has_bucket || has_endpoint || !get_string(from, "container").empty();
  if (is_place && kind != "s3") {
    return plan_error(context, ErrorCode::kUnsupported,
                      fmt::format("{} artifacts are not supported yet; use s3, or a key alone for "
                                  "the artifact repository",
                                  kind));
  }
  const json::object* base = find_object(repository.location, "s3");
  if (!is_place && base == nullptr) {
    return Location{.type = Location::Type::kStore, .key = std::move(key)};
  }
  const json::object& place = is_place ? from : *base;
  auto location = s3_location(context.catalog, context.ns, place, std::move(key));
  if (location.ok()) return location;
  return plan_error(context, location.error().code, location.error().text());
}

// The repository's ConfigMap entry, e.g. {"s3": {...}, "archiveLogs": true}; empty when the spec
// names none and its namespace has no default: the ConfigMap artifact-repositories, by the key that
// its annotation names.
Result<json::object> referenced_repository(const PlanContext& context) {
  const json::object* reference = find_object(context.spec, "artifactRepositoryRef");
  const json::object& wanted = object_of(context.spec, "artifactRepositoryRef");
  const std::string map = get_string(wanted, "configMap", "artifact-repositories");
  std::string key = get_string(wanted, "key");
  if (key.empty()) {
    const manifest::Resource* found =
        context.catalog.find(manifest::Kind::kConfigMap, context.ns, map);
    if (found != nullptr) {
      key = get_string(object_of(found->metadata(), "annotations"),
                       "workflows.argoproj.io/default-artifact-repository");
    }
    if (reference == nullptr && key.empty()) return json::object{};
  }
  TRY_ASSIGN(const std::string text, source_value(context, SourceKind::kConfigMap, map, key));
  TRY_ASSIGN(json::value parsed,
             manifest::parse_yaml(text, fmt::format("ConfigMap {} key {}", map, key)));
  if (!parsed.is_object()) {
    return plan_error(
        context, ErrorCode::kInvalid,
        fmt::format("ConfigMap {} key {} does not hold an artifact repository", map, key));
  }
  return std::move(parsed.get_object());
}

// Of a repository or an archiveLocation: nothing but s3 and settings, or it would be kept elsewhere
// than it says.
Status check_storage(const PlanContext& context, const json::object& from, std::string_view place) {
  for (const auto& member : from) {
    const std::string_view kind = member.key();
    if (kind == "s3" || kind == "archiveLogs") continue;
    return plan_error(context, ErrorCode::kUnsupported,
                      fmt::format("{}: {} storage is not supported yet; use s3, or leave it out "
                                  "for the server's own store",
                                  place, kind));
  }
  return {};
}

}  // namespace

Result<Repository> plan_repository(const PlanContext& context) {
  TRY_ASSIGN(json::object configured, referenced_repository(context));
  TRY(check_storage(context, configured, "artifact repository"));
  Repository repository{.archive_logs = context.settings.archive_logs};
  std::string format = context.settings.artifact_key_format;
  if (const json::object* s3 = find_object(configured, "s3")) {
    repository.location["s3"] = *s3;
    format = get_string(*s3, "keyFormat", format);
  }
  const json::object& own = object_of(context.templ, "archiveLocation");
  TRY(check_storage(context, own, "archiveLocation"));
  const json::object* const layers[] = {&configured, &context.spec, &own};
  for (const json::object* from : layers) {
    repository.archive_logs = get_bool(*from, "archiveLogs", repository.archive_logs);
  }
  if (const json::object* s3 = find_object(own, "s3")) {
    if (!get_string(*s3, "bucket").empty()) repository.location["s3"] = *s3;
    format = get_string(*s3, "key", format);
  }
  TRY_ASSIGN(repository.key, expr::substitute(format, context.scope));
  return repository;
}

Result<std::optional<Location>> plan_location(const PlanContext& context,
                                              const Repository& repository,
                                              const json::object& artifact) {
  if (const json::object* raw = find_object(artifact, "raw")) {
    return std::optional(Location{.type = Location::Type::kRaw, .raw = get_string(*raw, "data")});
  }
  if (const json::object* http = find_object(artifact, "http")) {
    TRY_ASSIGN(Location location, http_location(context, *http));
    return std::optional(std::move(location));
  }
  if (const json::object* git = find_object(artifact, "git")) {
    Location location{.type = Location::Type::kGit, .options = *git};
    TRY(resolve_secrets(context.catalog, context.ns, location.options));
    return std::optional(std::move(location));
  }
  for (const std::string_view kind : {"s3", "gcs", "oss", "azure"}) {
    const json::object* from = find_object(artifact, kind);
    if (from == nullptr) continue;
    TRY_ASSIGN(Location location, bucket_location(context, repository, kind, *from));
    return std::optional(std::move(location));
  }
  for (const std::string_view kind : {"hdfs", "artifactory", "plugin"}) {
    if (find(artifact, kind) == nullptr) continue;
    return plan_error(context, ErrorCode::kUnsupported,
                      fmt::format("artifact {}: {} storage is not supported yet",
                                  get_string(artifact, "name"), kind));
  }
  return std::optional<Location>{};
}

}  // namespace slipway::workflow
