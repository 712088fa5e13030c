#include "sim/workload.h"

#include <fmt/format.h>

#include "base/assert.h"
#include "sim/manifest.h"

namespace slipway::sim {
namespace {

manifest::Resource to_resource(json::object object) {
  const auto kind = manifest::parse_kind(get_string(object, "kind"));
  return {kind.value(), std::move(object)};
}

Duration seconds(uint64_t n) { return Duration::seconds(static_cast<int64_t>(n)); }

}  // namespace

void Workload::plan() {
  for (json::object& object : good_manifests()) {
    unapplied_.insert(to_resource(object).key().text());
    apply(std::move(object));
  }
  const int deliveries = static_cast<int>(world_.between(2, 12));
  for (int number = 1; number <= deliveries; ++number) {
    Delivery& delivery = deliveries_[number];
    delivery.number = number;
    delivery.guid = fmt::format("guid-{}", number);
    delivery.builds = world_.between(0, 3) > 0;
    world_.later(seconds(world_.between(1, 900)), [this, number] { send(number); });
  }
  for (uint64_t i = world_.between(0, 8); i > 0; --i) {
    world_.later(seconds(world_.between(1, 900)), [this] { submit(); });
  }
  for (uint64_t i = world_.between(0, 6); i > 0; --i) {
    world_.later(seconds(world_.between(1, 1500)), [this] { operate(); });
  }
  for (uint64_t i = world_.between(0, 3); i > 0; --i) {
    world_.later(seconds(world_.between(1, 1500)), [this] { lose_token(); });
  }
  for (json::object& object : bad_manifests()) {
    world_.later(seconds(world_.between(1, 900)),
                 [this, object = std::move(object)] { apply_bad(object); });
  }
  if (world_.between(0, 9) == 0) {
    world_.later(seconds(world_.between(1, 900)), [this] { flood(); });
  }
}

bool Workload::settled() const {
  for (const auto& [number, delivery] : deliveries_) {
    if (!delivery.acked) return false;
  }
  return unapplied_.empty();
}

void Workload::apply(json::object object) {
  const std::string name = to_resource(object).key().text();
  const auto again = [this, object] { apply(object); };
  server::Driver* driver = driver_();
  if (driver == nullptr) return world_.later(Duration::seconds(3), again);
  // Who gets no answer tries again: applying twice is applying once.
  const auto answered = std::make_shared<bool>(false);
  driver->post(engine::ApplyResource{to_resource(object), false, ""},
               [this, answered, again, name](const engine::Reply& reply) {
                 *answered = true;
                 if (!reply.error) {
                   unapplied_.erase(name);
                   return;
                 }
                 if (reply.error->code != ErrorCode::kUnavailable &&
                     reply.error->code != ErrorCode::kLimit) {
                   world_.violation(7, "a right manifest is refused: " + reply.error->text());
                 }
                 world_.later(Duration::seconds(2), again);
               });
  world_.later(Duration::seconds(30), [answered, again] {
    if (!*answered) again();
  });
}

void Workload::apply_bad(json::object object) {
  server::Driver* driver = driver_();
  if (driver == nullptr) return;
  const std::string name = to_resource(object).key().text();
  driver->post(engine::ApplyResource{to_resource(std::move(object)), false, ""},
               [this, name](const engine::Reply& reply) {
                 if (!reply.error) {
                   world_.violation(7, name + " is accepted, and it is wrong");
                 } else if (reply.error->code == ErrorCode::kInvalid &&
                            reply.error->text().find(name) == std::string::npos) {
                   world_.violation(7, "a refusal does not name " + name);
                 }
               });
}

void Workload::send(int number) {
  Delivery& delivery = deliveries_.at(number);
  const auto again = [this, number] { send(number); };
  server::Driver* driver = driver_();
  // What comes between an EventSource and its Sensor rightly starts nothing.
  if (driver == nullptr || !unapplied_.empty()) {
    return world_.later(seconds(world_.between(1, 20)), again);
  }

  engine::ReceiveEvent receive;
  receive.ns = "ci", receive.source = "github", receive.event = "push";
  receive.request.method = "POST";
  receive.request.path = "/push";
  const bool fresh = world_.mutation == Mutation::kNewDelivery;
  receive.request.headers = {
      {"Content-Type", "application/json"},
      {"X-GitHub-Event", "push"},
      {"X-GitHub-Delivery", fresh ? fmt::format("{}-{}", delivery.guid, ++sends_) : delivery.guid}};
  receive.request.body =
      fmt::format(R"({{"number":"{}","kind":"{}"}})", number, delivery.builds ? "build" : "skip");
  const auto answered = std::make_shared<bool>(false);
  driver->post(receive, [this, number, answered, again](const engine::Reply& reply) {
    world_.await_point("before a webhook is answered");
    *answered = true;
    Delivery& mine = deliveries_.at(number);
    world_.trace(fmt::format("answer {} {} {}", mine.guid, reply.http_status, reply.event.value));
    if (reply.http_status / 100 != 2) {
      world_.later(seconds(world_.between(1, 20)), again);
      return;
    }
    if (!journal_.event_is_durable(reply.event)) {
      world_.violation(1, fmt::format("{} is answered {} and event {} is not durable", mine.guid,
                                      reply.http_status, reply.event.value));
    }
    if (!mine.acked) mine.event = reply.event;
    mine.acked = true;
    world_.await_point("after a webhook is answered");
  });
  world_.later(Duration::seconds(10), [answered, again] {
    if (!*answered) again();  // the sender's timeout
  });
  if (world_.chance(world_.faults.doubled)) {
    world_.later(seconds(world_.between(0, 400)), again);
  }
}

void Workload::submit() {
  server::Driver* driver = driver_();
  if (driver == nullptr) return;
  auto all = workflows();
  engine::SubmitWorkflow submit;
  const uint64_t which = world_.between(0, all.size());
  if (which == all.size()) {
    submit.from_kind = "workflowtemplate";
    submit.from_name = "shared";
  } else {
    submit.workflow = std::move(all[which]);
  }
  submit.ns = "ci";
  submit.options.priority = static_cast<int64_t>(world_.between(0, 3));
  driver->post(std::move(submit), [this](const engine::Reply& reply) {
    world_.await_point("before a submit is answered");
    world_.trace("submit " + reply.message);
    // What it refers to may not be there yet; anything else is right.
    if (reply.error && reply.error->code == ErrorCode::kInvalid && unapplied_.empty()) {
      world_.violation(7, "a right workflow is refused: " + reply.error->text());
    }
    if (!reply.error && !journal_.created_objects().contains(reply.workflow)) {
      world_.violation(4, "a submit is answered before the workflow is durable");
    }
  });
}

void Workload::lose_token() {
  server::Driver* driver = driver_();
  if (driver == nullptr) return;
  world_.trace("delete the Secret");
  driver->post(engine::DeleteResource{to_resource(token()).key()}, [](const engine::Reply&) {});
  world_.later(seconds(world_.between(1, 300)), [this] { apply(token()); });
}

void Workload::operate() {
  server::Driver* driver = driver_();
  if (driver == nullptr) return;
  std::vector<std::string> names;
  driver->engine().for_each_run([&](const workflow::Run& run) { names.push_back(run.name()); });
  if (world_.between(0, 3) == 0) return retry();
  if (names.empty()) return;
  const std::string name = names[world_.between(0, names.size() - 1)];
  const auto say = [this, name](std::string_view verb) {
    world_.trace(fmt::format("{} {}", verb, name));
    return [](const engine::Reply&) {};
  };
  switch (world_.between(0, 4)) {
    case 0:
      return driver->post(engine::OperateWorkflow{"ci", name, workflow::Stop{}}, say("stop"));
    case 1:
      return driver->post(engine::OperateWorkflow{"ci", name, workflow::Terminate{}},
                          say("terminate"));
    case 2: {
      driver->post(engine::OperateWorkflow{"ci", name, workflow::Suspend{}}, say("suspend"));
      const auto resume = [this, name](const auto& self) -> void {
        server::Driver* up = driver_();
        const auto again = [self] { self(self); };
        if (up == nullptr) return world_.later(Duration::seconds(5), again);
        const auto answered = std::make_shared<bool>(false);
        up->post(engine::OperateWorkflow{"ci", name, workflow::Resume{}},
                 [this, answered, again](const engine::Reply& reply) {
                   *answered = true;
                   const bool lost = reply.error && reply.error->code != ErrorCode::kNotFound;
                   if (lost) world_.later(Duration::seconds(5), again);
                 });
        world_.later(Duration::seconds(30), [answered, again] {
          if (!*answered) again();
        });
      };
      return world_.later(seconds(world_.between(1, 300)), [resume] { resume(resume); });
    }
    case 3:
      return driver->post(engine::DeleteWorkflow{{}, "ci", name, {}, {}}, say("delete"));
    default: {
      const workflow::Run* run = driver->engine().find_run("ci", name);
      return driver->post(engine::ResubmitWorkflow{run->to_object(), {}}, say("resubmit"));
    }
  }
}

void Workload::retry() {
  std::vector<const port::WorkflowRow*> failed;
  for (const auto& [uid, row] : journal_.finished()) {
    if (row.phase != "Succeeded") failed.push_back(&row);
  }
  if (failed.empty()) return;
  const port::WorkflowRow& row = *failed[world_.between(0, failed.size() - 1)];
  world_.trace("retry " + row.name);
  Result<json::value> object = parse_json(row.object);
  SLIPWAY_ASSERT(object.ok() && object->is_object());
  driver_()->post(engine::RetryWorkflow{std::move(object->get_object()), {}},
                  [](const engine::Reply&) {});
}

void Workload::resume_all() {
  server::Driver* driver = driver_();
  if (driver == nullptr) return;
  std::vector<std::string> names;
  driver->engine().for_each_run([&](const workflow::Run& run) {
    if (get_bool(run.spec(), "suspend")) names.push_back(run.name());
  });
  for (const std::string& name : names) {
    driver->post(engine::OperateWorkflow{"ci", name, workflow::Resume{}},
                 [](const engine::Reply&) {});
  }
}

void Workload::flood() {
  server::Driver* driver = driver_();
  if (driver == nullptr) return;
  int refused = 0;
  constexpr int kMails = 300;  // more than the simulated mailbox holds
  for (int i = 0; i < kMails; ++i) {
    engine::ReceiveEvent nobody;
    nobody.ns = "ci", nobody.source = "nobody", nobody.event = "x";
    driver->post(nobody, [this, &refused](const engine::Reply& reply) {
      if (!reply.error) world_.violation(8, "a request to a source that is not there is accepted");
      // Answered at once only when the mailbox is full; later `refused` is gone.
      if (reply.error && reply.error->code == ErrorCode::kLimit) ++refused;
    });
  }
  if (refused == 0) world_.violation(8, "the mailbox takes more than its limit");
}

}  // namespace slipway::sim
