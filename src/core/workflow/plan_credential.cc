#include "core/workflow/plan_credential.h"

#include <fmt/format.h>

#include "base/base64.h"
#include "core/workflow/plan_source.h"

namespace slipway::workflow {
namespace {

// "https://index.docker.io/v1/" → "index.docker.io".
std::string registry_host(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
  }
  return std::string(text.substr(0, text.find('/')));
}

Result<pod::RegistryCredential> credential(std::string_view registry, const json::object& entry) {
  pod::RegistryCredential result{registry_host(registry), get_string(entry, "username"),
                                 get_string(entry, "password")};
  if (const std::string auth = get_string(entry, "auth"); !auth.empty()) {
    TRY_ASSIGN(const std::string pair, decode_base64(auth));
    const size_t colon = pair.find(':');
    if (colon == std::string::npos) {
      return Error{ErrorCode::kInvalid, "its auth is not base64 of user:password", {}};
    }
    result.username = pair.substr(0, colon);
    result.password = pair.substr(colon + 1);
  }
  return result;
}

Status add_secret(const std::string& text, bool modern,
                  std::vector<pod::RegistryCredential>& credentials) {
  const Result<json::value> parsed = parse_json(text);
  if (!parsed.ok() || !parsed->is_object()) {
    return Error{ErrorCode::kInvalid, "it does not hold JSON", {}};
  }
  const json::object& config = parsed->get_object();
  for (const auto& entry : modern ? object_of(config, "auths") : config) {
    if (!entry.value().is_object()) continue;
    TRY_ASSIGN(auto found, credential(entry.key(), entry.value().get_object()));
    credentials.push_back(std::move(found));
  }
  return {};
}

}  // namespace

Result<std::vector<pod::RegistryCredential>> plan_credentials(const PlanContext& context,
                                                              const json::object& pod_spec) {
  std::vector<pod::RegistryCredential> credentials;
  for (const json::value& item : list_of(pod_spec, "imagePullSecrets")) {
    if (!item.is_object()) continue;
    const std::string name = get_string(item.get_object(), "name");
    for (const std::string_view key : {".dockerconfigjson", ".dockercfg"}) {
      const auto text = source_value(context, SourceKind::kSecret, name, std::string(key));
      if (!text.ok()) continue;
      if (Status added = add_secret(*text, key == ".dockerconfigjson", credentials); !added.ok()) {
        return plan_error(context, ErrorCode::kInvalid,
                          fmt::format("imagePullSecrets: Secret \"{}\" key {}: {}", name, key,
                                      added.error().message));
      }
    }
  }
  return credentials;
}

}  // namespace slipway::workflow
