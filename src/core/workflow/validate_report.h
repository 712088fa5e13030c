// What the validate_*.cc files share: where problems go, and how templates are found.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/manifest/catalog.h"
#include "core/workflow/problem.h"
#include "core/workflow/template_type.h"

namespace slipway::workflow {

inline constexpr size_t kProblems = 50;  // more are not listed

class Problems {
 public:
  void add(std::string text, Problem::Kind kind = Problem::Kind::kWrong) {
    if (found_.size() < kProblems) found_.push_back({kind, std::move(text)});
  }
  std::vector<Problem> take() { return std::move(found_); }

 private:
  std::vector<Problem> found_;
};

// A template and the spec in which the names inside of it are looked up.
struct FoundBody {
  const json::object* body = nullptr;  // nullptr: not known before it runs (a tag in its name)
  const json::object* home = nullptr;
  std::string name;
};

// What is being checked. Borrows everything.
struct Subject {
  const json::object& spec;  // effective
  const manifest::Catalog& catalog;
  const Settings& settings;
  std::string_view ns;
  bool is_template = false;  // a WorkflowTemplate: arguments may still come
};

bool has_tag(std::string_view text);

// The template that a step, task or hook names, looked up in `home`. Adds a problem at `place` and
// returns false when there is none.
bool find_body(const Subject& subject, const json::object& holder, const json::object& home,
               const std::string& place, Problems& problems, FoundBody& found);

// Names of the members of holder[list] ("parameters" or "artifacts").
std::set<std::string> names_in(const json::object& holder, std::string_view list);

bool is_step_name(std::string_view name);  // ^[a-zA-Z0-9][-a-zA-Z0-9]*$ around tags, at most 128
bool is_parameter_name(std::string_view name);  // ^[-a-zA-Z0-9_]+$

// Every {name: ...} of a list: valid, and given once.
void check_names(const json::array& items, const std::string& place,
                 bool (*valid)(std::string_view), Problems& problems);

// --- the parts -----------------------------------------------------------------------------------
// The workflow's name, and what of its spec is neither arguments nor templates.
void check_spec(const json::object& workflow, const Subject& subject, Problems& problems);
// spec.arguments: names, values, enums.
void check_arguments(const Subject& subject, Problems& problems);
// One template by itself: its type, inputs, outputs and what its type requires.
void check_template(const Subject& subject, const json::object& templ, Problems& problems);
// What a template's type allows and wants of its other fields.
void check_fields(const json::object& templ, TemplateType type, const std::string& place,
                  Problems& problems);
void check_resource(const json::object& templ, const std::string& place, Problems& problems);
void check_metrics(const json::object& templ, const std::string& place, Problems& problems);
// Where the values of an `arguments` may come from. `prefix` stands before each name.
void check_argument_sources(const json::object& arguments, const std::string& prefix,
                            Problems& problems);
// The arguments and the loop of one step or task.
void check_call_fields(const json::object& call, const std::string& place, Problems& problems);
// A dag's dependencies: known, well-formed, without a cycle.
void check_dag(const json::object& templ, Problems& problems);
// Names that lead back to the first of them; empty: there are none.
using Edges = std::map<std::string, std::vector<std::string>, std::less<>>;
std::vector<std::string> find_cycle(const Edges& edges);
// From the entrypoint and the exit handlers on: templates exist, inputs are supplied, tags resolve.
void check_calls(const Subject& subject, Problems& problems);

// What a dag task waits for, directly. Nothing when its `depends` does not parse.
std::vector<std::string> dependencies_of(const json::object& task);

}  // namespace slipway::workflow
