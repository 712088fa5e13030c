// The verbs on one workflow, at Argo Server's paths: stop, terminate, suspend, resume, set, retry,
// resubmit, delete.
#include <fmt/format.h>

#include "core/engine/removal.h"
#include "server/api/api.h"
#include "server/api/object.h"
#include "server/api/reply.h"
#include "server/api/workflow_find.h"

namespace slipway::server {
namespace {

using Make = std::function<workflow::Operation(const json::object& body)>;
using Parameters = std::vector<std::pair<std::string, std::string>>;

json::object body_of(const Exchange& exchange) {
  Result<json::value> body = parse_json(exchange.request.body);
  return body.ok() && body->is_object() ? std::move(body->get_object()) : json::object();
}

void answer(const std::shared_ptr<port::Responder>& responder, const engine::Reply& reply) {
  if (reply.error) return responder->send(error_reply(*reply.error));
  responder->send(json_reply(reply.object));
}

// Argo's verbs answer with the workflow as it is now.
void answer_found(const ApiContext& context, const Exchange& exchange, const std::string& name) {
  find_workflow(context, exchange.at("ns"), name,
                [responder = exchange.responder](Result<json::object> found) {
                  if (!found.ok()) return responder->send(error_reply(found.error()));
                  responder->send(json_reply(*found));
                });
}

void answer_operated(const ApiContext& context, const Exchange& exchange,
                     const engine::Reply& reply) {
  if (reply.error) return exchange.responder->send(error_reply(*reply.error));
  answer_found(context, exchange, reply.name);
}

// What has finished is not in memory: the engine is asked again once it has been found; and so it
// is with an alias.
void operate(const ApiContext& context, Exchange exchange, const Make& make) {
  engine::OperateWorkflow input{exchange.at("ns"), exchange.at("name"), make(body_of(exchange))};
  context.access.post(input, [context, exchange, input](const engine::Reply& reply) mutable {
    if (!reply.error || reply.error->code != ErrorCode::kNotFound) {
      return answer_operated(context, exchange, reply);
    }
    find_workflow(context, input.ns, input.name,
                  [context, exchange, input](Result<json::object> found) mutable {
                    if (!found.ok()) return exchange.responder->send(error_reply(found.error()));
                    input.finished = true;
                    input.name = get_string(object_of(*found, "metadata"), "name");
                    context.access.post(std::move(input),
                                        [context, exchange](const engine::Reply& reply) {
                                          answer_operated(context, exchange, reply);
                                        });
                  });
  });
}

Parameters parameters_of(const json::object& body) {
  Parameters out;
  if (const json::array* list = find_array(body, "parameters")) {
    for (const json::value& item : *list) {
      const json::string* text = item.if_string();
      const std::string_view pair = text != nullptr ? view(*text) : std::string_view();
      const size_t equals = pair.find('=');
      if (equals == std::string_view::npos) continue;
      out.emplace_back(std::string(pair.substr(0, equals)), std::string(pair.substr(equals + 1)));
    }
  }
  return out;
}

void retry(const ApiContext& context, Exchange exchange) {
  const json::object body = body_of(exchange);
  workflow::RetryOptions options{get_bool(body, "restartSuccessful"),
                                 get_string(body, "nodeFieldSelector"), parameters_of(body)};
  find_workflow(context, exchange.at("ns"), exchange.at("name"),
                [context, options, responder = exchange.responder](Result<json::object> found) {
                  if (!found.ok()) return responder->send(error_reply(found.error()));
                  context.access.post(
                      engine::RetryWorkflow{std::move(*found), options},
                      [responder](engine::Reply reply) { answer(responder, reply); });
                });
}

void resubmit(const ApiContext& context, Exchange exchange) {
  const json::object body = body_of(exchange);
  workflow::ResubmitOptions options{get_bool(body, "memoized"), parameters_of(body), {}};
  if (find(body, "priority") != nullptr) options.priority = get_int(body, "priority");
  find_workflow(context, exchange.at("ns"), exchange.at("name"),
                [context, options, responder = exchange.responder](Result<json::object> found) {
                  if (!found.ok()) return responder->send(error_reply(found.error()));
                  context.access.post(
                      engine::ResubmitWorkflow{std::move(*found), options},
                      [responder](engine::Reply reply) { answer(responder, reply); });
                });
}

void remove(const ApiContext& context, Exchange exchange) {
  find_workflow(context, exchange.at("ns"), exchange.at("name"),
                [context, exchange](Result<json::object> found) {
                  if (!found.ok()) return exchange.responder->send(error_reply(found.error()));
                  engine::DeleteWorkflow removal = engine::removal_of(*found);
                  removal.force = exchange.parameter("force") == "true";
                  const std::string told = "Workflow " + removal.name + " deleted";
                  context.access.post(std::move(removal), [exchange, told](engine::Reply reply) {
                    if (reply.error) return exchange.responder->send(error_reply(*reply.error));
                    exchange.responder->send(status_reply(200, told));
                  });
                });
}

workflow::Operation make_set(const json::object& body) {
  workflow::SetNode set;
  set.node_field_selector = get_string(body, "nodeFieldSelector");
  set.phase = get_string(body, "phase");
  set.message = get_string(body, "message");
  // Argo's CLI sends the map as a JSON text.
  json::object outputs;
  if (const json::object* given = find_object(body, "outputParameters")) {
    outputs = *given;
  } else if (Result<json::value> text = parse_json(get_string(body, "outputParameters"));
             text.ok() && text->is_object()) {
    outputs = std::move(text->get_object());
  }
  for (const auto& member : outputs) {
    if (member.value().is_string()) {
      set.output_parameters[std::string(member.key())] = str(member.value().get_string());
    }
  }
  return set;
}

}  // namespace

void add_operation_routes(Router& router, const ApiContext& context) {
  const std::string one = "/api/v1/workflows/{ns}/{name}";
  const auto verb = [&](const std::string& name, Make make) {
    router.add("PUT", one + "/" + name, [context, make = std::move(make)](Exchange exchange) {
      operate(context, std::move(exchange), make);
    });
  };
  verb("stop", [](const json::object& body) {
    return workflow::Stop{get_string(body, "message"), get_string(body, "nodeFieldSelector")};
  });
  verb("terminate", [](const json::object&) { return workflow::Terminate{}; });
  verb("suspend", [](const json::object&) { return workflow::Suspend{}; });
  verb("resume", [](const json::object& body) {
    return workflow::Resume{get_string(body, "message"), get_string(body, "nodeFieldSelector")};
  });
  verb("set", make_set);
  const auto bind = [&](auto handler) {
    return [context, handler](Exchange exchange) { handler(context, std::move(exchange)); };
  };
  router.add("PUT", one + "/retry", bind(retry));
  router.add("PUT", one + "/resubmit", bind(resubmit));
  router.add("DELETE", one, bind(remove));
  router.add("DELETE",
             collection_root(manifest::Kind::kWorkflow) + "/namespaces/{ns}/workflows/{name}",
             bind(remove));
}

}  // namespace slipway::server
