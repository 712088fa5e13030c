#include "core/workflow/untrusted.h"

#include <fmt/format.h>

#include "core/expr/tag/tag.h"
#include "core/manifest/lint/sink.h"
#include "core/workflow/condition.h"
#include "core/workflow/globals.h"

namespace slipway::workflow {
namespace {

struct Finding {
  std::string place;
  std::vector<std::string> names;
};

std::vector<std::string> untrusted_names(std::string_view text, const expr::Scope& scope) {
  if (text.find("{{") == text.npos) return {};
  expr::TagReport report;
  const auto pasted = expr::substitute(text, scope, {}, &report);
  return pasted.ok() ? report.untrusted : std::vector<std::string>{};
}

void look_at_container(const json::object& container, const std::string& place,
                       const expr::Scope& scope, std::vector<Finding>& findings) {
  manifest::for_each_code(container, place, [&](std::string_view code, const std::string& path) {
    auto names = untrusted_names(code, scope);
    if (names.empty()) return;
    findings.push_back({path.ends_with(".source") ? path : "the code in the command of " + place,
                        std::move(names)});
  });
}

std::vector<Finding> look(const json::object& body, const expr::Scope& scope) {
  std::vector<Finding> findings;
  for (const std::string type : {"script", "container"}) {
    if (const json::object* container = find_object(body, type)) {
      look_at_container(*container, type, scope, findings);
    }
  }
  const auto list = [&](const json::object& from, std::string_view key) {
    const json::array* containers = find_array(from, key);
    if (containers == nullptr) return;
    for (const json::value& item : *containers) {
      if (!item.is_object()) continue;
      look_at_container(item.get_object(),
                        fmt::format("{} '{}'", key, get_string(item.get_object(), "name")), scope,
                        findings);
    }
  };
  list(body, "initContainers");
  list(body, "sidecars");
  if (const json::object* set = find_object(body, "containerSet")) list(*set, "containers");
  return findings;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += fmt::format("{}{{{{{}}}}}", text.empty() ? "" : ", ", name);
  }
  return text;
}

}  // namespace

Status check_untrusted(Pass& pass, const json::object& body, const expr::Scope& scope, Node& node) {
  const UntrustedPolicy policy = pass.world.settings.untrusted;
  if (policy == UntrustedPolicy::kAllow) return {};
  for (const Finding& finding : look(body, scope)) {
    const std::string what = fmt::format(
        "{} pastes {}, a value that came from outside: it could run as code. Pass it "
        "by an environment variable instead",
        finding.place, joined(finding.names));
    if (policy == UntrustedPolicy::kDeny) {
      return Error{ErrorCode::kInvalid, "refused: " + what, {}};
    }
    node.warnings.push_back(what);
    set_condition(pass.draft, "UntrustedValues", "True", fmt::format("{}: {}", node.name, what));
  }
  return {};
}

Status check_untrusted_inline(Pass& pass, const json::object& body, const expr::Scope& scope,
                              Node& node) {
  const auto check_list = [&](const json::value& list, const auto& self) -> Status {
    if (!list.is_array()) return {};
    for (const json::value& item : list.get_array()) {
      TRY(self(item, self));
      const json::object* inlined =
          item.is_object() ? find_object(item.get_object(), "inline") : nullptr;
      if (inlined == nullptr) continue;
      TRY(check_untrusted(pass, *inlined, scope, node));
      TRY(check_untrusted_inline(pass, *inlined, scope, node));
    }
    return {};
  };
  if (const json::value* steps = find(body, "steps")) TRY(check_list(*steps, check_list));
  if (const json::object* dag = find_object(body, "dag")) {
    if (const json::value* tasks = find(*dag, "tasks")) TRY(check_list(*tasks, check_list));
  }
  return {};
}

}  // namespace slipway::workflow
