// bad-value: a text that is read as a number, a duration or a quantity when its node runs, and is
// none.
#include <fmt/format.h>

#include <cstdlib>

#include "core/expr/golang/golang.h"
#include "core/manifest/lint/scene.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

bool is_duration(const std::string& text) { return expr::parse_argo_duration(text).ok(); }
bool is_quantity(const std::string& text) { return expr::parse_quantity_millis(text).ok(); }

bool is_number(const std::string& text) {
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0';
}

bool is_whole_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

struct Place {
  Scene& scene;
  const SpecView& spec;

  void check(const json::object& holder, const std::string& path, std::string_view key,
             bool (*good)(const std::string&), std::string_view wanted) const {
    const json::value* value = find(holder, key);
    if (value == nullptr || value->is_structured() || value->is_null()) return;
    const std::string text = scalar_text(*value);
    if (text.empty() || has_tag(text) || good(text)) return;
    scene.report(spec, member_path(path, key), Severity::kError, "bad-value",
                 fmt::format("{:?} is not {}", text, wanted), fmt::format("write {}", wanted));
  }

  void check_retry(const json::object& holder, const std::string& path) const {
    const json::object* retry = find_object(holder, "retryStrategy");
    if (retry == nullptr) return;
    const std::string at = member_path(path, "retryStrategy");
    check(*retry, at, "limit", is_whole_number, "a count such as 3");
    const json::object* backoff = find_object(*retry, "backoff");
    if (backoff == nullptr) return;
    const std::string below = member_path(at, "backoff");
    for (const std::string_view key : {"duration", "cap", "maxDuration"}) {
      check(*backoff, below, key, is_duration, "a duration such as 10 or 2m");
    }
    check(*backoff, below, "factor", is_number, "a number such as 2");
  }

  void check_resources(const json::object& container, const std::string& path) const {
    const json::object* resources = find_object(container, "resources");
    if (resources == nullptr) return;
    for (const std::string_view side : {"limits", "requests"}) {
      const json::object* amounts = find_object(*resources, side);
      if (amounts == nullptr) continue;
      const std::string at = member_path(member_path(path, "resources"), side);
      for (const auto& amount : *amounts) {
        check(*amounts, at, amount.key(), is_quantity, "a quantity such as 500m or 1Gi");
      }
    }
  }

  void check_volumes(const json::object& holder, const std::string& path) const {
    const json::array* volumes = find_array(holder, "volumes");
    for (size_t i = 0; volumes != nullptr && i < volumes->size(); ++i) {
      const json::object* volume = (*volumes)[i].if_object();
      const json::object* folder = volume != nullptr ? find_object(*volume, "emptyDir") : nullptr;
      if (folder == nullptr) continue;
      check(*folder, member_path(item_path(member_path(path, "volumes"), i), "emptyDir"),
            "sizeLimit", is_quantity, "a quantity such as 500Mi");
    }
  }
};

}  // namespace

void lint_values(Scene& scene) {
  for (const SpecView& spec : scene.specs()) {
    if (spec.document == nullptr) continue;
    const Place place{scene, spec};
    place.check_retry(*spec.spec, spec.path);
    place.check_volumes(*spec.spec, spec.path);
    for (const TemplateView& view : scene.templates(spec)) {
      place.check_retry(*view.body, view.path);
      place.check_volumes(*view.body, view.path);
      place.check(*view.body, view.path, "pendingTimeout", is_duration,
                  "a duration such as 10 or 2m");
      for_each_container(view, [&](const json::object& container, const std::string& path) {
        place.check_resources(container, path);
      });
    }
  }
}

}  // namespace slipway::manifest
