// sync create, get, update, delete, list: the limits of semaphores, as argo keeps them.
#include <fmt/format.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"

namespace slipway::cli {
namespace {

struct Given {
  Connection connection;
  std::string key, type, config_map, output;
  int limit = 0;
};

std::string path_of(const Given& given) {
  const std::string path = "/api/v1/sync/" + encode_url(given.connection.ns);
  return given.key.empty() ? path : path + "/" + encode_url(given.key);
}

std::string query_of(const Given& given) {
  return fmt::format("?type={}&cmName={}", given.type, encode_url(given.config_map));
}

json::value body_of(const Given& given) {
  return json::object{{"type", given.type},
                      {"cmName", given.config_map},
                      {"key", given.key},
                      {"limit", given.limit}};
}

int check(const Given& given) {
  if (given.type == "database" || !given.config_map.empty()) return kOk;
  return fail("--cm-name is required when type is configmap"), kUsage;
}

void print_limit(const json::object& limit) {
  const bool database = get_int(limit, "type") == 1;
  fmt::print("Key: {}\nType: {}\n", get_string(limit, "key"), database ? "database" : "configmap");
  if (!database) fmt::print("ConfigMap Name: {}\n", get_string(limit, "cmName"));
  fmt::print("Namespace: {}\nLimit: {}\n", get_string(limit, "namespace"), get_int(limit, "limit"));
}

int tell(const Given& given, const Result<json::value>& reply, std::string_view done) {
  if (!reply.ok()) return fail(reply.error());
  if (given.output == "json") return fmt::print("{}\n", print_json(*reply)), kOk;
  if (!done.empty()) fmt::print("Sync limit {}\n", done);
  print_limit(reply->get_object());
  return kOk;
}

int create(const Given& given) {
  const json::value body = body_of(given);
  Given all = given;
  all.key.clear();
  return tell(given, Client(given.connection).call("POST", path_of(all), &body), "created");
}

int update(const Given& given) {
  const json::value body = body_of(given);
  return tell(given, Client(given.connection).call("PUT", path_of(given), &body), "updated");
}

int get(const Given& given) {
  return tell(given, Client(given.connection).call("GET", path_of(given) + query_of(given)), "");
}

int remove(const Given& given) {
  const auto reply = Client(given.connection).call("DELETE", path_of(given) + query_of(given));
  if (!reply.ok()) return fail(reply.error());
  fmt::print("Sync limit deleted\n");
  return kOk;
}

int list(const Given& given) {
  const auto reply = Client(given.connection).call("GET", path_of(given) + query_of(given));
  if (!reply.ok()) return fail(reply.error());
  if (given.output == "json") return fmt::print("{}\n", print_json(*reply)), kOk;
  std::vector<std::vector<std::string>> rows = {{"KEY", "LIMIT"}};
  for (const json::value& item : list_of(reply->get_object(), "items")) {
    if (!item.is_object()) continue;
    const json::object& limit = item.get_object();
    rows.push_back({get_string(limit, "key"), std::to_string(get_int(limit, "limit"))});
  }
  fmt::print("{}", rows.size() > 1 ? table(rows) : "No sync limits found.\n");
  return kOk;
}

enum Takes { kKey = 1, kLimit = 2, kOutput = 4 };

Command command(const std::string& verb, const std::string& summary, const std::string& words,
                int takes, int (*run)(const Given&)) {
  return {
      "sync " + verb, summary, "slipway sync " + verb + " " + words, false,
      [takes, run](Options& options) {
        auto given = std::make_shared<Given>();
        given->connection.define(options);
        if ((takes & kKey) != 0) {
          options.text("key", given->key, "of the limit");
          options.required();
        }
        options.choice("--type", given->type, {"database", "configmap"}, "where the limit is kept");
        options.required();
        options.text("--cm-name", given->config_map, "ConfigMap, with --type configmap");
        if ((takes & kLimit) != 0) {
          options.number("--limit", given->limit, "how many may hold the lock at once");
          options.required();
        }
        if ((takes & kOutput) != 0) {
          options.choice("-o,--output", given->output, {"json"}, "for programs");
        }
        return [given, run] {
          const int wrong = check(*given);
          return wrong != kOk ? wrong : run(*given);
        };
      }};
}

}  // namespace

std::vector<Command> sync_commands() {
  return {command("create", "give a semaphore its limit", "builds --type database --limit 2",
                  kKey | kLimit | kOutput, create),
          command("get", "show a semaphore's limit", "builds --type database", kKey | kOutput, get),
          command("update", "change a semaphore's limit; who waits sees it at once",
                  "builds --type configmap --cm-name limits --limit 4", kKey | kLimit | kOutput,
                  update),
          command("delete", "remove a semaphore's limit", "builds --type database", kKey, remove),
          command("list", "list the limits of semaphores", "--type database", kOutput, list)};
}

}  // namespace slipway::cli
