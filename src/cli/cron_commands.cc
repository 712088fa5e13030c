// cron list, get, suspend, resume: CronWorkflows, as argo shows and holds them.
#include <fmt/format.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "core/engine/schedule.h"

namespace slipway::cli {
namespace {

std::string path_of(const Connection& connection, const std::string& name = "") {
  const std::string path =
      "/apis/argoproj.io/v1alpha1/namespaces/" + encode_url(connection.ns) + "/cronworkflows";
  return name.empty() ? path : path + "/" + encode_url(name);
}

std::string schedules_of(const json::object& spec) {
  std::string text = get_string(spec, "schedule");
  const json::array* list = find_array(spec, "schedules");
  for (const json::value& one : list != nullptr ? *list : json::array{}) {
    if (!one.is_string()) continue;
    if (!text.empty()) text += ", ";
    text += view(one.get_string());
  }
  return text;
}

std::string or_none(std::string text) { return text.empty() ? "N/A" : text; }

struct Row {
  std::string ns, name, age, last, next, schedules, zone, suspended, phase;
};

Row row_of(const json::object& object) {
  const json::object& spec = object_of(object, "spec");
  const json::object& status = object_of(object, "status");
  const manifest::Resource cron{manifest::Kind::kCronWorkflow, object};
  const auto next = engine::next_schedule(cron);
  Row row;
  row.ns = cron.ns();
  row.name = cron.name();
  row.age = age(get_string(cron.metadata(), "creationTimestamp"));
  row.last = or_none(get_string(status, "lastScheduledTime"));
  row.next = next ? format_rfc3339(*next) : "N/A";
  row.schedules = schedules_of(spec);
  row.zone = or_none(get_string(spec, "timezone"));
  row.suspended = get_bool(spec, "suspend") ? "true" : "false";
  row.phase = get_string(status, "phase", "Active");
  return row;
}

struct Given {
  Connection connection;
  std::string name, output, selector;
  bool all_namespaces = false;
};

int list(const Given& given) {
  std::string path =
      given.all_namespaces ? "/apis/argoproj.io/v1alpha1/cronworkflows" : path_of(given.connection);
  if (!given.selector.empty()) path += "?labelSelector=" + encode_url(given.selector);
  const auto reply = Client(given.connection).call("GET", path);
  if (!reply.ok()) return fail(reply.error());
  if (print_list(reply->get_object(), given.output)) return kOk;
  std::vector<std::vector<std::string>> rows = {
      {"NAME", "AGE", "LAST RUN", "NEXT RUN", "SCHEDULES", "TIMEZONE", "SUSPENDED"}};
  if (given.all_namespaces) rows[0].insert(rows[0].begin(), "NAMESPACE");
  if (const json::array* items = find_array(reply->get_object(), "items")) {
    for (const json::value& item : *items) {
      const Row row = row_of(item.get_object());
      rows.push_back(
          {row.name, row.age, row.last, row.next, row.schedules, row.zone, row.suspended});
      if (given.all_namespaces) rows.back().insert(rows.back().begin(), row.ns);
    }
  }
  fmt::print("{}", rows.size() > 1 ? table(rows) : "No cron workflows found.\n");
  return kOk;
}

int get(const Connection& connection, const std::string& name, const std::string& output) {
  const auto reply = Client(connection).call("GET", path_of(connection, name));
  if (!reply.ok()) return fail(reply.error());
  const json::object& object = reply->get_object();
  if (print_object(object, output)) return kOk;
  const Row row = row_of(object);
  const json::object& spec = object_of(object, "spec");
  const json::object& status = object_of(object, "status");
  const auto line = [](std::string_view key, std::string_view value) {
    fmt::print("{:<31}{}\n", fmt::format("{}:", key), value);
  };
  line("Name", row.name);
  line("Namespace", connection.ns);
  line("Schedules", row.schedules);
  line("Suspended", row.suspended);
  line("Timezone", row.zone);
  line("ConcurrencyPolicy", get_string(spec, "concurrencyPolicy", "Allow"));
  line("Phase", row.phase);
  line("LastScheduledTime", row.last);
  line("NextScheduledTime", row.next);
  line("Succeeded", std::to_string(get_int(status, "succeeded")));
  line("Failed", std::to_string(get_int(status, "failed")));
  const json::array* active = find_array(status, "active");
  for (const json::value& one : active != nullptr ? *active : json::array{}) {
    if (one.is_object()) line("Active", get_string(one.get_object(), "name"));
  }
  const json::array* conditions = find_array(status, "conditions");
  for (const json::value& one : conditions != nullptr ? *conditions : json::array{}) {
    if (!one.is_object()) continue;
    line(get_string(one.get_object(), "type"), get_string(one.get_object(), "message"));
  }
  return kOk;
}

int suspend(const Connection& connection, const std::string& name, bool suspended) {
  const Client client(connection);
  auto reply = client.call("GET", path_of(connection, name));
  if (!reply.ok()) return fail(reply.error());
  json::value& spec = reply->get_object()["spec"];
  if (!spec.is_object()) spec.emplace_object();
  spec.get_object()["suspend"] = suspended;
  const auto changed = client.call("PUT", path_of(connection, name), &*reply);
  if (!changed.ok()) return fail(changed.error());
  fmt::print("CronWorkflow '{}' {}\n", name, suspended ? "suspended" : "resumed");
  return kOk;
}

Command hold_command(const std::string& verb, bool suspended) {
  return {"cron " + verb,
          suspended ? "let a cron workflow start no more runs" : "let it start runs again",
          "slipway cron " + verb + " nightly -n ci", false, [suspended](Options& options) {
            auto given = std::make_shared<Given>();
            given->connection.define(options);
            options.text("name", given->name, "of the CronWorkflow");
            options.required();
            return
                [given, suspended] { return suspend(given->connection, given->name, suspended); };
          }};
}

}  // namespace

std::vector<Command> cron_commands() {
  return {{"cron list", "list cron workflows with their last and next run",
           "slipway cron list -n ci", false,
           [](Options& options) {
             auto given = std::make_shared<Given>();
             given->connection.define(options);
             options.flag("-A,--all-namespaces", given->all_namespaces, "of every namespace");
             options.text("-l,--selector", given->selector, "label selector");
             define_output(options, given->output);
             return [given] { return list(*given); };
           }},
          {"cron get", "show one cron workflow and what became of its runs",
           "slipway cron get nightly -n ci", false,
           [](Options& options) {
             auto given = std::make_shared<Given>();
             given->connection.define(options);
             options.text("name", given->name, "of the CronWorkflow");
             options.required();
             define_output(options, given->output);
             return [given] { return get(given->connection, given->name, given->output); };
           }},
          hold_command("suspend", true),
          hold_command("resume", false)};
}

}  // namespace slipway::cli
