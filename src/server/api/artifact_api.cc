// Downloading artifacts, at Argo Server's path: /artifacts/{ns}/{workflow}/{node}/{artifact}.
#include <fmt/format.h>

#include "core/workflow/artifact_place.h"
#include "server/api/api.h"
#include "server/api/reply.h"
#include "server/api/workflow_find.h"

namespace slipway::server {
namespace {

constexpr size_t kChunk = 1u << 20;

// An output artifact of the node that `node` names by id, display name or pod name.
Result<json::object> find_artifact(const json::object& workflow, const std::string& node,
                                   const std::string& artifact) {
  const json::value* nodes = find_path(workflow, {"status", "nodes"});
  if (nodes != nullptr && nodes->is_object()) {
    for (const auto& member : nodes->get_object()) {
      const json::object* status = member.value().if_object();
      if (status == nullptr) continue;
      if (std::string_view(member.key()) != node && get_string(*status, "displayName") != node &&
          get_string(*status, "podName") != node) {
        continue;
      }
      const json::value* list = find_path(*status, {"outputs", "artifacts"});
      if (list == nullptr || !list->is_array()) continue;
      for (const json::value& item : list->get_array()) {
        const json::object* found = item.if_object();
        if (found == nullptr || get_string(*found, "name") != artifact) continue;
        return *found;
      }
    }
  }
  return Error{ErrorCode::kNotFound,
               fmt::format("node {} has no stored artifact {}", node, artifact), ""};
}

// On its way to a reader who may be slow: the next part is read when the one before has gone out.
struct Download {
  std::shared_ptr<port::BlobStore> store;
  std::string key;
  std::shared_ptr<port::Responder> responder;
  uint64_t offset = 0;
};

void send_part(const ApiContext& context, const std::shared_ptr<Download>& download) {
  const auto chunk = download->store->get(download->key, download->offset, kChunk);
  if (!chunk.ok()) return download->responder->abort();
  if (chunk->empty() || download->responder->gone()) return download->responder->end();
  download->offset += chunk->size();
  download->responder->write(*chunk);
  download->responder->when_written([context, download] {
    context.background([context, download] { send_part(context, download); });
  });
}

void send_artifact(const ApiContext& context, const Exchange& exchange,
                   const pod::ArtifactLocation& where) {
  const auto store = context.store_of(where);
  if (!store.ok()) return exchange.responder->send(error_reply(store.error()));
  const Result<port::BlobInfo> info = (*store)->stat(where.key);
  if (!info.ok()) return exchange.responder->send(error_reply(info.error()));
  const std::string file = where.key.substr(where.key.rfind('/') + 1);
  exchange.responder->begin({200,
                             {{"Content-Type", "application/octet-stream"},
                              {"Content-Disposition", "attachment; filename=" + quote_json(file)},
                              // What a build wrote must never run as part of the page.
                              {"Content-Security-Policy", "sandbox"},
                              {"X-Content-Type-Options", "nosniff"}},
                             ""});
  send_part(context, std::make_shared<Download>(Download{*store, where.key, exchange.responder}));
}

void download(const ApiContext& context, Exchange exchange) {
  find_workflow(
      context, exchange.at("ns"), exchange.at("name"),
      [context, exchange](Result<json::object> workflow) {
        if (!workflow.ok()) return exchange.responder->send(error_reply(workflow.error()));
        auto artifact = find_artifact(*workflow, exchange.at("node"), exchange.at("artifact"));
        if (!artifact.ok()) return exchange.responder->send(error_reply(artifact.error()));
        // Secrets of buckets are the engine's to know.
        context.access.query([context, exchange, artifact = *artifact](const auto& engine) {
          auto where = workflow::stored_location(engine.catalog(), exchange.at("ns"), artifact);
          context.background([context, exchange, where = std::move(where)] {
            if (!where.ok()) return exchange.responder->send(error_reply(where.error()));
            send_artifact(context, exchange, *where);
          });
        });
      });
}

}  // namespace

void add_artifact_routes(Router& router, const ApiContext& context) {
  router.add("GET", "/artifacts/{ns}/{name}/{node}/{artifact}",
             [context](Exchange exchange) { download(context, std::move(exchange)); });
}

}  // namespace slipway::server
