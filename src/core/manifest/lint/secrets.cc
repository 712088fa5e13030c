// secret-in-plain-text: what belongs into a Secret. The value itself is never printed.
#include <fmt/format.h>
#include <re2/re2.h>

#include "core/manifest/lint/scene.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

constexpr const char* kRule = "secret-in-plain-text";

// Texts that are a credential wherever they stand: what they look like, and what they are.
std::string_view credential_in(const std::string& text) {
  struct Pattern {
    RE2 pattern;
    std::string_view what;
  };
  static const Pattern kPatterns[] = {
      {RE2("-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key"},
      {RE2("\\b(AKIA|ASIA)[0-9A-Z]{16}\\b"), "an AWS access key"},
      {RE2("\\bgh[pousr]_[A-Za-z0-9]{36,}\\b|\\bgithub_pat_[A-Za-z0-9_]{22,}"), "a GitHub token"},
      {RE2("\\bglpat-[A-Za-z0-9_-]{20,}"), "a GitLab token"},
      {RE2("\\bxox[abprs]-[A-Za-z0-9-]{10,}"), "a Slack token"},
      {RE2("hooks\\.slack\\.com/services/T[A-Za-z0-9]+/B[A-Za-z0-9]+/[A-Za-z0-9]{16,}"),
       "a Slack webhook"},
      {RE2("\\b[sr]k_live_[A-Za-z0-9]{16,}"), "a Stripe key"},
      {RE2("\\bAIza[0-9A-Za-z_-]{35}\\b"), "a Google API key"},
      {RE2("://[^/\\s:@{}$]+:[^/\\s:@{}$]+@"), "a password in a URL"},
  };
  for (const Pattern& candidate : kPatterns) {
    if (RE2::PartialMatch(text, candidate.pattern)) return candidate.what;
  }
  return {};
}

bool names_a_secret(const std::string& name) {
  static const RE2 kName(
      "(?i)(password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|"
      "credential)s?$");
  return RE2::PartialMatch(name, kName);
}

// A value that is one, not a reference to one: "{{...}}", "$(VAR)", a path, a flag or nothing.
bool is_literal(const std::string& value) {
  static const RE2 kReference(
      "^$|\\{\\{|\\$[({A-Za-z]|^[./~]|^(?i:true|false|yes|no|none|[0-9]+)$");
  return !RE2::PartialMatch(value, kReference);
}

class Walker {
 public:
  Walker(Scene& scene, const Document& document) : scene_(scene), document_(document) {}

  void walk(const json::value& value, const std::string& path) {
    if (const json::string* text = value.if_string()) return look(str(*text), path);
    if (const json::array* list = value.if_array()) {
      for (size_t i = 0; i < list->size(); ++i) walk((*list)[i], item_path(path, i));
      return;
    }
    const json::object* object = value.if_object();
    if (object == nullptr) return;
    // {name: DB_PASSWORD, value: hunter2}: an env variable or a parameter.
    const std::string name = get_string(*object, "name"), plain = get_string(*object, "value");
    if (names_a_secret(name) && is_literal(plain)) {
      report(member_path(path, "value"), fmt::format("{} has its value here in plain text", name),
             "keep it in a Secret and refer to it by valueFrom.secretKeyRef");
      return;
    }
    for (const auto& [key, member] : *object) walk(member, member_path(path, key));
  }

  void config_map(const json::object& data) {
    for (const auto& [key, value] : data) {
      const json::string* text = value.if_string();
      if (text == nullptr) continue;
      const std::string path = member_path("data", key);
      const bool one_line = text->find('\n') == json::string::npos;
      if (one_line && names_a_secret(key) && is_literal(str(*text))) {
        report(path, fmt::format("{} stands in a ConfigMap", std::string_view(key)),
               "move it to a Secret");
      } else {
        look(str(*text), path);
      }
    }
  }

 private:
  void look(const std::string& text, const std::string& path) {
    const std::string_view what = credential_in(text);
    if (what.empty()) return;
    report(path, fmt::format("this looks like {}", what),
           "move it to a Secret, and make it invalid if it was ever committed");
  }

  void report(std::string path, std::string message, std::string fix) {
    scene_.report(document_, std::move(path), Severity::kWarning, kRule, std::move(message),
                  std::move(fix));
  }

  Scene& scene_;
  const Document& document_;
};

}  // namespace

void lint_secrets(Scene& scene) {
  for (const Document& document : scene.documents()) {
    Walker walker(scene, document);
    const Resource& resource = document.resource;
    if (resource.kind == Kind::kSecret) continue;
    if (resource.kind == Kind::kConfigMap) {
      if (const json::object* data = find_object(resource.object, "data")) walker.config_map(*data);
    } else {
      walker.walk(json::value(resource.spec()), "spec");
    }
  }
}

}  // namespace slipway::manifest
