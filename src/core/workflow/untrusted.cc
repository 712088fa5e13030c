#include "core/workflow/untrusted.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/expr/tag/tag.h"
#include "core/workflow/condition.h"
#include "core/workflow/globals.h"

namespace slipway::workflow {
namespace {

bool is_shell(std::string_view program) {
  constexpr std::array<std::string_view, 6> kShells{"sh", "bash", "ash", "dash", "zsh", "ksh"};
  const size_t slash = program.rfind('/');
  if (slash != program.npos) program.remove_prefix(slash + 1);
  return std::find(kShells.begin(), kShells.end(), program) != kShells.end();
}

// "-c", "-ec", "-lc" ...
bool is_command_flag(std::string_view word) {
  return word.size() >= 2 && word[0] == '-' && word[1] != '-' && word.find('c') != word.npos &&
         word.find_first_not_of("abcdefghilmnprtuvxBCEHPT-") == word.npos;
}

std::vector<std::string> words_of(const json::object& container) {
  std::vector<std::string> words;
  for (const std::string_view key : {"command", "args"}) {
    const json::array* list = find_array(container, key);
    if (list == nullptr) continue;
    for (const json::value& word : *list) words.push_back(any_string(word));
  }
  return words;
}

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

void look_at_container(const json::object& container, std::string_view place,
                       const expr::Scope& scope, std::vector<Finding>& findings) {
  const std::vector<std::string> words = words_of(container);
  const auto shell = std::find_if(words.begin(), words.end(),
                                  [](const std::string& word) { return is_shell(word); });
  for (auto word = shell; word != words.end(); ++word) {
    if (!is_command_flag(*word) || std::next(word) == words.end()) continue;
    auto names = untrusted_names(*std::next(word), scope);
    if (!names.empty()) {
      findings.push_back({fmt::format("the shell command of {}", place), std::move(names)});
    }
    return;
  }
}

std::vector<Finding> look(const json::object& body, const expr::Scope& scope) {
  std::vector<Finding> findings;
  if (const json::object* script = find_object(body, "script")) {
    auto names = untrusted_names(get_string(*script, "source"), scope);
    if (!names.empty()) findings.push_back({"script.source", std::move(names)});
    look_at_container(*script, "script", scope, findings);
  }
  if (const json::object* container = find_object(body, "container")) {
    look_at_container(*container, "container", scope, findings);
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
