// What is wrong with a workflow before it runs, in a form that lint can sort.
#pragma once

#include <string>
#include <vector>

#include "core/manifest/catalog.h"
#include "core/workflow/advance.h"

namespace slipway::workflow {

struct Problem {
  enum class Kind {
    kWrong,        // it can never run
    kMissing,      // it names a template or an object that is not there, or not yet
    kUnsupported,  // Argo would run it
  };
  Kind kind = Kind::kWrong;
  std::string text;  // begins with the place: "templates.main.tasks.A dependency 'B' not defined"
};

// What validate() says, each with its kind.
std::vector<Problem> find_problems(const json::object& workflow, const manifest::Catalog& catalog,
                                   const Settings& settings);

}  // namespace slipway::workflow
