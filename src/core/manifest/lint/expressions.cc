// bad-expression: an expression that does not compile, and so fails whenever its node is reached.
#include <fmt/format.h>

#include "core/expr/exprlang/exprlang.h"
#include "core/manifest/lint/scene.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

class Look {
 public:
  Look(Scene& scene, const Document& document) : scene_(scene), document_(document) {}

  void at(const json::value& value, const std::string& path) const {
    if (const json::string* text = value.if_string()) {
      at_tags(view(*text), path);
    } else if (const json::array* list = value.if_array()) {
      for (size_t i = 0; i < list->size(); ++i) at((*list)[i], item_path(path, i));
    } else if (const json::object* object = value.if_object()) {
      at_object(*object, path);
    }
  }

 private:
  void at_object(const json::object& object, const std::string& path) const {
    const bool is_request = find(object, "url") != nullptr;
    for (const auto& member : object) {
      const std::string_view key = member.key();
      const std::string below = member_path(path, key);
      if (key == "expression" || key == "fromExpression" ||
          (key == "successCondition" && is_request)) {
        at_expression(member.value(), below);
      }
      at(member.value(), below);
    }
  }

  // What is put together only when it runs can not be judged before.
  void at_expression(const json::value& value, const std::string& path) const {
    const json::string* text = value.if_string();
    if (text == nullptr || text->empty() || has_tag(view(*text))) return;
    const auto program = expr::Program::compile(view(*text));
    if (program.ok()) return;
    scene_.report(document_, path, Severity::kError, "bad-expression",
                  "this expression can never be evaluated: " + program.error().message,
                  "see https://expr-lang.org/docs/language-definition");
  }

  // Argo leaves a tag that it can not evaluate as it is (spec rule 41).
  void at_tags(std::string_view text, const std::string& path) const {
    static constexpr std::string_view kOpen = "{{=", kClose = "}}";
    for (size_t from = text.find(kOpen); from != text.npos; from = text.find(kOpen, from)) {
      from += kOpen.size();
      const size_t end = text.find(kClose, from);
      if (end == text.npos) return;
      const std::string_view source = text.substr(from, end - from);
      if (has_tag(source)) continue;
      const auto program = expr::Program::compile(source);
      if (program.ok()) continue;
      scene_.report(document_, path, Severity::kWarning, "bad-expression",
                    fmt::format("{{{{={}}}}} stays as it is: {}", source, program.error().message),
                    "see https://expr-lang.org/docs/language-definition");
    }
  }

  Scene& scene_;
  const Document& document_;
};

}  // namespace

void lint_expressions(Scene& scene) {
  for (const Document& document : scene.documents()) {
    if (const json::value* spec = find(document.resource.object, "spec")) {
      Look(scene, document).at(*spec, "spec");
    }
  }
}

}  // namespace slipway::manifest
