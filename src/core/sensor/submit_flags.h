// `args` of an argoWorkflow trigger: the flags of the argo program. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace slipway::sensor {

struct SubmitFlags {
  // name → value, and which argument held the value.
  struct Parameter {
    std::string name, value;
    size_t argument = 0;
  };
  std::vector<Parameter> parameters;
  std::vector<std::pair<std::string, std::string>> labels, annotations;
  std::string name, generate_name, entrypoint, service_account, ns, from;
  std::optional<int64_t> priority;
};

// Flags that only change what argo prints or waits for are accepted without effect. kUnsupported
// names a flag that would change the outcome and is not done here, kInvalid one that is wrong.
Result<SubmitFlags> parse_submit_flags(const std::vector<std::string>& args);

}  // namespace slipway::sensor
