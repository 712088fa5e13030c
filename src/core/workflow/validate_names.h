// The names that tags may use at one place of a workflow, as far as can be told before it runs.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/workflow/validate_report.h"

namespace slipway::workflow {

class KnownNames {
 public:
  // workflow.*: parameters by name; everything that only a run can know is allowed.
  static KnownNames of_workflow(const Subject& subject);

  void add(std::string name) { names_.insert(std::move(name)); }

  // item.* of a step or task that loops: what withParam gives is not known.
  void add_loop(const json::object& call);

  // inputs.* of the template itself, and pod.name.
  void add_template(const json::object& templ);

  // Whether a simple tag can be resolved here. A name of a kind that Argo does not know is left to
  // the container (spec rule 39), and so is fine.
  bool resolves(std::string_view tag) const;

 private:
  void add_global_outputs(const Subject& subject);

  std::set<std::string, std::less<>> names_;
  std::set<std::string, std::less<>> open_;  // everything that begins with one of these and a dot
};

// The steps or tasks of a template, by name, with what they call: nullptr when that is not known,
// and then everything below the name resolves.
using Calls = std::map<std::string, const json::object*, std::less<>>;

// What the tags of one step or task may use. Borrows everything; cheap to make, since a dag may
// have thousands of tasks.
struct Sight {
  const KnownNames& names;
  std::string_view prefix;  // "steps" or "tasks"; empty in other templates
  const Calls* calls = nullptr;
  // Whether the step or task of that name has ended before this place.
  std::function<bool(std::string_view)> before;

  bool resolves(std::string_view tag) const;
};

// Adds a problem for each simple tag in any string of `value` that does not resolve.
void check_tags(const json::value& value, const Sight& sight, const std::string& place,
                Problems& problems);

}  // namespace slipway::workflow
