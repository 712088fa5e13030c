#include <deque>

#include "base/hash.h"
#include "core/schedule/cron.h"
#include "core/sensor/condition.h"
#include "core/sensor/filter.h"
#include "core/sensor/trigger.h"

namespace slipway::sensor {
namespace {

using Outcome = Verdict::Outcome;

// Payloads are large: who takes part in a trigger is told by pointer.
using Events = std::map<std::string, const Event*>;

struct Matched {
  std::string dependency;
  const Event* event;  // with transformed data
  std::vector<Step> steps;
};

class Evaluator {
 public:
  Evaluator(const manifest::Resource& sensor, const Memory& memory, const Event& event,
            const manifest::Catalog& catalog, Time now)
      : sensor_(sensor),
        original_(memory),
        event_(event),
        catalog_(catalog),
        now_(now),
        memory_(memory) {}

  Evaluation run() {
    const std::vector<Matched> matched = match_dependencies();
    if (!matched.empty()) {
      for (const json::object* trigger : list(sensor_.spec(), "triggers")) {
        offer(*trigger, matched);
      }
    }
    forget_removed();
    if (memory_ != original_) out_.memory = std::move(memory_);
    return std::move(out_);
  }

 private:
  static std::vector<const json::object*> list(const json::object& spec, std::string_view field) {
    std::vector<const json::object*> found;
    if (const json::array* array = find_array(spec, field)) {
      for (const json::value& item : *array) {
        if (const json::object* object = item.if_object()) found.push_back(object);
      }
    }
    return found;
  }

  Verdict verdict(std::string dependency, std::string trigger, Outcome outcome,
                  std::vector<Step> steps) const {
    return {sensor_.key().ns,   sensor_.name(), std::move(dependency),
            std::move(trigger), outcome,        std::move(steps)};
  }

  std::vector<Matched> match_dependencies() {
    std::vector<Matched> matched;
    for (const json::object* dependency : list(sensor_.spec(), "dependencies")) {
      if (get_string(*dependency, "eventSourceName") != event_.source ||
          get_string(*dependency, "eventName") != event_.subject || event_.ns != sensor_.key().ns) {
        continue;
      }
      match(*dependency, matched);
    }
    return matched;
  }

  void match(const json::object& dependency, std::vector<Matched>& matched) {
    const std::string name = get_string(dependency, "name");
    Matched one{name, &event_, {}};
    Result<std::optional<json::value>> data = transform(dependency, event_.data);
    if (!data.ok()) {
      one.steps.push_back(failed("transform", name, "", "", data.error().text()));
      out_.verdicts.push_back(verdict(name, "", Outcome::kFiltered, std::move(one.steps)));
      return;
    }
    if (*data) {
      transformed_.push_back({event_.id, event_.ns, event_.source, event_.type, event_.subject,
                              event_.time, std::move(**data)});
      one.event = &transformed_.back();
    }
    if (find_object(dependency, "transform") != nullptr) {
      one.steps.push_back(passed("transform", name, "", print_json(one.event->data)));
    }
    Filtered filtered = filter(dependency, *one.event, now_);
    for (Step& step : filtered.steps) one.steps.push_back(std::move(step));
    if (!filtered.passed) {
      out_.verdicts.push_back(verdict(name, "", Outcome::kFiltered, std::move(one.steps)));
      return;
    }
    matched.push_back(std::move(one));
  }

  // Everything that what was kept depends on: the condition and the dependencies it names.
  std::string fingerprint(const Condition& condition) const {
    std::string text = condition.text();
    for (const json::object* dependency : list(sensor_.spec(), "dependencies")) {
      if (condition.names().contains(get_string(*dependency, "name"))) {
        text += "\n" + print_json(*dependency, {.sort_keys = true});
      }
    }
    return std::to_string(fnv1a64(text));
  }

  void offer(const json::object& trigger, const std::vector<Matched>& matched) {
    const json::object* body = find_object(trigger, "template");
    const std::string name = body != nullptr ? get_string(*body, "name") : "";
    std::vector<std::string> known;
    for (const json::object* dependency : list(sensor_.spec(), "dependencies")) {
      known.push_back(get_string(*dependency, "name"));
    }
    const Result<Condition> condition =
        Condition::parse(body != nullptr ? get_string(*body, "conditions") : "", known);
    if (!condition.ok()) {
      const std::string text = condition.error().text();
      out_.verdicts.push_back(verdict(matched.front().dependency, name, Outcome::kFailed,
                                      {failed("condition", name, "", "", text)}));
      return;
    }
    for (const Matched& one : matched) {
      if (!condition->names().contains(one.dependency)) continue;
      if (condition->keeps_events()) {
        keep(trigger, name, body, *condition, one);
      } else {
        fire(trigger, name, one, {{one.dependency, one.event}}, one.steps);
      }
    }
  }

  void keep(const json::object& trigger, const std::string& name, const json::object* body,
            const Condition& condition, const Matched& one) {
    auto& kept = memory_.kept[name];
    const std::string mark = fingerprint(condition);
    if (memory_.fingerprints[name] != mark) kept.clear();
    memory_.fingerprints[name] = mark;
    std::vector<Step> steps = one.steps;
    if (body != nullptr) reset(*body, kept, steps);

    kept.insert_or_assign(one.dependency, *one.event);
    std::set<std::string> satisfied;
    std::string have;
    for (const auto& [dependency, event] : kept) {
      satisfied.insert(dependency);
      have += (have.empty() ? "" : ", ") + dependency;
    }
    if (!condition.holds(satisfied)) {
      steps.push_back(failed("condition", name, condition.text(), have,
                             "waiting for the rest of: " + condition.text()));
      out_.verdicts.push_back(verdict(one.dependency, name, Outcome::kWaiting, std::move(steps)));
      return;
    }
    steps.push_back(passed("condition", name, condition.text(), have));
    const std::map<std::string, Event> together = std::move(kept);
    memory_.kept.erase(name);
    memory_.fingerprints.erase(name);
    Events events;
    for (const auto& [dependency, event] : together) events[dependency] = &event;
    fire(trigger, name, one, events, std::move(steps));
  }

  // conditionsReset: what was kept before a tick that has passed is dropped (spec events.md, b36).
  void reset(const json::object& body, std::map<std::string, Event>& kept,
             std::vector<Step>& steps) const {
    for (const json::object* entry : list(body, "conditionsReset")) {
      const json::object* by_time = find_object(*entry, "byTime");
      if (by_time == nullptr) continue;
      const std::string text = get_string(*by_time, "cron");
      const auto cron = schedule::Cron::parse(text, get_string(*by_time, "timezone"));
      if (!cron.ok()) {
        steps.push_back(failed("condition", "conditionsReset", text, "", cron.error().text()));
        continue;
      }
      std::erase_if(kept, [&](const auto& item) {
        const std::optional<Time> tick = cron->next(item.second.time);
        return tick && *tick <= now_;
      });
    }
  }

  void fire(const json::object& trigger, const std::string& name, const Matched& one,
            const Events& events, std::vector<Step> steps) {
    const Firework work{sensor_, events, catalog_, now_, steps};
    Result<Action> action = build_action(trigger, work);
    if (!action.ok()) {
      if (steps.empty() || steps.back().passed) {
        steps.push_back(failed("source", name, "", "", action.error().text()));
      }
      out_.verdicts.push_back(verdict(one.dependency, name, Outcome::kFailed, std::move(steps)));
      return;
    }
    Firing firing{name, {}, std::move(*action)};
    for (const auto& [dependency, event] : events) {
      if (std::ranges::find(firing.events, event->id) == firing.events.end()) {
        firing.events.push_back(event->id);
      }
    }
    Verdict fired = verdict(one.dependency, name, Outcome::kFired, std::move(steps));
    fired.action = describe(firing.action);
    out_.verdicts.push_back(std::move(fired));
    out_.firings.push_back(std::move(firing));
  }

  // Triggers that are gone from the sensor leave nothing behind.
  void forget_removed() {
    std::set<std::string> names;
    for (const json::object* trigger : list(sensor_.spec(), "triggers")) {
      const json::object* body = find_object(*trigger, "template");
      if (body != nullptr) names.insert(get_string(*body, "name"));
    }
    std::erase_if(memory_.kept, [&](const auto& item) { return !names.contains(item.first); });
    std::erase_if(memory_.fingerprints,
                  [&](const auto& item) { return !names.contains(item.first); });
  }

  const manifest::Resource& sensor_;  // the references outlive the evaluator
  const Memory& original_;
  const Event& event_;
  const manifest::Catalog& catalog_;
  Time now_;
  Memory memory_;
  std::deque<Event> transformed_;  // what the pointers of Matched may mean
  Evaluation out_;
};

}  // namespace

Evaluation evaluate(const manifest::Resource& sensor, const Memory& memory, const Event& event,
                    const manifest::Catalog& catalog, Time now) {
  return Evaluator(sensor, memory, event, catalog, now).run();
}

}  // namespace slipway::sensor
