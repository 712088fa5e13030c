#include "server/sought.h"

#include <fmt/format.h>

#include "core/expr/label/label.h"
#include "server/label_term.h"

namespace slipway::server {
namespace {

Status add(const port::WorkflowRow& row, std::vector<json::object>& objects) {
  TRY_ASSIGN(json::value object, parse_json(row.object));
  if (object.is_object()) objects.push_back(std::move(object.get_object()));
  return {};
}

bool matches(const expr::LabelSelector& selector, const port::WorkflowRow& row) {
  return selector.matches([&](const std::string& key) -> std::optional<std::string> {
    const auto label = row.labels.find(key);
    return label != row.labels.end() ? std::optional(label->second) : std::nullopt;
  });
}

}  // namespace

engine::WorkflowSought seek(port::WorkflowStore& store, const engine::Effect& effect) {
  engine::WorkflowSought answer;
  answer.effect = effect.id;
  auto found = read_sought(store, workflow::to_text({effect.ns, effect.name, ""}));
  if (found.ok()) answer.finished = std::move(*found);
  if (!found.ok()) answer.error = found.error().text();
  return answer;
}

Result<std::vector<json::object>> read_sought(port::WorkflowStore& store, std::string_view text) {
  const workflow::Sought sought = workflow::sought_from_text(text);
  std::vector<json::object> objects;
  if (!sought.name.empty()) {
    TRY_ASSIGN(const auto row, store.find_workflow(sought.ns, sought.name));
    if (row) TRY(add(*row, objects));
    return objects;
  }
  TRY_ASSIGN(const auto selector, expr::LabelSelector::parse(sought.selector));
  port::WorkflowQuery query;
  query.ns = sought.ns;
  query.labels = label_terms(selector);
  query.with_object = true;
  do {
    TRY_ASSIGN(const port::WorkflowPage page, store.list_workflows(query));
    for (const port::WorkflowRow& row : page.rows) {
      if (matches(selector, row)) TRY(add(row, objects));
    }
    if (objects.size() > kMostSought) {
      return Error{
          ErrorCode::kLimit,
          fmt::format("more than {} finished workflows match; select fewer with -l", kMostSought),
          {}};
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return objects;
}

}  // namespace slipway::server
