#include "core/workflow/plan_artifact.h"

#include <fmt/format.h>

namespace slipway::workflow {
namespace {

using Location = pod::ArtifactLocation;

// The node's inputs hold what the arguments brought; the template's hold path and mode.
json::object resolved_input(const PlanContext& context, const json::object& declared) {
  json::object merged = declared;
  for (const json::value& item : list_of(context.node.inputs, "artifacts")) {
    if (!item.is_object()) continue;
    const json::object& given = item.get_object();
    if (get_string(given, "name") != get_string(declared, "name")) continue;
    merged = given;
    for (const std::string_view key : {"path", "mode", "recurseMode"}) {
      if (const json::value* value = find(declared, key)) merged[key] = *value;
    }
  }
  return merged;
}

// Without a word about it the content decides, of a tar only (unarchiveArtifact() in
// workflow/executor/executor.go of Argo).
std::optional<pod::Archive> archive_of_input(const json::object& artifact) {
  const json::object& archive = object_of(artifact, "archive");
  if (find_object(archive, "none") != nullptr) return pod::Archive::kNone;
  if (find_object(archive, "tar") != nullptr) return pod::Archive::kTarGzip;
  if (find_object(archive, "zip") != nullptr) return pod::Archive::kZip;
  return std::nullopt;
}

Result<pod::Archive> archive_of(const PlanContext& context, const json::object& artifact,
                                int& compression_level) {
  const json::object* archive = find_object(artifact, "archive");
  if (archive == nullptr || archive->empty()) return pod::Archive::kTarGzip;
  if (find(*archive, "none") != nullptr) return pod::Archive::kNone;
  if (find(*archive, "zip") != nullptr) return pod::Archive::kZip;
  if (const json::object* tar = find_object(*archive, "tar")) {
    compression_level = static_cast<int>(get_int(*tar, "compressionLevel", -1));
    if (compression_level < -1 || compression_level > 9) {
      return plan_error(context, ErrorCode::kInvalid,
                        fmt::format("artifact {}: compressionLevel {} is not between -1 and 9",
                                    get_string(artifact, "name"), compression_level));
    }
    return pod::Archive::kTarGzip;
  }
  return plan_error(
      context, ErrorCode::kInvalid,
      fmt::format("artifact {}: archive needs tar, zip or none", get_string(artifact, "name")));
}

// The name under the key prefix (spec rule 68: without an archive it is the file's own).
std::string file_name(const pod::OutputArtifact& artifact) {
  switch (artifact.archive) {
    case pod::Archive::kNone: {
      std::string path = artifact.path;
      while (path.size() > 1 && path.back() == '/') path.pop_back();
      return path.substr(path.rfind('/') + 1);
    }
    case pod::Archive::kZip:
      return artifact.name + ".zip";
    default:
      return artifact.name + ".tgz";
  }
}

Location in_repository(const Repository& repository, std::string key,
                       const std::optional<Location>& base) {
  Location location = base.value_or(Location{});
  location.key = repository.key + key;
  return location;
}

// The repository as a location of its own; nullopt for the embedded store.
Result<std::optional<Location>> repository_location(const PlanContext& context,
                                                    const Repository& repository) {
  if (repository.location.empty()) return std::optional<Location>{};
  return plan_location(context, repository, repository.location);
}

}  // namespace

Result<std::optional<pod::InputArtifact>> plan_input_artifact(const PlanContext& context,
                                                              const Repository& repository,
                                                              const json::object& from) {
  pod::InputArtifact artifact;
  artifact.name = get_string(from, "name");
  artifact.path = get_string(from, "path");
  artifact.sub_path = get_string(from, "subPath");
  artifact.archive = archive_of_input(from);
  artifact.optional = get_bool(from, "optional");
  artifact.recurse_mode = get_bool(from, "recurseMode");
  if (find(from, "mode") != nullptr) {
    artifact.mode = static_cast<uint32_t>(get_int(from, "mode")) & 07777;
  }
  TRY_ASSIGN(auto location, plan_location(context, repository, from));
  if (!location) return std::optional<pod::InputArtifact>{};
  artifact.location = std::move(*location);
  return std::optional(std::move(artifact));
}

Result<std::vector<pod::InputArtifact>> plan_input_artifacts(const PlanContext& context,
                                                             const Repository& repository) {
  std::vector<pod::InputArtifact> planned;
  for (const json::value& item : list_of(object_of(context.templ, "inputs"), "artifacts")) {
    if (!item.is_object()) continue;
    const json::object from = resolved_input(context, item.get_object());
    TRY_ASSIGN(auto artifact, plan_input_artifact(context, repository, from));
    if (!artifact && get_bool(from, "optional")) continue;
    const std::string name = get_string(from, "name");
    if (!artifact) {
      return plan_error(context, ErrorCode::kInvalid,
                        fmt::format("inputs.artifacts.{} was not supplied", name));
    }
    if (artifact->path.empty()) {
      return plan_error(context, ErrorCode::kInvalid,
                        fmt::format("inputs.artifacts.{}.path is required", name));
    }
    planned.push_back(std::move(*artifact));
  }
  return planned;
}

Result<std::vector<pod::OutputArtifact>> plan_output_artifacts(const PlanContext& context,
                                                               const Repository& repository) {
  std::vector<pod::OutputArtifact> planned;
  TRY_ASSIGN(const auto base, repository_location(context, repository));
  for (const json::value& item : list_of(object_of(context.templ, "outputs"), "artifacts")) {
    if (!item.is_object()) continue;
    const json::object& from = item.get_object();
    pod::OutputArtifact artifact;
    artifact.name = get_string(from, "name");
    artifact.path = get_string(from, "path");
    artifact.optional = get_bool(from, "optional");
    if (artifact.path.empty()) {
      return plan_error(context, ErrorCode::kInvalid,
                        fmt::format("outputs.artifacts.{}.path is required", artifact.name));
    }
    TRY_ASSIGN(artifact.archive, archive_of(context, from, artifact.compression_level));
    TRY_ASSIGN(auto location, plan_location(context, repository, from));
    if (location &&
        (location->type == Location::Type::kRaw || location->type == Location::Type::kGit)) {
      return plan_error(context, ErrorCode::kInvalid,
                        fmt::format("outputs.artifacts.{} can not be saved to {}", artifact.name,
                                    location->type == Location::Type::kRaw ? "raw" : "git"));
    }
    const bool is_place = location && location->type != Location::Type::kStore;
    if (location && (location->type == Location::Type::kHttp || !location->key.empty())) {
      artifact.location = std::move(*location);
    } else {  // a bucket of its own may have no key either
      artifact.location =
          in_repository(repository, "/" + file_name(artifact), is_place ? location : base);
    }
    planned.push_back(std::move(artifact));
  }
  return planned;
}

Result<std::vector<pod::OutputParameter>> plan_output_parameters(const PlanContext& context) {
  std::vector<pod::OutputParameter> planned;
  for (const json::value& item : list_of(object_of(context.templ, "outputs"), "parameters")) {
    if (!item.is_object()) continue;
    const json::object& from = object_of(item.get_object(), "valueFrom");
    const std::string path = get_string(from, "path");
    if (path.empty()) continue;  // an expression or a fixed value: the pass gives it
    pod::OutputParameter parameter{get_string(item.get_object(), "name"), path, std::nullopt};
    if (const json::value* fallback = find(from, "default")) {
      parameter.fallback = scalar_text(*fallback);
    }
    planned.push_back(std::move(parameter));
  }
  return planned;
}

Result<std::optional<Location>> plan_log_location(const PlanContext& context,
                                                  const Repository& repository) {
  if (!repository.archive_logs) return std::optional<Location>{};
  TRY_ASSIGN(const auto base, repository_location(context, repository));
  return std::optional(in_repository(repository, "", base));
}

}  // namespace slipway::workflow
