// Workflows: list and get over those that run and those that have finished; create and submit.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "core/expr/label/label.h"
#include "core/view/view.h"
#include "core/workflow/progress.h"
#include "server/api/api.h"
#include "server/api/object.h"
#include "server/api/reply.h"
#include "server/api/workflow_find.h"
#include "server/label_term.h"

namespace slipway::server {
namespace {

json::object slim(json::object workflow) {
  views::summarize(workflow);
  return workflow;
}

// What a list shows of a live one: without copying the nodes, which are most of it. One that still
// waits as text has none, and is only read.
json::object outline_of(const workflow::Run& run) {
  if (run.is_text()) return slim(run.to_object());
  json::object object{{"apiVersion", "argoproj.io/v1alpha1"},
                      {"kind", "Workflow"},
                      {"metadata", run.metadata()},
                      {"spec", run.spec()},
                      {"status", run.status()}};
  if (json::object held = workflow::resources_of(run.nodes()); !held.empty()) {
    object["status"].as_object()["resourcesDuration"] = std::move(held);
  }
  return slim(std::move(object));
}

struct ListRequest {
  port::WorkflowQuery query;
  expr::LabelSelector selector;
  bool whole = false;
};

bool name_matches(const port::WorkflowQuery& query, const std::string& name) {
  if (query.name.empty()) return true;
  switch (query.name_match) {
    case port::NameMatch::kExact:
      return name == query.name;
    case port::NameMatch::kPrefix:
      return name.starts_with(query.name);
    case port::NameMatch::kContains:
      return name.find(query.name) != std::string::npos;
  }
  return false;
}

// Nothing that is in memory has finished before any time.
bool time_matches(const port::WorkflowQuery& query, const workflow::Run& run) {
  return !query.finished_before &&
         (!query.created_after || run.created_at() > *query.created_after);
}

bool wanted(const ListRequest& list, const workflow::Run& run) {
  const port::WorkflowQuery& query = list.query;
  // One that has not begun is pending for whoever looks.
  const std::string phase(
      to_string(run.phase() == workflow::Phase::kNone ? workflow::Phase::kPending : run.phase()));
  return (query.ns.empty() || run.ns() == query.ns) && name_matches(query, run.name()) &&
         time_matches(query, run) &&
         (query.phases.empty() ||
          std::find(query.phases.begin(), query.phases.end(), phase) != query.phases.end());
}

// Ours and Argo's names of a parameter: x and listOptions.x.
std::string option(const Exchange& exchange, const std::string& name) {
  const std::string given = exchange.parameter(name);
  return given.empty() ? exchange.parameter("listOptions." + name) : given;
}

// Argo's nameFilter says how the field selector's metadata.name is meant; `prefix` is ours.
Status read_name(const Exchange& exchange, port::WorkflowQuery& query) {
  static constexpr std::string_view kName = "metadata.name=";
  std::string_view selector;
  const std::string given = option(exchange, "fieldSelector");
  selector = given;
  if (selector.starts_with(kName)) selector.remove_prefix(kName.size());
  if (selector.starts_with('=')) selector.remove_prefix(1);
  query.name = selector;
  const std::string filter = exchange.parameter("nameFilter");
  if (filter == "Prefix") query.name_match = port::NameMatch::kPrefix;
  if (filter == "Contains") query.name_match = port::NameMatch::kContains;
  if (query.name.find_first_of("=,") != std::string::npos) {
    return Error{
        ErrorCode::kInvalid,
        "fieldSelector: workflows are selected by metadata.name=NAME, and by nothing else"};
  }
  if (const std::string prefix = exchange.parameter("prefix"); !prefix.empty()) {
    query.name = prefix;
    query.name_match = port::NameMatch::kPrefix;
  }
  return {};
}

Status read_time(const Exchange& exchange, const std::string& name, std::optional<Time>& time) {
  const std::string given = exchange.parameter(name);
  if (given.empty()) return {};
  TRY_ASSIGN(time, parse_rfc3339(given));
  return {};
}

Result<ListRequest> read_list(const Exchange& exchange) {
  ListRequest list;
  list.query.ns =
      exchange.path.contains("ns") ? exchange.at("ns") : exchange.parameter("namespace");
  TRY(read_name(exchange, list.query));
  TRY(read_time(exchange, "createdAfter", list.query.created_after));
  TRY(read_time(exchange, "finishedBefore", list.query.finished_before));
  std::string phases = exchange.parameter("phase");
  while (!phases.empty()) {
    const size_t comma = phases.find(',');
    list.query.phases.push_back(phases.substr(0, comma));
    phases = comma == std::string::npos ? "" : phases.substr(comma + 1);
  }
  TRY_ASSIGN(list.selector, expr::LabelSelector::parse(option(exchange, "labelSelector")));
  list.query.labels = label_terms(list.selector);
  const std::string limit = option(exchange, "limit");
  std::from_chars(limit.data(), limit.data() + limit.size(), list.query.limit);
  list.query.limit = std::clamp<size_t>(list.query.limit, 1, 1000);
  list.query.cursor = option(exchange, "continue");
  list.whole = exchange.parameter("fields") == "*";
  list.query.with_object = list.whole;
  list.query.with_summary = !list.whole;
  return list;
}

// What has finished is labelled so; `argo list --running` asks for the others.
bool wants_finished(const expr::LabelSelector& selector) {
  using Op = expr::LabelSelector::Requirement::Op;
  return std::none_of(
      selector.requirements().begin(), selector.requirements().end(), [](const auto& one) {
        if (one.key != "workflows.argoproj.io/completed") return false;
        const bool listed = std::count(one.values.begin(), one.values.end(), "true") > 0;
        return one.op == Op::kAbsent ||
               ((one.op == Op::kNotEquals || one.op == Op::kNotIn) && listed) ||
               ((one.op == Op::kEquals || one.op == Op::kIn) && !listed);
      });
}

// The finished ones, after the `live` ones, in one page.
port::ServerReply finished_page(port::Store& store, const ListRequest& list,
                                std::vector<json::object> live) {
  Result<port::WorkflowPage> page = wants_finished(list.selector)
                                        ? store.list_workflows(list.query)
                                        : Result<port::WorkflowPage>(port::WorkflowPage{});
  if (!page.ok()) return error_reply(page.error());
  // Some may have finished since the live ones were looked at.
  std::set<std::string> finished;
  for (const port::WorkflowRow& row : page->rows) finished.insert(row.uid.value);
  json::array items;
  for (json::object& object : live) {
    const json::value* uid = find_path(object, {"metadata", "uid"});
    if (uid != nullptr && finished.contains(str(uid->get_string()))) continue;
    items.push_back(std::move(object));
  }
  for (const port::WorkflowRow& row : page->rows) {
    Result<json::value> object = parse_json(list.whole ? row.object : row.summary);
    if (!object.ok() || !object->is_object()) continue;  // corrupt rows are reported by the store
    if (!list.selector.empty() && !labels_match(list.selector, object->get_object())) continue;
    items.push_back(list.whole ? std::move(object->get_object())
                               : slim(std::move(object->get_object())));
  }
  return json_reply(list_object(manifest::Kind::kWorkflow, std::move(items), page->next));
}

void list_workflows(const ApiContext& context, Exchange exchange) {
  Result<ListRequest> list = read_list(exchange);
  if (!list.ok()) return exchange.responder->send(error_reply(list.error()));
  context.access.query([context, list = std::move(*list),
                        responder = exchange.responder](const engine::Engine& engine) {
    std::vector<json::object> live;
    // Live ones come first, on the first page only.
    if (list.query.cursor.empty()) {
      engine.for_each_run([&](const workflow::Run& run) {
        if (!wanted(list, run)) return;
        json::object object = list.whole ? run.to_object() : outline_of(run);
        if (labels_match(list.selector, object)) live.push_back(std::move(object));
      });
    }
    std::stable_sort(live.begin(), live.end(), [](const json::object& a, const json::object& b) {
      const json::value* left = find_path(a, {"metadata", "creationTimestamp"});
      const json::value* right = find_path(b, {"metadata", "creationTimestamp"});
      return left != nullptr && right != nullptr && left->get_string() > right->get_string();
    });
    context.background([&store = context.store, list, live = std::move(live), responder]() mutable {
      responder->send(finished_page(store, list, std::move(live)));
    });
  });
}

void get_workflow(const ApiContext& context, Exchange exchange) {
  find_workflow(context, exchange.at("ns"), exchange.at("name"),
                [responder = exchange.responder](Result<json::object> object) {
                  if (!object.ok()) return responder->send(error_reply(object.error()));
                  responder->send(json_reply(*object));
                });
}

void reply_workflow(const std::shared_ptr<port::Responder>& responder, const engine::Reply& reply,
                    int status) {
  if (reply.error) return responder->send(error_reply(*reply.error));
  port::ServerReply out = json_reply(reply.object, status);
  add_warnings(out, reply.warnings);
  responder->send(std::move(out));
}

void create_workflow(const ApiContext& context, Exchange exchange) {
  Result<json::value> body = parse_json(exchange.request.body);
  // Argo's own form wraps the object: {"workflow": {...}, "serverDryRun": true}.
  bool dry_run = exchange.parameter("dryRun") == "All";
  if (body.ok() && body->is_object()) {
    if (json::object* wrapped = body->get_object()["workflow"].if_object()) {
      dry_run = dry_run || get_bool(body->get_object(), "serverDryRun");
      exchange.request.body = print_json(*wrapped);
    }
  }
  Result<Body> given = read_body(exchange, manifest::Kind::kWorkflow);
  if (!given.ok()) return exchange.responder->send(error_reply(given.error()));
  engine::SubmitWorkflow input;
  input.ns = exchange.at("ns");
  input.workflow = std::move(given->resource.object);
  input.dry_run = dry_run;
  context.access.post(std::move(input), [responder = exchange.responder,
                                         notes = std::move(given->notes)](engine::Reply reply) {
    reply.warnings.insert(reply.warnings.begin(), notes.begin(), notes.end());
    reply_workflow(responder, reply, 201);
  });
}

std::vector<std::pair<std::string, std::string>> pairs(const json::object& options,
                                                       std::string_view name) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto add = [&](std::string_view text) {
    const size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      out.emplace_back(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
    }
  };
  if (const json::array* list = find_array(options, name)) {
    for (const json::value& item : *list) {
      if (const json::string* text = item.if_string()) add(view(*text));
    }
  } else {
    // Labels and annotations are one comma-separated text in Argo's submitOptions.
    std::string text = get_string(options, name);
    while (!text.empty()) {
      const size_t comma = text.find(',');
      add(std::string_view(text).substr(0, comma));
      text = comma == std::string::npos ? "" : text.substr(comma + 1);
    }
  }
  return out;
}

// {"resourceKind", "resourceName", "submitOptions": {...}} (spec a17).
void submit_from(const ApiContext& context, Exchange exchange) {
  const Result<json::value> body = parse_json(exchange.request.body);
  if (!body.ok() || !body->is_object()) {
    return exchange.responder->send(status_reply(400, "the body is not a JSON object"));
  }
  const json::object& request = body->get_object();
  engine::SubmitWorkflow input;
  input.ns = exchange.at("ns");
  input.from_kind = get_string(request, "resourceKind");
  input.from_name = get_string(request, "resourceName");
  if (const json::object* options = find_object(request, "submitOptions")) {
    input.options.name = get_string(*options, "name");
    input.options.generate_name = get_string(*options, "generateName");
    input.options.entrypoint = get_string(*options, "entryPoint");
    input.options.service_account = get_string(*options, "serviceAccount");
    input.options.parameters = pairs(*options, "parameters");
    input.options.labels = pairs(*options, "labels");
    input.options.annotations = pairs(*options, "annotations");
    if (find(*options, "priority") != nullptr)
      input.options.priority = get_int(*options, "priority");
    input.dry_run = get_bool(*options, "serverDryRun") || get_bool(*options, "dryRun");
  }
  context.access.post(std::move(input), [responder = exchange.responder](engine::Reply reply) {
    reply_workflow(responder, reply, 200);
  });
}

}  // namespace

void add_workflow_routes(Router& router, const ApiContext& context) {
  const auto bind = [&](auto handler) {
    return [context, handler](Exchange exchange) { handler(context, std::move(exchange)); };
  };
  const std::string kube = collection_root(manifest::Kind::kWorkflow);
  router.add("GET", kube + "/workflows", bind(list_workflows));
  router.add("GET", kube + "/namespaces/{ns}/workflows", bind(list_workflows));
  router.add("POST", kube + "/namespaces/{ns}/workflows", bind(create_workflow));
  router.add("GET", kube + "/namespaces/{ns}/workflows/{name}", bind(get_workflow));
  router.add("GET", "/api/v1/workflows/{ns}", bind(list_workflows));
  router.add("POST", "/api/v1/workflows/{ns}", bind(create_workflow));
  router.add("POST", "/api/v1/workflows/{ns}/submit", bind(submit_from));
  router.add("GET", "/api/v1/workflows/{ns}/{name}", bind(get_workflow));
}

}  // namespace slipway::server
