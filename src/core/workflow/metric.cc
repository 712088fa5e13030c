#include "core/workflow/metric.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/expr/tag/tag.h"
#include "core/workflow/call.h"
#include "core/workflow/condition.h"
#include "core/workflow/globals.h"
#include "core/workflow/inputs.h"
#include "core/workflow/lookup.h"
#include "core/workflow/pass.h"

namespace slipway::workflow {
namespace {

bool is_metric_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

Result<double> number(const json::value* value, const expr::Scope& scope, std::string_view what) {
  const std::string written = value != nullptr ? any_string(*value) : std::string();
  TRY_ASSIGN(const std::string text, expr::substitute(written, scope));
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) {
    return Error{ErrorCode::kInvalid, fmt::format("{} '{}' is no number", what, text), {}};
  }
  return number;
}

// What one moment of a node or of the workflow is measured with.
struct Moment {
  const expr::Scope& scope;
  bool over = false;
  Time since;
};

Status add_gauge(const json::object& gauge, const Moment& moment, Sample& sample) {
  const json::value* value = find(gauge, "value");
  if (get_bool(gauge, "realtime")) {
    const std::string text = value != nullptr ? any_string(*value) : std::string();
    const std::string_view tag = expr::single_tag(text);
    if (tag != "duration" && tag != "workflow.duration") {
      return Error{ErrorCode::kInvalid,
                   "the value of a realtime gauge has to be {{duration}} or "
                   "{{workflow.duration}}",
                   {}};
    }
    if (!moment.over) {
      sample.kind = Sample::Kind::kRunning;
      sample.since = moment.since;
      return {};
    }
  }
  TRY_ASSIGN(sample.value, number(value, moment.scope, "gauge value"));
  const std::string operation = get_string(gauge, "operation", "Set");
  sample.kind = operation == "Set" ? Sample::Kind::kSet : Sample::Kind::kAdd;
  if (operation == "Sub") sample.value = -sample.value;
  return {};
}

Status add_histogram(const json::object& histogram, const Moment& moment, Sample& sample) {
  sample.kind = Sample::Kind::kObserve;
  TRY_ASSIGN(sample.value, number(find(histogram, "value"), moment.scope, "histogram value"));
  if (const json::array* buckets = find_array(histogram, "buckets")) {
    for (const json::value& bucket : *buckets) {
      TRY_ASSIGN(const double bound, number(&bucket, moment.scope, "histogram bucket"));
      sample.buckets.push_back(bound);
    }
  }
  std::sort(sample.buckets.begin(), sample.buckets.end());
  return {};
}

Result<std::optional<Sample>> sample_of(const json::object& metric, const Moment& moment) {
  Sample sample;
  sample.name = get_string(metric, "name");
  sample.help = get_string(metric, "help");
  if (!is_metric_name(sample.name)) {
    return Error{ErrorCode::kInvalid, "its name may hold letters, digits and _ only", {}};
  }
  if (sample.help.empty()) return Error{ErrorCode::kInvalid, "it has no help", {}};
  const json::object* gauge = find_object(metric, "gauge");
  const bool realtime = gauge != nullptr && get_bool(*gauge, "realtime");
  if (!moment.over && !realtime) return std::optional<Sample>();
  if (const std::string when = get_string(metric, "when"); !when.empty() && moment.over) {
    std::string text;
    TRY_ASSIGN(const bool holds, should_run(when, moment.scope, {}, text));
    if (!holds) return std::optional<Sample>();
  }
  if (const json::array* labels = find_array(metric, "labels")) {
    for (const json::value& item : *labels) {
      if (!item.is_object()) continue;
      TRY_ASSIGN(std::string value,
                 expr::substitute(get_string(item.get_object(), "value"), moment.scope));
      sample.labels.emplace_back(get_string(item.get_object(), "key"), std::move(value));
    }
  }
  if (gauge != nullptr) {
    TRY(add_gauge(*gauge, moment, sample));
  } else if (const json::object* histogram = find_object(metric, "histogram")) {
    TRY(add_histogram(*histogram, moment, sample));
  } else if (const json::object* counter = find_object(metric, "counter")) {
    TRY_ASSIGN(sample.value, number(find(*counter, "value"), moment.scope, "counter value"));
    if (sample.value < 0) return Error{ErrorCode::kInvalid, "a counter only grows", {}};
  } else {
    return Error{ErrorCode::kInvalid, "it is no counter, gauge or histogram", {}};
  }
  return std::optional(std::move(sample));
}

void measure_all(Pass& pass, const json::object& holder, const Moment& moment) {
  const json::object* metrics = find_object(holder, "metrics");
  const json::array* list = metrics != nullptr ? find_array(*metrics, "prometheus") : nullptr;
  if (list == nullptr) return;
  for (const json::value& item : *list) {
    if (!item.is_object()) continue;
    auto sample = sample_of(item.get_object(), moment);
    if (!sample.ok()) {
      set_condition(pass.draft, "MetricsError", "True",
                    fmt::format("metric '{}': {}", get_string(item.get_object(), "name"),
                                sample.error().message));
    } else if (*sample) {
      pass.samples.push_back(std::move(**sample));
    }
  }
}

void set_times(expr::Scope& scope, Time from, Time to, Phase phase) {
  scope.set("duration", fmt::format("{:.6f}", (to - from).to_seconds()));
  scope.set("status", std::string(to_string(phase)));
}

void set_values(expr::Scope& scope, const json::object& holder, const std::string& prefix) {
  const json::array* parameters = find_array(holder, "parameters");
  if (parameters == nullptr) return;
  for (const json::value& item : *parameters) {
    const json::value* value = item.is_object() ? find(item.get_object(), "value") : nullptr;
    if (value == nullptr) continue;
    scope.set(fmt::format("{}.parameters.{}", prefix, get_string(item.get_object(), "name")),
              any_string(*value));
  }
}

// Of an attempt it is the Retry node that is measured: from its own begin, and at its end instead
// of the attempt that it ends with. An attempt that another one follows is measured itself.
bool stands_for_retry(const Pass& pass, const Node& node, bool over) {
  if (!node.retried) return false;
  const std::string name = node.name.substr(0, node.name.rfind('('));
  const Node* retry = pass.draft.find(node_id(pass.draft.run().name(), name));
  return !over || (retry != nullptr && retry->fulfilled());
}

void measure_node(Pass& pass, const NodeId& id, bool over) {
  const Node* found = pass.draft.find(id);
  if (found == nullptr || found->type == NodeType::kSkipped || found->fulfilled() != over) return;
  if (stands_for_retry(pass, *found, over)) return;
  const Node node = *found;
  const auto templ = find_template(pass.draft, pass.world.catalog, node);
  if (!templ.ok() || find_object(*templ->body, "metrics") == nullptr) return;
  expr::Scope scope(&pass.globals(node.on_exit || node.hooked));
  set_place(scope, place_of(pass.draft, node));
  set_values(scope, node.inputs, "inputs");
  set_values(scope, node.outputs, "outputs");
  for (const auto* key : {"result", "exitCode"}) {
    if (const json::value* value = find(node.outputs, key)) {
      scope.set(fmt::format("outputs.{}", key), any_string(*value));
    }
  }
  if (const json::value* code = find(node.outputs, "exitCode")) {
    scope.set("exitCode", any_string(*code));
  }
  for (const auto* resource : {"cpu", "memory"}) {
    scope.set(fmt::format("resourcesDuration.{}", resource),
              std::to_string(get_int(node.resources_duration, resource)));
  }
  if (node.type == NodeType::kRetry) {
    const size_t attempts = pass.draft.children(id).size();
    scope.set("retries", std::to_string(attempts > 0 ? attempts - 1 : 0));
  }
  set_times(scope, node.started_at, over ? node.finished_at : pass.now(), node.phase);
  measure_all(pass, *templ->body, {scope, over, node.started_at});
}

void measure_workflow(Pass& pass) {
  const json::value* phase = pass.draft.status("phase");
  const json::value* started = pass.draft.status("startedAt");
  if (phase == nullptr || started == nullptr || pass.index.globals == nullptr) return;
  const Phase now = parse_phase(any_string(*phase)).value_or(Phase::kNone);
  const auto since = parse_rfc3339(any_string(*started));
  const bool over = is_completed(now);
  if (!since.ok() || (!over && !pass.began)) return;
  expr::Scope scope(&pass.globals(true));
  set_times(scope, *since, pass.now(), now);
  scope.set("workflow.status", std::string(to_string(now)));
  measure_all(pass, pass.spec(), {scope, over, *since});
}

}  // namespace

void measure(Pass& pass) {
  if (pass.index.has_metrics) {
    for (const NodeId& id : pass.begun) measure_node(pass, id, false);
    for (const NodeId& id : pass.ended) measure_node(pass, id, true);
  }
  if (find_object(pass.spec(), "metrics") != nullptr) measure_workflow(pass);
}

}  // namespace slipway::workflow
