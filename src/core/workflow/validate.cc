#include <fmt/format.h>

#include <algorithm>

#include "base/limit.h"
#include "core/workflow/merge.h"
#include "core/workflow/plan_context.h"
#include "core/workflow/submit.h"
#include "core/workflow/validate_report.h"

namespace slipway::workflow {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

const json::object* template_named(const json::object& spec, std::string_view name) {
  for (const json::value& item : list_of(spec, "templates")) {
    if (item.is_object() && get_string(item.get_object(), "name") == name) {
      return &item.get_object();
    }
  }
  return nullptr;
}

void check_templates(const Subject& subject, Problems& problems) {
  const json::array& templates = list_of(subject.spec, "templates");
  if (templates.size() > limit::kTemplates) {
    problems.add(fmt::format("spec.templates has {} entries, more than {}", templates.size(),
                             limit::kTemplates));
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < templates.size(); ++i) {
    if (!templates[i].is_object()) continue;
    const std::string name = get_string(templates[i].get_object(), "name");
    if (name.empty()) {
      problems.add(fmt::format("spec.templates[{}].name is required", i));
    } else if (name.size() > 128) {
      problems.add(fmt::format("spec.templates[{}].name has more than 128 characters", i));
    } else if (!seen.insert(name).second) {
      problems.add(fmt::format("spec.templates[{}].name '{}' is not unique", i, name));
    }
    check_template(subject, templates[i].get_object(), problems);
  }
}

}  // namespace

bool has_tag(std::string_view text) { return text.find("{{") != text.npos; }

// Tags are filled in with the template's inputs before the name counts; what is around them is
// checked.
bool is_step_name(std::string_view given) {
  std::string name;
  for (size_t at = 0; at < given.size();) {
    const size_t open = std::min(given.find("{{", at), given.size());
    const size_t close = given.find("}}", open);
    name += given.substr(at, open - at);
    if (close == given.npos) {
      name += given.substr(open);
      break;
    }
    name += 'x';
    at = close + 2;
  }
  return !name.empty() && name.size() <= 128 && is_letter_or_digit(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_parameter_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_';
  });
}

void check_names(const json::array& items, const std::string& place,
                 bool (*valid)(std::string_view), Problems& problems) {
  std::set<std::string> seen;
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string name =
        items[i].is_object() ? get_string(items[i].get_object(), "name") : std::string{};
    if (name.empty()) {
      problems.add(fmt::format("{}[{}].name is required", place, i));
    } else if (!valid(name)) {
      problems.add(
          fmt::format("{}[{}].name: '{}' is invalid: it may hold letters, digits{} and '-'{}",
                      place, i, name, valid == is_parameter_name ? ", '_'" : "",
                      valid == is_step_name ? ", and begins with a letter or digit" : ""));
    } else if (!seen.insert(name).second) {
      problems.add(fmt::format("{}[{}].name '{}' is not unique", place, i, name));
    }
  }
}

std::set<std::string> names_in(const json::object& holder, std::string_view list) {
  std::set<std::string> names;
  for (const json::value& item : list_of(holder, list)) {
    if (item.is_object()) names.insert(get_string(item.get_object(), "name"));
  }
  return names;
}

bool find_body(const Subject& subject, const json::object& holder, const json::object& home,
               const std::string& place, Problems& problems, FoundBody& found) {
  found = {nullptr, &home, get_string(holder, "template")};
  if (const json::object* body = find_object(holder, "inline")) {
    found.body = body;
    return true;
  }
  if (const json::object* reference = find_object(holder, "templateRef")) {
    const std::string object = get_string(*reference, "name");
    if (!found.name.empty()) {
      problems.add(place + " template can not be specified beside templateRef");
    }
    found.name = get_string(*reference, "template");
    if (object.empty() || found.name.empty()) {
      problems.add(fmt::format("{} templateRef.{} is required", place,
                               object.empty() ? "name" : "template"));
      return false;
    }
    if (has_tag(object) || has_tag(found.name)) return true;
    const bool cluster = get_bool(*reference, "clusterScope");
    const manifest::Resource* resource =
        cluster ? subject.catalog.find(manifest::Kind::kClusterWorkflowTemplate, "", object)
                : subject.catalog.find(manifest::Kind::kWorkflowTemplate, subject.ns, object);
    if (resource == nullptr) {
      problems.add(fmt::format("{} templateRef: {} '{}' not found", place,
                               cluster ? "ClusterWorkflowTemplate" : "WorkflowTemplate", object),
                   Problem::Kind::kMissing);
      return false;
    }
    found.home = &resource->spec();
  } else if (found.name.empty()) {
    problems.add(place + " needs one of template, templateRef and inline");
    return false;
  }
  if (has_tag(found.name)) return true;
  found.body = template_named(*found.home, found.name);
  if (found.body != nullptr) return true;
  problems.add(fmt::format("{} template name '{}' undefined", place, found.name),
               Problem::Kind::kMissing);
  return false;
}

std::vector<Problem> find_problems(const json::object& workflow, const manifest::Catalog& catalog,
                                   const Settings& settings) {
  Problems problems;
  const json::object& own = object_of(workflow, "spec");
  const std::string ns = get_string(object_of(workflow, "metadata"), "namespace", "default");
  if (find(own, "workflowTemplateRef") != nullptr && !list_of(own, "templates").empty()) {
    problems.add("spec.templates can not be set beside spec.workflowTemplateRef");
  }
  const Result<json::object> spec = effective_spec(own, catalog, ns, settings);
  if (!spec.ok()) {
    problems.add(spec.error().message, spec.error().code == ErrorCode::kNotFound
                                           ? Problem::Kind::kMissing
                                           : Problem::Kind::kWrong);
    return problems.take();
  }
  const std::string kind = get_string(workflow, "kind", "Workflow");
  const Subject subject{*spec, catalog, settings, ns, kind != "Workflow"};
  check_spec(workflow, subject, problems);
  check_arguments(subject, problems);
  check_templates(subject, problems);
  check_calls(subject, problems);
  return problems.take();
}

std::vector<std::string> validate(const json::object& workflow, const manifest::Catalog& catalog,
                                  const Settings& settings) {
  std::vector<std::string> texts;
  for (Problem& problem : find_problems(workflow, catalog, settings)) {
    texts.push_back(std::move(problem.text));
  }
  return texts;
}

}  // namespace slipway::workflow
