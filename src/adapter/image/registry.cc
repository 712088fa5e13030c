#include "adapter/image/registry.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

#include "adapter/archive/digest.h"
#include "adapter/process/program.h"
#include "base/json.h"

namespace slipway::adapter {
namespace {

constexpr size_t kManifestBytes = 16u << 20;

std::vector<std::string> skopeo(const RegistryAccess& access) {
  std::vector<std::string> command = {"skopeo", "--tmpdir", access.scratch};
  const char* home = std::getenv("HOME");
  const std::string own =
      std::string(home != nullptr ? home : "") + "/.config/containers/policy.json";
  // Signature policy is the administrator's; without one skopeo would refuse to run.
  if (::access("/etc/containers/policy.json", R_OK) != 0 && ::access(own.c_str(), R_OK) != 0) {
    command.push_back("--insecure-policy");
  }
  return command;
}

// The last message of skopeo's log: msg="..." with its quotes undone.
std::string last_message(const std::string& text) {
  const size_t start = text.rfind("msg=\"");
  if (start == std::string::npos) {
    const size_t end = text.find_last_not_of(" \n");
    return end == std::string::npos ? "no reason given" : text.substr(0, end + 1);
  }
  std::string message;
  for (size_t i = start + 5; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      message += text[i] == 'n' ? ' ' : text[i];
    } else {
      message += text[i];
    }
  }
  return message;
}

bool holds_any(const std::string& text, std::initializer_list<std::string_view> words) {
  for (const auto word : words) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

Result<ProgramEnd> run(const RegistryAccess& access, std::vector<std::string> command,
                       size_t max_output_bytes) {
  Program program;
  program.command = std::move(command);
  program.timeout = access.timeout;
  program.max_output_bytes = max_output_bytes;
  auto end = run_program(program);
  const std::string name = access.reference.name();
  if (!end.ok()) {
    Error error = end.error();
    const bool late = error.code == ErrorCode::kTimeout;
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kUnsupported;  // no skopeo
    error.message = late ? fmt::format("the registry {} did not deliver {} within {} s",
                                       access.reference.registry, name, access.timeout.to_seconds())
                         : fmt::format("cannot pull {}: {}", name, error.message);
    return error;
  }
  if (end->exit_code != 0) return registry_error(name, end->err);
  return end;
}

// "https://index.docker.io/v1/" -> "docker.io".
std::string registry_of(std::string text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme)) text.erase(0, scheme.size());
  }
  while (text.ends_with('/')) text.pop_back();
  for (const std::string_view version : {"/v1", "/v2"}) {
    if (text.ends_with(version)) text.resize(text.size() - version.size());
  }
  if (text == "index.docker.io" || text == "registry-1.docker.io") return "docker.io";
  return text;
}

bool host_fits(std::string_view pattern, std::string_view host) {
  if (!pattern.starts_with("*.")) return pattern == host;
  // "*" stands for one label, as in Kubernetes.
  const size_t dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 && host.substr(dot) == pattern.substr(1);
}

}  // namespace

Error registry_error(const std::string& image, const std::string& text) {
  const std::string message = last_message(text);
  const auto make = [&](ErrorCode code, std::string_view advice) {
    return Error{code, fmt::format("cannot pull {}: {}{}", image, message, advice)};
  };
  if (holds_any(message, {"no space left on device", "disk quota exceeded"})) {
    return make(ErrorCode::kIo, " (free space below the data directory)");
  }
  if (holds_any(message, {"toomanyrequests", "too many requests", "429"})) {
    return make(ErrorCode::kUnavailable, " (the registry limits how often it may be asked)");
  }
  if (holds_any(message, {"manifest unknown", "name unknown", "name invalid", "not found: ",
                          "no image found in manifest list", "no image found in image index",
                          "StatusCode: 404", "status 404", "manifest_unknown"})) {
    return make(ErrorCode::kNotFound, "");
  }
  if (holds_any(message, {"server gave HTTP response to HTTPS client", "x509:"})) {
    return make(ErrorCode::kUnavailable,
                " (only registries on this machine are used without a trusted certificate)");
  }
  if (holds_any(message, {"unauthorized", ": denied", "authentication required",
                          "access to the resource is "
                          "denied",
                          "invalid username/password", "StatusCode: 401", "StatusCode: 403",
                          "403 (Forbidden)", "401 (Unauthorized)"})) {
    return make(ErrorCode::kUnauthorized,
                " (check that the image exists and that imagePullSecrets hold a login for it)");
  }
  return make(ErrorCode::kUnavailable, "");
}

const Credential* pick_credential(const std::vector<Credential>& credentials,
                                  const Reference& reference) {
  const Credential* best = nullptr;
  size_t best_size = 0;
  for (const Credential& credential : credentials) {
    const std::string registry = registry_of(credential.registry);
    const size_t slash = registry.find('/');
    if (!host_fits(registry.substr(0, slash), reference.registry)) continue;
    if (slash != std::string::npos) {
      const std::string path = registry.substr(slash + 1);
      const std::string& repository = reference.repository;
      if (repository != path && !repository.starts_with(path + "/")) continue;
    }
    if (best != nullptr && registry.size() <= best_size) continue;
    best = &credential;
    best_size = registry.size();
  }
  return best;
}

std::string print_auth_file(const Credential& credential, const Reference& reference) {
  json::object auths;
  auths[reference.registry] =
      json::object{{"auth", base64(credential.username + ":" + credential.password)}};
  return print_json(json::object{{"auths", std::move(auths)}});
}

Result<std::string> registry_digest(const RegistryAccess& access) {
  std::vector<std::string> command = skopeo(access);
  command.insert(command.end(), {"inspect", "--raw"});
  if (access.plain_http) command.push_back("--tls-verify=false");
  if (!access.auth_file.empty()) command.insert(command.end(), {"--authfile", access.auth_file});
  command.push_back("docker://" + access.reference.name());
  TRY_ASSIGN(const ProgramEnd end, run(access, std::move(command), kManifestBytes));
  const std::string digest = "sha256:" + sha256_hex(end.out);
  if (!access.reference.digest.empty() && digest != access.reference.digest) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("cannot pull {}: the registry sent a manifest with the digest {}",
                             access.reference.name(), digest)};
  }
  return digest;
}

Status registry_copy(const RegistryAccess& access, const std::string& digest,
                     const std::string& layout, const std::string& blobs) {
  std::vector<std::string> command = skopeo(access);
  command.insert(command.end(), {"copy", "--quiet", "--dest-shared-blob-dir", blobs});
  if (access.plain_http) command.push_back("--src-tls-verify=false");
  if (!access.auth_file.empty()) command.insert(command.end(), {"--authfile", access.auth_file});
  command.push_back("docker://" + access.reference.repository_name() + "@" + digest);
  command.push_back("oci:" + layout + ":image");
  const auto end = run(access, std::move(command), 1u << 20);
  if (!end.ok()) return end.error();
  return {};
}

}  // namespace slipway::adapter
