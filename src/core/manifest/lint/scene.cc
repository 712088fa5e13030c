#include "core/manifest/lint/scene.h"

#include <algorithm>

#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

using Visit = std::function<void(const json::object&, const std::string&)>;

void each_object(const json::object& from, std::string_view key, const std::string& path,
                 const Visit& visit) {
  const json::array* list = find_array(from, key);
  if (list == nullptr) return;
  const std::string here = member_path(path, key);
  for (size_t i = 0; i < list->size(); ++i) {
    if (const json::object* item = (*list)[i].if_object()) visit(*item, item_path(here, i));
  }
}

// Every step or task of a template.
void each_task(const json::object& body, const std::string& path, const Visit& visit) {
  if (const json::object* dag = find_object(body, "dag")) {
    each_object(*dag, "tasks", member_path(path, "dag"), visit);
  }
  const json::array* groups = find_array(body, "steps");
  for (size_t i = 0; groups != nullptr && i < groups->size(); ++i) {
    const json::array* group = (*groups)[i].if_array();
    const std::string here = item_path(member_path(path, "steps"), i);
    for (size_t k = 0; group != nullptr && k < group->size(); ++k) {
      if (const json::object* step = (*group)[k].if_object()) visit(*step, item_path(here, k));
    }
  }
}

void add_call(const json::object& call, const std::string& path, std::vector<CallView>& out) {
  if (const json::object* ref = find_object(call, "templateRef")) {
    out.push_back({&call, {}, member_path(path, "templateRef"), ref});
  } else if (const json::string* name = find_string(call, "template")) {
    out.push_back({&call, str(*name), member_path(path, "template"), nullptr});
  }
}

void add_hooks(const json::object& from, const std::string& path, std::vector<CallView>& out) {
  const std::string exit = get_string(from, "onExit");
  if (!exit.empty()) out.push_back({nullptr, exit, member_path(path, "onExit"), nullptr});
  const json::object* hooks = find_object(from, "hooks");
  if (hooks == nullptr) return;
  for (const auto& [name, value] : *hooks) {
    const std::string here = member_path(member_path(path, "hooks"), name);
    if (const json::object* hook = value.if_object()) add_call(*hook, here, out);
  }
}

}  // namespace

Scene::Scene(const std::vector<Document>& documents, const Catalog& others)
    : documents_(documents), others_(others) {
  for (const Document& document : documents) add_document(document);
  for (const Kind kind : {Kind::kWorkflowTemplate, Kind::kClusterWorkflowTemplate}) {
    for (const Resource* resource : others.list(kind)) {
      const ResourceKey key = resource->key();
      if (find_spec(kind, key.ns, key.name) == nullptr) {
        add_spec(nullptr, *resource, &resource->spec(), kind, "spec");
      }
    }
  }
}

void Scene::add_document(const Document& document) {
  const Resource& resource = document.resource;
  switch (resource.kind) {
    case Kind::kWorkflow:
    case Kind::kWorkflowTemplate:
    case Kind::kClusterWorkflowTemplate:
      return add_spec(&document, resource, &resource.spec(), resource.kind, "spec");
    case Kind::kCronWorkflow:
      return add_spec(&document, resource, find_object(resource.spec(), "workflowSpec"),
                      resource.kind, "spec.workflowSpec");
    case Kind::kSensor:
      break;
    default:
      return;
  }
  each_object(
      resource.spec(), "triggers", "spec",
      [&](const json::object& trigger, const std::string& path) {
        for (const std::string_view type : {"k8s", "argoWorkflow"}) {
          const json::value* made = find_path(trigger, {"template", type, "source", "resource"});
          const json::object* object = made != nullptr ? made->if_object() : nullptr;
          if (object == nullptr || get_string(*object, "kind") != "Workflow") continue;
          add_spec(&document, resource, find_object(*object, "spec"), Kind::kWorkflow,
                   path + ".template." + std::string(type) + ".source.resource.spec");
        }
      });
}

void Scene::add_spec(const Document* document, const Resource& resource, const json::object* spec,
                     Kind kind, std::string path) {
  if (spec == nullptr) return;
  ResourceKey key = resource.key();
  specs_.push_back({document, kind, is_namespaced(kind) ? key.ns : std::string(),
                    std::move(key.name), std::move(path), spec});
}

std::vector<TemplateView> Scene::templates(const SpecView& spec) const {
  std::vector<TemplateView> out;
  const std::function<void(const json::object&, const std::string&)> add =
      [&](const json::object& body, const std::string& path) {
        out.push_back({&spec, path, &body});
        each_task(body, path, [&](const json::object& task, const std::string& at) {
          if (const json::object* inlined = find_object(task, "inline")) {
            add(*inlined, member_path(at, "inline"));
          }
        });
      };
  each_object(*spec.spec, "templates", spec.path, add);
  return out;
}

std::vector<CallView> Scene::calls(const TemplateView& caller) {
  std::vector<CallView> out;
  each_task(*caller.body, caller.path, [&](const json::object& task, const std::string& path) {
    add_call(task, path, out);
    add_hooks(task, path, out);
  });
  return out;
}

std::vector<CallView> Scene::starts(const SpecView& spec) {
  std::vector<CallView> out;
  const std::string entry = get_string(*spec.spec, "entrypoint");
  if (!entry.empty()) {
    out.push_back({nullptr, entry, member_path(spec.path, "entrypoint"), nullptr});
  }
  add_hooks(*spec.spec, spec.path, out);
  return out;
}

const Resource* Scene::find_resource(Kind kind, std::string_view ns, std::string_view name) const {
  for (const Document& document : documents_) {
    const ResourceKey key = document.resource.key();
    if (key.kind == kind && key.ns == ns && key.name == name) return &document.resource;
  }
  return others_.find(kind, ns, name);
}

const SpecView* Scene::find_spec(Kind kind, std::string_view ns, std::string_view name) const {
  const auto found = std::find_if(specs_.begin(), specs_.end(), [&](const SpecView& spec) {
    return spec.kind == kind && spec.name == name && spec.ns == ns;
  });
  return found != specs_.end() ? &*found : nullptr;
}

const SpecView* Scene::find_ref(const SpecView& from, const json::object& ref) const {
  const std::string name = get_string(ref, "name");
  if (get_bool(ref, "clusterScope")) return find_spec(Kind::kClusterWorkflowTemplate, "", name);
  if (from.kind != Kind::kClusterWorkflowTemplate) {
    return find_spec(Kind::kWorkflowTemplate, from.ns, name);
  }
  // Of a cluster template nobody knows the namespace it will run in.
  const auto found = std::find_if(specs_.begin(), specs_.end(), [&](const SpecView& spec) {
    return spec.kind == Kind::kWorkflowTemplate && spec.name == name;
  });
  return found != specs_.end() ? &*found : nullptr;
}

const SpecView* Scene::home(const SpecView& spec) const {
  const json::object* ref = find_object(*spec.spec, "workflowTemplateRef");
  return ref != nullptr ? find_ref(spec, *ref) : &spec;
}

const json::object* Scene::find_template(const SpecView& spec, std::string_view name) {
  const json::array* list = find_array(*spec.spec, "templates");
  if (list == nullptr) return nullptr;
  for (const json::value& item : *list) {
    const json::object* body = item.if_object();
    if (body != nullptr && get_string(*body, "name") == name) return body;
  }
  return nullptr;
}

void Scene::report(const SpecView& spec, std::string path, Severity severity, std::string rule,
                   std::string message, std::string fix) {
  if (spec.document == nullptr) return;
  report(*spec.document, std::move(path), severity, std::move(rule), std::move(message),
         std::move(fix));
}

void Scene::report(const Document& document, std::string path, Severity severity, std::string rule,
                   std::string message, std::string fix) {
  const Position at = find_position(document.positions, path);
  diagnostics_.push_back({severity, document.file, at.line, at.column, std::move(path),
                          std::move(rule), std::move(message), std::move(fix)});
}

void for_each_container(const TemplateView& view, const Visit& visit) {
  for (const std::string_view key : {"container", "script"}) {
    if (const json::object* found = find_object(*view.body, key)) {
      visit(*found, member_path(view.path, key));
    }
  }
  each_object(*view.body, "initContainers", view.path, visit);
  each_object(*view.body, "sidecars", view.path, visit);
  if (const json::object* set = find_object(*view.body, "containerSet")) {
    each_object(*set, "containers", member_path(view.path, "containerSet"), visit);
  }
}

}  // namespace slipway::manifest
