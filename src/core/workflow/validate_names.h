// The names that tags may use at one place of a workflow, as far as can be told before it runs.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "core/workflow/validate_report.h"

namespace slipway::workflow {

class KnownNames {
 public:
  // workflow.*: parameters by name; everything that only a run can know is allowed.
  static KnownNames of_workflow(const Subject& subject);

  // inputs.* and outputs.* of the template itself.
  void add_template(const json::object& templ);
  // steps.NAME.* or tasks.NAME.*; a nullptr template allows everything below the name.
  void add_call(std::string_view prefix, const std::string& name, const json::object* templ);

  // Whether a simple tag can be resolved here. A name of a kind that Argo does not know is left to
  // the container (spec rule 39), and so is fine.
  bool resolves(std::string_view tag) const;

 private:
  std::set<std::string, std::less<>> names_;
  std::set<std::string, std::less<>> open_;  // everything that begins with one of these and a dot
};

// Adds a problem for each simple tag in any string of `value` that does not resolve.
void check_tags(const json::value& value, const KnownNames& names, const std::string& place,
                Problems& problems);

}  // namespace slipway::workflow
