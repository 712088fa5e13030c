// events list, show, explain, replay: what came in and what became of it.
#include <fmt/format.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "core/view/explain.h"

namespace slipway::cli {
namespace {

constexpr const char* kPath = "/api/v1/slipway/events";

struct ListOptions {
  Connection connection;
  std::string output, source, outcome, delivery, text, after, before;
  bool all_namespaces = false;
  int limit = 50;
};

int list(const ListOptions& given) {
  const auto reply =
      Client(given.connection)
          .call("GET",
                fmt::format("{}?namespace={}&source={}&outcome={}&delivery={}&"
                            "text={}&after={}&before={}&limit={}",
                            kPath, given.all_namespaces ? "" : encode_url(given.connection.ns),
                            encode_url(given.source), encode_url(given.outcome),
                            encode_url(given.delivery), encode_url(given.text),
                            encode_url(given.after), encode_url(given.before), given.limit));
  if (!reply.ok()) return fail(reply.error());
  if (print_object(reply->get_object(), given.output)) return kOk;
  std::vector<std::vector<std::string>> rows = {
      {"EVENT", "AGE", "SOURCE", "STATUS", "OUTCOME", "SUMMARY"}};
  for (const json::value& item : *find_array(reply->get_object(), "items")) {
    const json::object& event = item.get_object();
    const std::string summary = get_string(event, "summary");
    const std::string message = get_string(event, "message");
    rows.push_back({get_string(event, "id").substr(0, 12), age(get_string(event, "time")),
                    get_string(event, "source") + "/" + get_string(event, "name"),
                    std::to_string(get_int(event, "status")), get_string(event, "outcome"),
                    summary.empty() ? message : summary});
  }
  fmt::print("{}", rows.size() > 1 ? table(rows) : "No events found.\n");
  return kOk;
}

Result<json::object> find_event(const Connection& connection, const std::string& id) {
  TRY_ASSIGN(json::value reply,
             Client(connection).call("GET", std::string(kPath) + "/" + encode_url(id)));
  return std::move(reply.get_object());
}

int show(const Connection& connection, const std::string& id, const std::string& output) {
  const auto event = find_event(connection, id);
  if (!event.ok()) return fail(event.error());
  print_object(*event, output.empty() ? "yaml" : output);
  return kOk;
}

int explain(const Connection& connection, const std::string& id) {
  const auto event = find_event(connection, id);
  if (!event.ok()) return fail(event.error());
  fmt::print("{}  {}  {}/{}  {}\n", get_string(*event, "id"), get_string(*event, "time"),
             get_string(*event, "source"), get_string(*event, "name"),
             get_string(*event, "summary"));
  const std::string message = get_string(*event, "message");
  fmt::print("{} ({}){}\n", get_string(*event, "outcome"), get_int(*event, "status"),
             message.empty() ? "" : ": " + message);
  const json::array* verdicts = find_array(*event, "verdicts");
  if (verdicts == nullptr || verdicts->empty()) {
    fmt::print(
        "No sensor waits for this event: none has a dependency on eventSourceName {} and "
        "eventName {}.\n",
        get_string(*event, "source"), get_string(*event, "name"));
    return kOk;
  }
  fmt::print("{}", views::explain(*verdicts));
  return kOk;
}

int replay(const Connection& connection, const std::vector<std::string>& ids) {
  const Client client(connection);
  int code = kOk;
  for (const std::string& id : ids) {
    const auto reply = client.call("POST", std::string(kPath) + "/" + encode_url(id) + "/replay");
    if (!reply.ok()) {
      code = fail(reply.error());
    } else {
      fmt::print("{} replayed as {}\n", id, get_string(reply->get_object(), "id"));
    }
  }
  return code;
}

Command one_event(const std::string& name, const std::string& summary, const std::string& example,
                  int (*run)(const Connection&, const std::string&)) {
  return {name, summary, example, false, [run](Options& options) {
            auto connection = std::make_shared<Connection>();
            auto id = std::make_shared<std::string>();
            connection->define(options);
            options.text("event", *id,
                         "id of the event (six digits are enough) or of the delivery");
            options.required();
            return [=] { return run(*connection, *id); };
          }};
}

}  // namespace

std::vector<Command> events_commands() {
  Command list_command = {
      "events list", "list received events, newest first",
      "slipway events list --outcome refused\n  slipway events list --source github --text closed",
      false, [](Options& options) {
        auto given = std::make_shared<ListOptions>();
        given->connection.define(options);
        options.flag("-A,--all-namespaces", given->all_namespaces, "of every namespace");
        options.text("--source", given->source, "only of this EventSource");
        options.choice("--outcome", given->outcome,
                       {"accepted", "duplicate", "filtered", "refused", "replayed"},
                       "only with this outcome");
        options.text("--delivery", given->delivery, "only this delivery id");
        options.text("--text", given->text, "only with this text in the summary");
        options.text("--after", given->after, "only since this RFC 3339 time");
        options.text("--before", given->before, "only before this RFC 3339 time");
        options.number("--limit", given->limit, "at most so many");
        define_output(options, given->output);
        return [given] { return list(*given); };
      }};
  Command show_command = {"events show", "show one event with its payload",
                          "slipway events show 3f9a2c", false, [](Options& options) {
                            auto connection = std::make_shared<Connection>();
                            auto id = std::make_shared<std::string>();
                            auto output = std::make_shared<std::string>();
                            connection->define(options);
                            options.text("event", *id, "id of the event or of the delivery");
                            options.required();
                            define_output(options, *output);
                            return [=] { return show(*connection, *id, *output); };
                          }};
  Command replay_command = {"events replay", "offer events to the sensors once more",
                            "slipway events replay 3f9a2c", false, [](Options& options) {
                              auto connection = std::make_shared<Connection>();
                              auto ids = std::make_shared<std::vector<std::string>>();
                              connection->define(options);
                              options.list("events", *ids, "ids of events or deliveries");
                              options.required();
                              return [=] { return replay(*connection, *ids); };
                            }};
  return {std::move(list_command), std::move(show_command),
          one_event("events explain", "say what each sensor made of an event, and why",
                    "slipway events explain 3f9a2c", explain),
          std::move(replay_command)};
}

}  // namespace slipway::cli
