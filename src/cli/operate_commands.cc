// The verbs on one workflow: stop, terminate, suspend, resume, set, retry, resubmit.
#include <fmt/format.h>

#include <charconv>
#include <set>

#include "cli/await.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/workflow_filter.h"

namespace slipway::cli {
namespace {

struct Given {
  Connection connection;
  std::vector<std::string> names, parameters;
  std::string message, selector, phase, output, priority;
  std::vector<std::string> outputs;
  WorkflowFilter filter;  // beside the names; of its members only the selectors are given
  LookOn look;
  bool restart_successful = false, memoized = false, dry_run = false;
};

struct Chosen {
  std::string ns, name;
  friend auto operator<=>(const Chosen&, const Chosen&) = default;
};

// Those that the selectors choose and those that are named, each once.
Result<std::vector<Chosen>> choose(const Given& given, const Client& client) {
  const bool selects = !given.filter.selector.empty() || !given.filter.field_selector.empty();
  if (given.names.empty() && !selects) {
    return Error{ErrorCode::kInvalid, "name workflows, or select them with -l", ""};
  }
  std::vector<Chosen> chosen;
  if (selects) {
    TRY(given.filter.visit(client, given.connection.ns, [&](const json::object& workflow) {
      const json::object& metadata = object_of(workflow, "metadata");
      chosen.push_back({get_string(metadata, "namespace"), get_string(metadata, "name")});
      return true;
    }));
  }
  for (const std::string& name : given.names) chosen.push_back({given.connection.ns, name});
  std::set<Chosen> seen;
  std::erase_if(chosen, [&](const Chosen& one) { return !seen.insert(one).second; });
  return chosen;
}

json::object parameters_body(const Given& given) {
  json::array parameters;
  for (const std::string& parameter : given.parameters)
    parameters.push_back(json::string(parameter));
  json::object body;
  body["parameters"] = std::move(parameters);
  body["nodeFieldSelector"] = given.selector;
  body["restartSuccessful"] = given.restart_successful;
  body["memoized"] = given.memoized;
  int64_t priority = 0;
  const char* end = given.priority.data() + given.priority.size();
  if (!given.priority.empty()) {
    std::from_chars(given.priority.data(), end, priority);
    body["priority"] = priority;
  }
  return body;
}

json::object node_body(const Given& given) {
  json::object outputs;
  for (const std::string& pair : given.outputs) {
    const size_t equals = pair.find('=');
    if (equals != std::string::npos) outputs[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  json::object body;
  body["message"] = given.message;
  body["nodeFieldSelector"] = given.selector;
  body["phase"] = given.phase;
  body["outputParameters"] = std::move(outputs);
  return body;
}

int operate(const Given& given, const std::string& verb, const std::string& done,
            const json::object& body) {
  const Client client(given.connection);
  const auto chosen = choose(given, client);
  if (!chosen.ok()) {
    return fail(chosen.error()), chosen.error().code == ErrorCode::kInvalid ? kUsage : kFailed;
  }
  const json::value value(body);
  int code = kOk;
  for (const auto& [ns, name] : *chosen) {
    if (given.dry_run) {
      fmt::print("workflow {} {} (dry-run)\n", name, done);
      continue;
    }
    const auto reply = client.call(
        "PUT", "/api/v1/workflows/" + encode_url(ns) + "/" + encode_url(name) + "/" + verb, &value);
    if (!reply.ok()) {
      code = fail(Error{reply.error().code, reply.error().message, name});
      continue;
    }
    const json::value* made = find_path(reply->get_object(), {"metadata", "name"});
    const std::string result = made != nullptr ? str(made->get_string()) : name;
    if (!print_object(reply->get_object(), given.output)) {
      fmt::print("{}\n", result == name ? "workflow " + name + " " + done : result);
    }
    Connection there = given.connection;
    there.ns = ns;
    if (given.look.at(there, result) != kOk) code = kFailed;
  }
  return code;
}

std::shared_ptr<Given> define(Options& options) {
  auto given = std::make_shared<Given>();
  given->connection.define(options);
  options.list("names", given->names, "workflows");
  options.text("-l,--selector", given->filter.selector, "those that this label selector matches");
  options.text("--field-selector", given->filter.field_selector,
               "metadata.name=NAME, metadata.namespace=NS");
  define_output(options, given->output);
  return given;
}

void define_dry_run(Options& options, Given& given) {
  options.flag("--dry-run", given.dry_run, "only say which ones");
}

int check_priority(const Given& given) {
  int64_t number = 0;
  const char* end = given.priority.data() + given.priority.size();
  if (given.priority.empty() || std::from_chars(given.priority.data(), end, number).ptr == end) {
    return kOk;
  }
  return fail(fmt::format("--priority \"{}\" is no whole number", given.priority)), kUsage;
}

}  // namespace

Command stop_command() {
  return {"stop", "stop workflows; exit handlers still run",
          "slipway stop my-workflow --message 'not needed any more'", false, [](Options& options) {
            auto given = define(options);
            options.text("--message", given->message, "message for the nodes that are stopped");
            options.text("--node-field-selector", given->selector,
                         "only fail these suspended nodes");
            define_dry_run(options, *given);
            return [given] { return operate(*given, "stop", "stopped", node_body(*given)); };
          }};
}

Command terminate_command() {
  return {"terminate", "end workflows at once, without exit handlers",
          "slipway terminate my-workflow", false, [](Options& options) {
            auto given = define(options);
            define_dry_run(options, *given);
            return [given] { return operate(*given, "terminate", "terminated", {}); };
          }};
}

Command suspend_command() {
  return {"suspend", "start nothing new in workflows until they are resumed",
          "slipway suspend my-workflow", false, [](Options& options) {
            auto given = define(options);
            return [given] { return operate(*given, "suspend", "suspended", {}); };
          }};
}

Command resume_command() {
  return {"resume", "go on with suspended workflows or nodes",
          "slipway resume my-workflow --node-field-selector displayName=approve", false,
          [](Options& options) {
            auto given = define(options);
            options.text("--node-field-selector", given->selector, "only these nodes");
            options.text("--message", given->message, "message for the resumed nodes");
            return [given] { return operate(*given, "resume", "resumed", node_body(*given)); };
          }};
}

namespace {

Command set_command(const std::string& name) {
  return {
      name, "set outputs, phase or message of suspended nodes",
      "slipway " + name +
          " my-workflow --node-field-selector displayName=approve \\\n"
          "    --output-parameter approved=yes --phase Succeeded",
      false, [](Options& options) {
        auto given = define(options);
        options.text("--node-field-selector", given->selector, "which nodes");
        options.required();
        options.list("-p,--output-parameter", given->outputs, "name=value, once each");
        options.choice("--phase", given->phase, {"Succeeded", "Failed", "Error"}, "phase to set");
        options.text("-m,--message", given->message, "message to set");
        return [given] { return operate(*given, "set", "set", node_body(*given)); };
      }};
}

}  // namespace

std::vector<Command> set_node_commands() { return {set_command("set"), set_command("node set")}; }

Command retry_command() {
  return {
      "retry", "run the failed part of finished workflows again",
      "slipway retry my-workflow\n"
      "  slipway retry my-workflow --restart-successful --node-field-selector name=my-workflow.b",
      false, [](Options& options) {
        auto given = define(options);
        options.flag("--restart-successful", given->restart_successful,
                     "also nodes that succeeded");
        options.text("--node-field-selector", given->selector, "which nodes to restart");
        options.list("-p,--parameter", given->parameters, "name=value to override, once each");
        given->look.define(options);
        return [given] { return operate(*given, "retry", "retried", parameters_body(*given)); };
      }};
}

Command resubmit_command() {
  return {"resubmit", "run workflows again from the start, as new ones",
          "slipway resubmit my-workflow -p branch=main", false, [](Options& options) {
            auto given = define(options);
            options.flag("--memoized", given->memoized, "keep what succeeded");
            options.list("-p,--parameter", given->parameters, "name=value to override, once each");
            options.text("--priority", given->priority, "whole number; higher first");
            given->look.define(options);
            return [given] {
              if (const int code = check_priority(*given); code != kOk) return code;
              return operate(*given, "resubmit", "resubmitted", parameters_body(*given));
            };
          }};
}

}  // namespace slipway::cli
