#include <re2/re2.h>

#include <set>

#include "core/expr/golang/calendar.h"
#include "core/expr/govaluate/govaluate.h"
#include "core/schedule/cron.h"
#include "core/sensor/condition.h"
#include "core/sensor/filter.h"

namespace slipway::sensor {
namespace {

constexpr std::string_view kSupported[] = {"k8s", "argoWorkflow", "http", "log"};
constexpr std::string_view kUnsupported[] = {
    "awsLambda", "azureEventHubs", "azureServiceBus", "kafka",  "pulsar", "nats",
    "slack",     "openWhisk",      "openwhisk",       "custom", "email"};

class Validator {
 public:
  explicit Validator(const json::object& spec) : spec_(spec) {}

  std::vector<std::string> run() {
    check_dependencies();
    check_triggers();
    return std::move(problems_);
  }

 private:
  void problem(std::string where, const std::string& text) {
    problems_.push_back(std::move(where) + ": " + text);
  }

  static const json::array& array(const json::object& object, std::string_view field) {
    static const json::array kNone;
    const json::array* found = find_array(object, field);
    return found != nullptr ? *found : kNone;
  }

  template <class Each>
  void each(const json::object& object, std::string_view field, const std::string& where,
            Each visit) {
    size_t index = 0;
    for (const json::value& item : array(object, field)) {
      const std::string place = where + (where.empty() ? "" : ".") + std::string(field) + "[" +
                                std::to_string(index++) + "]";
      if (const json::object* member = item.if_object()) {
        visit(*member, place);
      } else {
        problem(place, "must be an object");
      }
    }
  }

  void check_operator(const json::object& object, std::string_view field,
                      const std::string& where) {
    const std::string text = get_string(object, field);
    if (text.empty() || text == "and" || text == "or") return;
    problem(where, std::string(field) + " \"" + text + "\" is not supported; use and or or");
  }

  void check_dependencies() {
    if (array(spec_, "dependencies").empty()) problem("spec", "no event dependencies found");
    each(spec_, "dependencies", "spec", [&](const json::object& dependency, const std::string& at) {
      const std::string name = get_string(dependency, "name");
      if (name.empty()) problem(at, "event dependency must define a name");
      if (get_string(dependency, "eventSourceName").empty()) {
        problem(at, "event dependency must define the eventSourceName");
      }
      if (get_string(dependency, "eventName").empty()) {
        problem(at, "event dependency must define the eventName");
      }
      if (!name.empty() && std::ranges::find(names_, name) != names_.end()) {
        problem(at, "the dependency name " + name + " is used twice");
      }
      names_.push_back(name);
      check_operator(dependency, "filtersLogicalOperator", at);
      if (const json::object* filters = find_object(dependency, "filters")) {
        check_filters(*filters, at + ".filters");
      }
    });
  }

  void check_filters(const json::object& filters, const std::string& at) {
    check_operator(filters, "exprLogicalOperator", at);
    check_operator(filters, "dataLogicalOperator", at);
    each(filters, "exprs", at,
         [&](const json::object& filter, const std::string& place) { check_expr(filter, place); });
    each(filters, "data", at,
         [&](const json::object& filter, const std::string& place) { check_data(filter, place); });
    if (const json::object* context = find_object(filters, "context")) {
      bool any = false;
      for (const std::string_view field : {"type", "subject", "source", "datacontenttype"}) {
        any |= !get_string(*context, field).empty();
      }
      if (!any) problem(at + ".context", "no fields are given; write type, subject or source");
    }
    if (const json::object* window = find_object(filters, "time"))
      check_time(*window, at + ".time");
  }

  void check_expr(const json::object& filter, const std::string& at) {
    const std::string expression = get_string(filter, "expr");
    if (expression.empty() || array(filter, "fields").empty()) {
      problem(at, "expr and fields must not be empty");
    }
    json::object names;
    each(filter, "fields", at, [&](const json::object& field, const std::string& place) {
      const std::string name = get_string(field, "name");
      if (name.empty() || get_string(field, "path").empty()) {
        problem(place, "path and name must not be empty");
      }
      names[name] = nullptr;
    });
    // With nulls as values it can not be right, but it must parse and name nothing unknown.
    const Result<json::value> tried = expr::evaluate_govaluate(expression, names);
    if (tried.ok() || expression.empty()) return;
    const std::string& message = tried.error().message;
    if (message.find("cannot be used with") == std::string::npos) problem(at + ".expr", message);
  }

  void check_data(const json::object& filter, const std::string& at) {
    const std::string type = get_string(filter, "type");
    const std::string comparator = get_string(filter, "comparator");
    if (get_string(filter, "path").empty()) problem(at, "path must not be empty");
    if (type != "bool" && type != "number" && type != "string") {
      problem(at, "type \"" + type + "\" is not supported; use bool, number or string");
    }
    static const std::set<std::string> kComparators = {"", ">=", ">", "=", "!=", "<", "<="};
    if (!kComparators.contains(comparator)) {
      problem(at, "comparator " + comparator + " is not supported; use >=, >, =, !=, < or <=");
    } else if (type == "string" && comparator.find_first_of("<>") != std::string::npos) {
      problem(at, "comparator " + comparator + " never matches strings; use = or !=");
    }
    if (array(filter, "value").empty()) problem(at, "value must not be empty");
    for (const json::value& value : array(filter, "value")) {
      if (!value.is_string()) continue;
      const std::string text = str(value.get_string());
      if (text.empty()) problem(at, "value must not hold an empty text");
      if (type != "string") continue;
      const RE2 pattern(text, RE2::Quiet);
      if (!pattern.ok()) {
        problem(at, "value \"" + text + "\" is not a regular expression: " + pattern.error());
      }
    }
  }

  void check_time(const json::object& window, const std::string& at) {
    const auto start = clock_seconds(get_string(window, "start"));
    const auto stop = clock_seconds(get_string(window, "stop"));
    if (!start || !stop) {
      problem(at, "start and stop must be HH:MM:SS");
    } else if (*start == *stop) {
      problem(at, "stop is equal to start");
    }
    const std::string zone = get_string(window, "timezone", "UTC");
    if (!expr::zone_offset(zone, Time()).ok()) problem(at, "unknown timezone " + zone);
  }

  void check_triggers() {
    if (array(spec_, "triggers").empty()) problem("spec", "no triggers found");
    each(spec_, "triggers", "spec", [&](const json::object& trigger, const std::string& at) {
      const json::object* body = find_object(trigger, "template");
      if (body == nullptr) return problem(at, "trigger template is missing");
      const std::string name = get_string(*body, "name");
      if (name.empty()) problem(at, "trigger must define a name");
      if (!name.empty() && !triggers_.insert(name).second) {
        problem(at, "duplicate trigger name: " + name);
      }
      check_parameters(trigger, "parameters", at, false);
      rewritten_ = !array(trigger, "parameters").empty();
      check_template(*body, at + ".template");
      rewritten_ = false;
      if (const json::object* dlq = find_object(trigger, "dlqTrigger")) {
        if (!get_bool(trigger, "atLeastOnce") || !get_bool(*dlq, "atLeastOnce")) {
          problem(at, "to use dlqTrigger, atLeastOnce must be true on both triggers");
        }
      }
    });
  }

  void check_template(const json::object& body, const std::string& at) {
    if (const auto parsed = Condition::parse(get_string(body, "conditions"), names_);
        !parsed.ok() && !names_.empty()) {
      problem(at, parsed.error().text());
    }
    each(body, "conditionsReset", at, [&](const json::object& reset, const std::string& place) {
      const json::object* by_time = find_object(reset, "byTime");
      if (by_time == nullptr) return problem(place, "byTime is missing");
      const auto cron =
          schedule::Cron::parse(get_string(*by_time, "cron"), get_string(*by_time, "timezone"));
      if (!cron.ok()) problem(place + ".byTime", cron.error().text());
    });
    for (const std::string_view type : kSupported) {
      const json::object* config = find_object(body, type);
      if (config != nullptr) return check_type(type, *config, at + "." + std::string(type));
    }
    for (const std::string_view type : kUnsupported) {
      if (find_object(body, type) != nullptr) {
        return problem(at + "." + std::string(type),
                       "trigger type " + std::string(type) + " is not supported yet");
      }
    }
    problem(at, "the trigger has no type; write k8s, argoWorkflow, http or log");
  }

  void check_type(std::string_view type, const json::object& config, const std::string& at) {
    check_parameters(config, "parameters", at, false);
    if (type == "http") return check_http(config, at);
    if (type == "log") return;
    if (find_object(config, "source") == nullptr) problem(at, "source is missing");
    if (type == "k8s") {
      static const std::set<std::string> kOperations = {"", "create", "patch", "update", "delete"};
      if (!kOperations.contains(get_string(config, "operation"))) {
        problem(at, "unknown operation " + get_string(config, "operation"));
      }
      return;
    }
    static const std::set<std::string> kOperations = {
        "", "submit", "submit-from", "suspend", "retry", "resubmit", "resume", "stop", "terminate"};
    if (!kOperations.contains(get_string(config, "operation"))) {
      problem(at, "unknown operation " + get_string(config, "operation"));
    }
  }

  void check_http(const json::object& config, const std::string& at) {
    if (get_string(config, "url").empty()) problem(at, "url is not specified");
    static const std::set<std::string> kMethods = {"", "GET", "POST", "PUT", "PATCH", "DELETE"};
    if (!kMethods.contains(get_string(config, "method"))) {
      problem(at, "only GET, DELETE, PATCH, POST and PUT methods are supported");
    }
    check_parameters(config, "payload", at, true);
    check_parameters(config, "dynamicHeaders", at, false);
  }

  void check_parameters(const json::object& object, std::string_view field, const std::string& at,
                        bool dest_optional) {
    each(object, field, at, [&](const json::object& parameter, const std::string& place) {
      const json::object* source = find_object(parameter, "src");
      if (source == nullptr) return problem(place, "parameter source can't be empty");
      const std::string dependency = get_string(*source, "dependencyName");
      if (dependency.empty()) {
        problem(place, "parameter dependency name can't be empty");
      } else if (!rewritten_ && std::ranges::find(names_, dependency) == names_.end()) {
        problem(place, "there is no dependency \"" + dependency + "\"");
      }
      if (!dest_optional && get_string(parameter, "dest").empty()) {
        problem(place, "parameter destination can't be empty");
      }
      static const std::set<std::string> kOperations = {"", "overwrite", "append", "prepend"};
      if (!kOperations.contains(get_string(parameter, "operation"))) {
        problem(place, "parameter operation " + get_string(parameter, "operation") + " is invalid");
      }
    });
  }

  const json::object& spec_;  // outlives the validator
  std::vector<std::string> names_;
  std::set<std::string> triggers_;
  bool rewritten_ =
      false;  // inside of a template in which the trigger's parameters may change names
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> validate(const manifest::Resource& sensor) {
  return Validator(sensor.spec()).run();
}

}  // namespace slipway::sensor
