#include "core/expr/jq/jq.h"

#include "core/expr/jq/machine.h"
#include "core/expr/jq/parser.h"

namespace slipway::expr {
namespace {

Error named(Error error) {
  error.message = "jq: " + error.message;
  return error;
}

}  // namespace

Result<std::vector<json::value>> run_jq(std::string_view filter, const json::value& input,
                                        size_t limit) {
  auto tree = jq::parse(filter);
  if (!tree.ok()) return named(std::move(tree).error());
  jq::Budget budget;
  auto start = jq::from_json(input, budget);
  if (!start.ok()) return named(std::move(start).error());
  jq::Machine machine(*tree, std::move(start).value(), budget);
  std::vector<json::value> outputs;
  while (outputs.size() < limit) {
    auto output = machine.next();
    if (!output.ok()) return named(std::move(output).error());
    if (!output->has_value()) break;
    auto value = jq::to_json(**output, budget);
    if (!value.ok()) return named(std::move(value).error());
    outputs.push_back(std::move(value).value());
  }
  return outputs;
}

}  // namespace slipway::expr
