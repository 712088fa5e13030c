// An HTTP request at an event source, and an event offered again: one atomic decision from the
// request to the workflows that it makes.
#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "base/json_block.h"
#include "core/engine/trigger.h"

namespace slipway::engine {
namespace {

EventRefused refused(const EventId& id, const ReceiveEvent& body, int status, std::string outcome,
                     std::string message) {
  EventRefused e;
  e.id = id;
  e.ns = body.ns;
  e.source = body.source;
  e.event = body.event;
  e.status = status;
  e.outcome = std::move(outcome);
  e.message = std::move(message);
  return e;
}

// Writes the line of the event list and answers `status`.
Decision answer_refused(Time now, EventRefused e) {
  Decision decision;
  decision.reply.http_status = e.status;
  decision.reply.message = e.message;
  decision.reply.event = e.id;
  if (e.status >= 400) {
    const ErrorCode code = e.status == 401   ? ErrorCode::kUnauthorized
                           : e.status == 404 ? ErrorCode::kNotFound
                           : e.status == 413 ? ErrorCode::kLimit
                                             : ErrorCode::kInvalid;
    decision.reply.error = Error{code, e.message, ""};
  }
  decision.events.push_back({now, std::move(e)});
  return decision;
}

// Offers `event` to every sensor of its namespace and appends what follows.
Decision offer(const Model& model, Time now, Random& random, EventReceived received) {
  Decision decision;
  decision.reply.event = received.id;
  sensor::Event event{received.id,    received.ns, received.source,         received.type,
                      received.event, now,         std::move(received.data)};
  TriggerRun run{model, now, random};
  std::vector<Event> remembered;
  for (const manifest::Resource* resource :
       model.catalog.list(manifest::Kind::kSensor, received.ns)) {
    static const sensor::Memory kEmpty;
    const auto kept = model.memories.find({received.ns, resource->name()});
    sensor::Evaluation evaluation = sensor::evaluate(
        *resource, kept == model.memories.end() ? kEmpty : kept->second, event, model.catalog, now);
    // Firings and the verdicts that fired come in the same order.
    auto verdict = evaluation.verdicts.begin();
    for (const sensor::Firing& firing : evaluation.firings) {
      verdict = std::find_if(verdict, evaluation.verdicts.end(), [&](const sensor::Verdict& one) {
        return one.outcome == sensor::Verdict::Outcome::kFired && one.trigger == firing.trigger;
      });
      SLIPWAY_ASSERT(verdict != evaluation.verdicts.end());
      run.fire(*resource, firing, *verdict++);
    }
    for (const sensor::Verdict& verdict : evaluation.verdicts) {
      received.verdicts.push_back(sensor::to_json(verdict));
    }
    if (evaluation.memory) {
      remembered.push_back(
          {now, SensorRemembered{received.ns, resource->name(), std::move(*evaluation.memory)}});
    }
  }
  move_block(received.data, std::move(event.data));
  decision.reply.message = fmt::format("accepted as event {}", received.id.value);
  decision.events.push_back({now, std::move(received)});
  for (Event& e : remembered) decision.events.push_back(std::move(e));
  run.finish(decision);
  return decision;
}

}  // namespace

Decision decide_receive(const Model& model, const Input& input, const ReceiveEvent& body) {
  Random random(input.entropy);
  const EventId id(random_hex32(random));
  const manifest::Resource* source =
      model.catalog.find(manifest::Kind::kEventSource, body.ns, body.source);
  if (source == nullptr) {
    return answer_refused(
        input.now, refused(id, body, 404, "refused",
                           fmt::format("there is no EventSource {}/{}; apply it first", body.ns,
                                       body.source)));
  }
  intake::Outcome outcome = intake::receive(*source, body.event, body.request, model.catalog);
  if (!outcome.received) {
    if (outcome.filtered) {
      return answer_refused(input.now, refused(id, body, 200, "filtered", outcome.refusal.message));
    }
    return answer_refused(
        input.now, refused(id, body, outcome.refusal.status, "refused", outcome.refusal.message));
  }

  intake::Received& got = *outcome.received;
  if (!got.delivery.empty()) {
    const EventId* known = model.deliveries.find(delivery_key(body.ns, body.source, got.delivery));
    if (known != nullptr) {
      EventRefused line =
          refused(id, body, 200, "duplicate", fmt::format("duplicate of event {}", known->value));
      line.type = got.type;
      line.delivery = got.delivery;
      line.summary = got.summary;
      Decision decision = answer_refused(input.now, std::move(line));
      decision.reply.event = *known;
      return decision;
    }
  }

  EventReceived received;
  received.id = id;
  received.ns = body.ns;
  received.source = body.source;
  received.event = body.event;
  received.type = std::move(got.type);
  received.delivery = std::move(got.delivery);
  received.summary = std::move(got.summary);
  move_block(received.data, std::move(got.data));
  return offer(model, input.now, random, std::move(received));
}

Decision decide_replay(const Model& model, const Input& input, const ReplayEvent& body) {
  Random random(input.entropy);
  EventReceived received;
  received.id = EventId(random_hex32(random));
  received.ns = body.ns;
  received.source = body.source;
  received.event = body.event;
  received.type = body.type;
  received.summary = body.summary;
  received.replay_of = body.original.value;
  received.data = body.data;
  Decision decision = body.type == kBoundEventType
                          ? offer_bound(model, input.now, random, std::move(received))
                          : offer(model, input.now, random, std::move(received));
  decision.reply.message =
      fmt::format("replayed event {} as {}", body.original.value, decision.reply.event.value);
  return decision;
}

}  // namespace slipway::engine
