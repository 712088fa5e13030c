#include "core/expr/tag/expression_tag.h"

#include <algorithm>
#include <array>

#include "core/expr/exprlang/exprlang.h"

namespace slipway::expr {
namespace {

// Names that only a later pass knows (spec rule 42).
constexpr std::array<std::string_view, 4> kLateBound = {"item", "retries", "workflow.status",
                                                        "workflow.failures"};

bool is_within(std::string_view name, std::string_view prefix) {
  return name == prefix || (name.starts_with(prefix) && name[prefix.size()] == '.');
}

bool is_late_bound(std::string_view name) {
  return is_within(name, "lastRetry") ||
         std::any_of(kLateBound.begin(), kLateBound.end(),
                     [&](std::string_view late) { return is_within(name, late); });
}

const json::value* look_up(const json::object& env, std::string_view name) {
  const json::object* at = &env;
  const json::value* found = nullptr;
  while (at != nullptr) {
    const size_t dot = name.find('.');
    found = at->if_contains(name.substr(0, dot));
    if (found == nullptr || dot == name.npos) return found;
    at = found->if_object();
    name.remove_prefix(dot + 1);
  }
  return found;  // a member of a text or of nil: let evaluation say so
}

bool is_known(const json::object& env, std::string_view name) {
  const json::object* at = &env;
  for (size_t dot = name.find('.'); dot != name.npos; dot = name.find('.')) {
    const json::value* member = at->if_contains(name.substr(0, dot));
    at = member != nullptr ? member->if_object() : nullptr;
    if (at == nullptr) return false;
    name.remove_prefix(dot + 1);
  }
  return at->contains(name);
}

std::string_view root_of(std::string_view name) { return name.substr(0, name.find('.')); }

// Of a guarded name only the root has to be there (Argo's missingVarsInEnv).
bool knows_all(const Program& program, const json::object& env) {
  const auto& references = program.references();
  return std::all_of(references.begin(), references.end(), [&](const Program::Reference& one) {
    return is_known(env, one.guarded ? root_of(one.name) : std::string_view(one.name));
  });
}

// Whether the expression has to wait: an unguarded name whose root is unknown (Argo's compiler
// refuses those), or one that is bound later.
bool must_wait(const Program& program, const json::object& env) {
  for (const Program::Reference& reference : program.references()) {
    if (reference.guarded) continue;
    if (!env.contains(root_of(reference.name))) return true;
    if (is_late_bound(reference.name) && look_up(env, reference.name) == nullptr) return true;
  }
  return false;
}

void report_untrusted(const Program& program, const Scope& scope, TagReport& report) {
  scope.for_each([&](const std::string& name, const Scope::Value& value) {
    if (!value.untrusted) return;
    for (const Program::Reference& reference : program.references()) {
      if (is_within(name, reference.name) || is_within(reference.name, name)) {
        add_once(report.untrusted, name);
      }
    }
  });
}

}  // namespace

Result<std::optional<std::string>> evaluate_expression_tag(std::string_view expression,
                                                           const Scope& scope,
                                                           const json::object& env,
                                                           const TagOptions& options,
                                                           TagReport* report) {
  using Text = std::optional<std::string>;
  bool may_stay = options.allow_unresolved;
  const auto failed = [&](Error error) -> Result<Text> {
    if (may_stay && error.code != ErrorCode::kLimit) return Text();
    return Error{error.code, "failed to evaluate expression: " + error.message, error.where};
  };
  auto program = Program::compile(expression);
  if (!program.ok()) {
    const bool unknown_name = program.error().code == ErrorCode::kNotFound;
    may_stay = may_stay && (unknown_name || !options.known_must_evaluate);
    return failed(std::move(program).error());
  }
  may_stay = may_stay && !(options.known_must_evaluate && knows_all(*program, env));
  if (options.allow_unresolved && must_wait(*program, env)) return Text();
  auto result = program->run(env, options.now);
  if (!result.ok()) return failed(std::move(result).error());
  if (result->is_null()) {
    return failed(Error{ErrorCode::kInvalid, "{{=" + std::string(expression) + "}} is nil", ""});
  }
  if (report != nullptr) report_untrusted(*program, scope, *report);
  return Text(to_text(*result));
}

std::vector<std::string> expression_names(std::string_view expression) {
  std::vector<std::string> names;
  const auto program = Program::compile(expression);
  if (!program.ok()) return names;
  for (const Program::Reference& reference : program->references()) names.push_back(reference.name);
  return names;
}

}  // namespace slipway::expr
