#include "core/expr/tag/tag.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/expr/golang/golang.h"
#include "core/expr/golang/rune.h"
#include "core/expr/tag/expression_tag.h"

namespace slipway::expr {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

Error unterminated(std::string_view rest) {
  return Error{
      ErrorCode::kInvalid,
      fmt::format("'{{{{' without '}}}}' in {}: close the tag", go_quote(rest.substr(0, 80))), ""};
}

Error is_nil(std::string_view name) {
  return Error{
      ErrorCode::kConflict,
      fmt::format("{{{{{}}}}} has no value: what should have produced it was skipped; give "
                  "its output a valueFrom.default, or the input a default",
                  name),
      ""};
}

// Calls text(literal), then tag(inside of a tag), and so on; stops at the first error.
template <class OnText, class OnTag>
Status scan(std::string_view rest, OnText&& on_text, OnTag&& on_tag) {
  for (;;) {
    const size_t open = rest.find(kOpen);
    on_text(rest.substr(0, open));
    if (open == rest.npos) return {};
    const size_t close = rest.find(kClose, open + kOpen.size());
    if (close == rest.npos) return unterminated(rest.substr(open));
    TRY(on_tag(rest.substr(open + kOpen.size(), close - open - kOpen.size())));
    rest.remove_prefix(close + kClose.size());
  }
}

// "a.{{b" → "b"; the tag itself unless it is nested.
std::string_view innermost(std::string_view tag) {
  const size_t open = tag.rfind(kOpen);
  return open == tag.npos || open == 0 ? tag : tag.substr(open + kOpen.size());
}

// One call of substitute(): the environment of expressions is built once, when first needed.
class Substitution {
 public:
  Substitution(const Scope& scope, const TagOptions& options, TagReport* report)
      : scope_(scope), options_(options), report_(report) {}

  Result<std::string> text(std::string_view text) {
    if (!has_tags(text)) return std::string(text);
    if (const auto name = single_tag(text); !name.empty()) {
      const Scope::Value* value = scope_.find(name);
      if (value != nullptr && !value->text) return keep(std::string(text), name);
    }
    std::string out;
    TRY(scan(
        text, [&](std::string_view literal) { out += literal; },
        [&](std::string_view tag) -> Status {
          return tag.starts_with('=') ? expression(tag, out) : simple(tag, out);
        }));
    return out;
  }

  Result<json::value> value(const json::value& value) {
    if (const auto* plain = value.if_string()) {
      TRY_ASSIGN(const std::string replaced, text(view(*plain)));
      return json::value(replaced);
    }
    if (const auto* elements = value.if_array()) {
      json::array out;
      out.reserve(elements->size());
      for (const auto& element : *elements) {
        TRY_ASSIGN(json::value replaced, this->value(element));
        out.push_back(std::move(replaced));
      }
      return json::value(std::move(out));
    }
    if (const auto* members = value.if_object()) {
      json::object out;
      out.reserve(members->size());
      for (const auto& member : *members) {
        TRY_ASSIGN(const std::string key, text(member.key()));
        TRY_ASSIGN(out[key], this->value(member.value()));
      }
      return json::value(std::move(out));
    }
    return value;
  }

 private:
  Status simple(std::string_view tag, std::string& out) {
    const std::string_view name = trim_space(tag);
    if (const Scope::Value* value = scope_.find(name)) return paste(name, *value, out);
    const std::string_view inner = innermost(tag);
    if (inner.size() < tag.size()) {
      const std::string_view inner_name = trim_space(inner);
      if (const Scope::Value* value = scope_.find(inner_name)) {
        out += kOpen;
        out += tag.substr(0, tag.size() - inner.size() - kOpen.size());
        return paste(inner_name, *value, out);
      }
    }
    if (!options_.allow_unresolved) {
      return Error{ErrorCode::kNotFound, fmt::format("failed to resolve {{{{{}}}}}", name), ""};
    }
    keep_tag(tag, trim_space(inner), out);
    return {};
  }

  Status expression(std::string_view tag, std::string& out) {
    if (!env_) env_ = nested(scope_);
    const std::string_view source = tag.substr(1);
    TRY_ASSIGN(const std::optional<std::string> result,
               evaluate_expression_tag(source, scope_, *env_, options_, report_));
    if (result) {
      out += *result;
    } else {
      keep_tag(tag, "=" + std::string(trim_space(source)), out);
    }
    return {};
  }

  Status paste(std::string_view name, const Scope::Value& value, std::string& out) {
    if (!value.text) return is_nil(name);
    if (value.untrusted && report_ != nullptr) add_once(report_->untrusted, name);
    out += *value.text;
    return {};
  }

  void keep_tag(std::string_view tag, std::string_view name, std::string& out) {
    out += kOpen;
    out += tag;
    out += kClose;
    if (report_ != nullptr) add_once(report_->unresolved, name);
  }

  std::string keep(std::string text, std::string_view name) {
    if (report_ != nullptr) add_once(report_->unresolved, name);
    return text;
  }

  const Scope& scope_;
  const TagOptions& options_;
  TagReport* report_;
  std::optional<json::object> env_;
};

}  // namespace

void add_once(std::vector<std::string>& names, std::string_view name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
}

bool has_tags(const json::value& value) {
  if (const auto* text = value.if_string()) return has_tags(view(*text));
  if (const auto* elements = value.if_array()) {
    return std::any_of(elements->begin(), elements->end(),
                       [](const json::value& element) { return has_tags(element); });
  }
  if (const auto* members = value.if_object()) {
    return std::any_of(members->begin(), members->end(), [](const auto& member) {
      return has_tags(std::string_view(member.key())) || has_tags(member.value());
    });
  }
  return false;
}

Result<std::string> substitute(std::string_view text, const Scope& scope, TagOptions options,
                               TagReport* report) {
  return Substitution(scope, options, report).text(text);
}

Result<json::value> substitute(const json::value& value, const Scope& scope, TagOptions options,
                               TagReport* report) {
  if (!has_tags(value)) return value;
  return Substitution(scope, options, report).value(value);
}

std::string_view single_tag(std::string_view text) {
  if (!text.starts_with(kOpen) || !text.ends_with(kClose) || text.size() < 5) return {};
  const std::string_view tag = text.substr(2, text.size() - 4);
  if (tag.starts_with('=') || tag.find(kOpen) != tag.npos || tag.find(kClose) != tag.npos) {
    return {};
  }
  return trim_space(tag);
}

std::vector<std::string> tag_names(std::string_view text) {
  std::vector<std::string> names;
  const Status scanned = scan(
      text, [](std::string_view) {},
      [&](std::string_view tag) -> Status {
        if (tag.starts_with('=')) {
          for (const std::string& name : expression_names(tag.substr(1))) add_once(names, name);
        } else {
          add_once(names, trim_space(innermost(tag)));
        }
        return {};
      });
  (void)scanned;  // names before an unterminated tag still count
  return names;
}

}  // namespace slipway::expr
