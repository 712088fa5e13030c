// Kubernetes Events: listed and watched as with kubectl, and streamed as Argo Server does it.
#include <atomic>
#include <mutex>

#include "server/api/api.h"
#include "server/api/push.h"
#include "server/api/reply.h"
#include "server/kube_event_log.h"

namespace slipway::server {
namespace {

// "involvedObject.name=x,type!=Normal".
struct Term {
  std::string path, value;
  bool equal = true;
};
using Terms = std::vector<Term>;

Result<Terms> terms_of(std::string_view selector) {
  Terms terms;
  while (!selector.empty()) {
    const std::string_view one = selector.substr(0, selector.find(','));
    selector.remove_prefix(std::min(selector.size(), one.size() + 1));
    if (one.empty()) continue;
    const size_t at = one.find('=');
    if (at == std::string_view::npos || at == 0) {
      return Error{ErrorCode::kInvalid, "fieldSelector: '" + std::string(one) +
                                            "' is no comparison; write e.g. involvedObject.name=x"};
    }
    Term term{.equal = one[at - 1] != '!'};
    term.path = one.substr(0, term.equal ? at : at - 1);
    std::string_view value = one.substr(at + 1);
    if (value.starts_with('=')) value.remove_prefix(1);
    term.value = value;
    TRY(views::field_of({}, term.path));
    terms.push_back(std::move(term));
  }
  return terms;
}

bool fits(const views::KubeEvent& event, const std::string& ns, const Terms& terms) {
  if (!ns.empty() && event.ns != ns) return false;
  return std::all_of(terms.begin(), terms.end(), [&](const Term& term) {
    return (*views::field_of(event, term.path) == term.value) == term.equal;
  });
}

// Ours and kubectl's names of a parameter: listOptions.x and x.
std::string option(const Exchange& exchange, const std::string& name) {
  const std::string given = exchange.parameter("listOptions." + name);
  return given.empty() ? exchange.parameter(name) : given;
}

enum class Frame { kArgo, kWatch };

struct Stream : Push {
  std::string ns;
  Terms terms;
  Frame frame = Frame::kArgo;
  std::atomic<bool> due{false};  // a look at the log is on its way

  std::mutex sending;
  uint64_t sent = 0;  // version
};

std::string line_of(const Stream& stream, const KubeEventLog::Entry& entry) {
  json::object object = views::to_object(entry.event, entry.version);
  const json::object line = stream.frame == Frame::kArgo
                                ? json::object{{"result", std::move(object)}}
                                : json::object{{"type", "ADDED"}, {"object", std::move(object)}};
  return stream.framed(line);
}

// A part of what is new; the rest when that has gone out.
void send_new(const ApiContext& context, const std::shared_ptr<Stream>& stream) {
  constexpr size_t kPart = 500;
  stream->due = false;
  const std::lock_guard lock(stream->sending);
  const KubeEventLog& log = context.access.kube_events();
  const uint64_t newest = log.version();
  const auto entries = log.after(
      stream->sent, context.clock.now(), kPart,
      [&](const views::KubeEvent& event) { return fits(event, stream->ns, stream->terms); });
  std::string text;
  for (const KubeEventLog::Entry& entry : entries) text += line_of(*stream, entry);
  if (!text.empty()) stream->responder->write(std::move(text));
  if (entries.size() < kPart) {
    stream->sent = std::max(entries.empty() ? stream->sent : entries.back().version, newest);
    return;
  }
  stream->sent = entries.back().version;
  stream->responder->when_written(
      [context, stream] { context.background([context, stream] { send_new(context, stream); }); });
}

// What is kept so far, and then each as it happens.
void start_stream(const ApiContext& context, Exchange& exchange, Terms terms, Frame frame) {
  auto stream = std::make_shared<Stream>();
  stream->ns = exchange.path.contains("ns") ? exchange.at("ns") : "";
  stream->terms = std::move(terms);
  stream->frame = frame;
  // A watch that goes on from a list names its version; Argo's own stream begins with what there
  // is.
  const std::string from = option(exchange, "resourceVersion");
  if (frame == Frame::kWatch) stream->sent = std::strtoull(from.c_str(), nullptr, 10);
  begin_push(*stream, exchange);
  heed_until_gone(context, stream, [context, stream](const Change& change, const engine::Engine&) {
    if (change.workflows.empty() || stream->due.exchange(true)) return;
    context.background([context, stream] { send_new(context, stream); });
  });
  context.background([context, stream] { send_new(context, stream); });
}

void list(const ApiContext& context, const Exchange& exchange, const Terms& terms) {
  const std::string ns = exchange.path.contains("ns") ? exchange.at("ns") : "";
  const KubeEventLog& log = context.access.kube_events();
  const uint64_t version = log.version();
  json::array items;
  for (const auto& entry :
       log.after(0, context.clock.now(), KubeEventLog::kMost,
                 [&](const views::KubeEvent& event) { return fits(event, ns, terms); })) {
    items.push_back(views::to_object(entry.event, entry.version));
  }
  exchange.responder->send(json_reply({{"apiVersion", "v1"},
                                       {"kind", "EventList"},
                                       {"metadata", {{"resourceVersion", std::to_string(version)}}},
                                       {"items", std::move(items)}}));
}

}  // namespace

void add_kube_event_routes(Router& router, const ApiContext& context) {
  const auto answer = [context](Frame frame, Exchange exchange) {
    auto terms = terms_of(option(exchange, "fieldSelector"));
    if (!terms.ok()) return exchange.responder->send(status_reply(400, terms.error().text()));
    const std::string watch = exchange.parameter("watch");
    if (frame == Frame::kWatch && watch != "true" && watch != "1") {
      return list(context, exchange, *terms);
    }
    start_stream(context, exchange, std::move(*terms), frame);
  };
  const auto argo = [answer](Exchange exchange) { answer(Frame::kArgo, std::move(exchange)); };
  const auto kube = [answer](Exchange exchange) { answer(Frame::kWatch, std::move(exchange)); };
  router.add("GET", "/api/v1/stream/events/", argo);
  router.add("GET", "/api/v1/stream/events/{ns}", argo);
  router.add("GET", "/api/v1/events", kube);
  router.add("GET", "/api/v1/namespaces/{ns}/events", kube);
}

}  // namespace slipway::server
