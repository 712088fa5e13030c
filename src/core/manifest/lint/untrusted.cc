// untrusted-in-script: from the parameters of a Sensor or a WorkflowEventBinding through arguments
// and inputs to what runs as code.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/expr/tag/tag.h"
#include "core/manifest/lint/scene.h"
#include "core/manifest/lint/sink.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

constexpr const char* kRule = "untrusted-in-script";
constexpr std::string_view kWorkflowParameters = "workflow.parameters";
constexpr std::string_view kInputParameters = "inputs.parameters";

using Names = std::set<std::string, std::less<>>;

// "workflow.parameters.title" of the set {title}; the name of all of them if there is any.
bool is_among(std::string_view name, std::string_view prefix, const Names& names) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  if (name.empty() || name == ".json") return !names.empty();
  return name.front() == '.' && names.contains(name.substr(1));
}

// TITLE for "inputs.parameters.pr-title".
std::string variable_name(std::string_view tag) {
  std::string out;
  for (const char c : tag.substr(tag.rfind('.') + 1)) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += !letter ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return out;
}

std::string env_fix(std::string_view tag) {
  const std::string variable = variable_name(tag);
  return fmt::format("pass it through env: {{name: {0}, value: \"{{{{{1}}}}}\"}}, and use \"${0}\"",
                     variable, tag);
}

// Where an event's data enters.
struct Origin {
  const Document* document;
  std::string path, name;  // "Sensor merged"
};

// What one event's data can reach in the workflow of `spec`.
class Flow {
 public:
  Flow(Scene& scene, const Origin& origin, const SpecView& spec, Names tainted,
       std::set<std::string>& reported)
      : scene_(scene),
        origin_(origin),
        spec_(spec),
        workflow_(std::move(tainted)),
        reported_(reported) {
    for (const SpecView& known : scene.specs()) {
      for (TemplateView& view : scene.templates(known)) {
        const json::object* body = view.body;
        views_.emplace(body, std::move(view));
      }
    }
  }

  void run() {
    for (const CallView& call : Scene::starts(spec_)) {
      const TemplateView* target = resolve(spec_, call);
      // The entrypoint's inputs are the workflow's arguments.
      if (target != nullptr) reach(*target, workflow_);
    }
    while (!open_.empty()) {
      const TemplateView* view = open_.back();
      open_.pop_back();
      visit(*view);
    }
    for (const auto& [body, inputs] : inputs_) find_sinks(views_.at(body), inputs);
  }

 private:
  const TemplateView* view_of(const json::object* body) const {
    const auto found = views_.find(body);
    return found != views_.end() ? &found->second : nullptr;
  }

  const TemplateView* resolve(const SpecView& from, const CallView& call) const {
    if (call.ref != nullptr) {
      const SpecView* spec = scene_.find_ref(from, *call.ref);
      if (spec == nullptr) return nullptr;
      return view_of(Scene::find_template(*spec, get_string(*call.ref, "template")));
    }
    if (const json::object* own = Scene::find_template(from, call.name)) return view_of(own);
    const SpecView* home = scene_.home(from);
    return home != nullptr ? view_of(Scene::find_template(*home, call.name)) : nullptr;
  }

  void reach(const TemplateView& view, const Names& inputs) {
    const auto [found, fresh] = inputs_.try_emplace(view.body);
    const size_t before = found->second.size();
    found->second.insert(inputs.begin(), inputs.end());
    if (fresh || found->second.size() > before) open_.push_back(&view);
  }

  // The first tag of `text` that stands for the event's data; empty when none does.
  std::string tainted_tag(std::string_view text, const Names& inputs, bool item) const {
    if (!has_tag(text)) return {};
    for (const std::string& name : expr::tag_names(text)) {
      if (is_among(name, kWorkflowParameters, workflow_) ||
          is_among(name, kInputParameters, inputs) ||
          (item && (name == "item" || name.starts_with("item.")))) {
        return name;
      }
    }
    return {};
  }

  bool loops_over_tainted(const json::object& call, const Names& inputs) const {
    if (!tainted_tag(get_string(call, "withParam"), inputs, false).empty()) return true;
    const json::array* items = find_array(call, "withItems");
    return items != nullptr && !tainted_tag(print_json(json::value(*items)), inputs, false).empty();
  }

  void pass(const json::object& call, const TemplateView& target, const Names& inputs) {
    const bool item = loops_over_tainted(call, inputs);
    Names given;
    const json::object* arguments = find_object(call, "arguments");
    const json::array* list = arguments != nullptr ? find_array(*arguments, "parameters") : nullptr;
    for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const json::object* parameter = (*list)[i].if_object();
      if (parameter == nullptr) continue;
      if (!tainted_tag(get_string(*parameter, "value"), inputs, item).empty()) {
        given.insert(get_string(*parameter, "name"));
      }
    }
    reach(target, given);
  }

  void visit(const TemplateView& view) {
    const Names inputs = inputs_.at(view.body);
    for (const CallView& call : Scene::calls(view)) {
      const TemplateView* target = resolve(*view.owner, call);
      if (target == nullptr) continue;
      call.call != nullptr ? pass(*call.call, *target, inputs) : reach(*target, {});
    }
    // Inline templates see what their step or task passes.
    for (const auto& [body, inlined] : views_) {
      if (!is_inline_of(inlined, view)) continue;
      reach(inlined, inputs);
    }
  }

  static bool is_inline_of(const TemplateView& inlined, const TemplateView& view) {
    return inlined.owner == view.owner && inlined.path.ends_with(".inline") &&
           inlined.path.starts_with(view.path + ".");
  }

  void find_sinks(const TemplateView& view, const Names& inputs) {
    for_each_container(view, [&](const json::object& container, const std::string& path) {
      for_each_code(container, path, [&](std::string_view code, const std::string& at) {
        const std::string tag = tainted_tag(code, inputs, false);
        if (!tag.empty()) report(view, at, tag);
      });
    });
  }

  void report(const TemplateView& view, const std::string& path, const std::string& tag) {
    const bool visible = view.owner->document != nullptr;
    const Document& place = visible ? *view.owner->document : *origin_.document;
    const std::string where =
        visible ? "this script" : fmt::format("a script of the template {:?}", view.name());
    if (!reported_.insert(place.file + ":" + path).second) return;
    scene_.report(place, visible ? path : origin_.path, Severity::kError, kRule,
                  fmt::format("the data of an event reaches {} by {{{{{}}}}} ({}): whoever sends "
                              "the event can run code here",
                              where, tag, origin_.name),
                  env_fix(tag));
  }

  Scene& scene_;
  const Origin& origin_;
  const SpecView& spec_;
  Names workflow_;
  std::set<std::string>& reported_;
  std::map<const json::object*, TemplateView> views_;
  std::map<const json::object*, Names> inputs_;  // tainted inputs of what is reached
  std::vector<const TemplateView*> open_;
};

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> out(1);
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\' && i + 1 < path.size()) {
      out.back() += path[++i];
    } else if (path[i] == '.') {
      out.emplace_back();
    } else {
      out.back() += path[i];
    }
  }
  return out;
}

bool is_from_event(const json::object& parameter) {
  const json::object* source = find_object(parameter, "src");
  if (source == nullptr) return false;
  if (source->contains("dataKey") || source->contains("dataTemplate")) return true;
  return !source->contains("contextKey") && !source->contains("contextTemplate") &&
         !source->contains("value");  // the whole event
}

// Names of the workflow parameters that the trigger fills from the event.
class Trigger {
 public:
  Trigger(Scene& scene, const SpecView& spec) : scene_(scene), spec_(spec) {}

  Names tainted() {
    const std::string marker = ".template.";
    const size_t cut = spec_.path.find(marker);
    if (cut == spec_.path.npos) return {};
    const size_t end = spec_.path.find('.', cut + marker.size());
    const std::string type = spec_.path.substr(cut + marker.size(), end - cut - marker.size());
    const json::array* triggers = find_array(spec_.document->resource.spec(), "triggers");
    const size_t index = std::stoul(spec_.path.substr(spec_.path.find('[') + 1));
    if (triggers == nullptr || index >= triggers->size()) return {};
    const json::object& trigger = (*triggers)[index].get_object();
    const std::string here = item_path("spec.triggers", index);
    take(trigger, here, type + ".source.resource.");
    if (const json::object* body = find_object(trigger.at("template").get_object(), type)) {
      take(*body, here + marker + type, "");
    }
    return std::move(names_);
  }

 private:
  void take(const json::object& from, const std::string& path, std::string_view prefix) {
    const json::array* list = find_array(from, "parameters");
    for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const json::object* parameter = (*list)[i].if_object();
      if (parameter == nullptr || !is_from_event(*parameter)) continue;
      std::string dest = get_string(*parameter, "dest");
      if (!dest.starts_with(prefix)) continue;
      place(split_path(dest.substr(prefix.size())),
            member_path(item_path(member_path(path, "parameters"), i), "dest"));
    }
  }

  void place(const std::vector<std::string>& dest, const std::string& path) {
    const auto at = [&](size_t i) { return i < dest.size() ? dest[i] : std::string(); };
    if (at(0) != "spec") return;
    if (at(1) == "templates" && (dest.back() == "source" || at(dest.size() - 2) == "args" ||
                                 at(dest.size() - 2) == "command")) {
      scene_.report(spec_, path, Severity::kError, kRule,
                    "the data of an event is written into what runs as code",
                    "write it to spec.arguments.parameters and read that through env");
      return;
    }
    if (at(1) != "arguments" || at(2) != "parameters") return;
    const json::object* arguments = find_object(*spec_.spec, "arguments");
    const json::array* list = arguments != nullptr ? find_array(*arguments, "parameters") : nullptr;
    for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const json::object* parameter = (*list)[i].if_object();
      // Without an index all of them are written.
      if (parameter != nullptr && (dest.size() < 4 || at(3) == std::to_string(i))) {
        names_.insert(get_string(*parameter, "name"));
      }
    }
  }

  Scene& scene_;
  const SpecView& spec_;
  Names names_;
};

// From the event that a binding submits its template with.
void follow_binding(Scene& scene, const Document& document, std::set<std::string>& reported) {
  const json::object& submit = object_of(document.resource.spec(), "submit");
  const ResourceKey key = document.resource.key();
  const SpecView binding{&document, key.kind, key.ns, key.name, "spec", &document.resource.spec()};
  const SpecView* spec = scene.find_ref(binding, object_of(submit, "workflowTemplateRef"));
  if (spec == nullptr) return;
  Names tainted;
  for (const json::value& item : list_of(object_of(submit, "arguments"), "parameters")) {
    const json::object* parameter = item.if_object();
    if (parameter == nullptr) continue;
    if (get_string(object_of(*parameter, "valueFrom"), "event").empty()) continue;
    tainted.insert(get_string(*parameter, "name"));
  }
  const Origin origin{&document, "spec.submit", "WorkflowEventBinding " + key.name};
  if (!tainted.empty()) Flow(scene, origin, *spec, std::move(tainted), reported).run();
}

// Any parameter pasted into code: trusted today, perhaps.
void warn_plain(Scene& scene, const TemplateView& view, const std::set<std::string>& reported) {
  for_each_container(view, [&](const json::object& container, const std::string& path) {
    for_each_code(container, path, [&](std::string_view code, const std::string& at) {
      if (!has_tag(code) || reported.contains(view.owner->document->file + ":" + at)) return;
      for (const std::string& name : expr::tag_names(code)) {
        if (!name.starts_with("workflow.parameters.") && !name.starts_with("inputs.parameters.")) {
          continue;
        }
        return scene.report(*view.owner, at, Severity::kWarning, kRule,
                            fmt::format("{{{{{}}}}} is pasted into a script: quotes, spaces or $ "
                                        "in it become code",
                                        name),
                            env_fix(name));
      }
    });
  });
}

}  // namespace

void lint_untrusted(Scene& scene) {
  std::set<std::string> reported;
  for (const SpecView& spec : scene.specs()) {
    if (spec.document == nullptr || spec.document->resource.kind != Kind::kSensor) continue;
    Names tainted = Trigger(scene, spec).tainted();
    const Origin origin{spec.document, spec.path, "Sensor " + spec.name};
    if (!tainted.empty()) Flow(scene, origin, spec, std::move(tainted), reported).run();
  }
  for (const Document& document : scene.documents()) {
    if (document.resource.kind != Kind::kWorkflowEventBinding) continue;
    follow_binding(scene, document, reported);
  }
  for (const SpecView& spec : scene.specs()) {
    if (spec.document == nullptr) continue;
    for (const TemplateView& view : scene.templates(spec)) warn_plain(scene, view, reported);
  }
}

}  // namespace slipway::manifest
