#include "server/api/pod_gate.h"

#include "core/workflow/node.h"
#include "core/workflow/run.h"
#include "server/api/reply.h"

namespace slipway::server {
namespace {

constexpr std::string_view kBearer = "Bearer ";

bool runs(const engine::Engine& engine, const pod::Identity& identity) {
  const workflow::Run* run = engine.find_run(identity.workflow);
  const workflow::Node* node = run != nullptr ? run->find_node(identity.node) : nullptr;
  return node != nullptr && node->pod_id == identity.pod && !node->pod_done;
}

}  // namespace

PodGate::PodGate(ApiContext context, Options options, port::ServerHandler next)
    : context_(std::move(context)), options_(std::move(options)), next_(std::move(next)) {}

void PodGate::operator()(port::ServerRequest request,
                         std::shared_ptr<port::Responder> responder) const {
  // In this order: most requests are webhooks.
  if (is_open_to_pods(request.path) || !options_.is_from_pod(request)) {
    return next_(std::move(request), std::move(responder));
  }
  const std::string_view header = request.header("Authorization");
  if (!header.starts_with(kBearer)) {
    return responder->send(
        status_reply(401,
                     "a pod shows its service account's token: Authorization: Bearer $(cat "
                     "/var/run/secrets/kubernetes.io/serviceaccount/token)"));
  }
  auto identity =
      pod::read_token(header.substr(kBearer.size()), pod::kTokenAudience, options_.token_key);
  if (!identity.ok()) return responder->send(status_reply(401, identity.error().message));
  if (const Status allowed = allow(*identity, options_.role, request.method, request.path);
      !allowed.ok()) {
    return responder->send(status_reply(403, allowed.error().message));
  }
  // The driver says whether the pod runs; the request itself is dealt with elsewhere.
  context_.access.query([this, identity = std::move(*identity), responder = std::move(responder),
                         request = std::make_shared<port::ServerRequest>(std::move(request))](
                            const engine::Engine& engine) {
    if (!runs(engine, identity)) {
      return responder->send(
          status_reply(401, "the token's pod " + identity.pod_name + " does not run any more"));
    }
    context_.background([this, request, responder] { next_(std::move(*request), responder); });
  });
}

}  // namespace slipway::server
