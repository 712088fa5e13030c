// list, submit, watch, wait, logs: workflows as argo shows them.
#include <fmt/format.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/follow.h"
#include "cli/print.h"
#include "core/view/tree.h"

namespace slipway::cli {
namespace {

std::string workflow_path(const Connection& connection, const std::string& name) {
  return "/api/v1/workflows/" + encode_url(connection.ns) + "/" + encode_url(name);
}

struct ListOptions {
  Connection connection;
  std::string output, phase, prefix, selector;
  bool all_namespaces = false;
  int limit = 100;
};

int list(const ListOptions& given) {
  const Client client(given.connection);
  std::string path = given.all_namespaces
                         ? "/apis/argoproj.io/v1alpha1/workflows?"
                         : "/api/v1/workflows/" + encode_url(given.connection.ns) + "?";
  path +=
      fmt::format("limit={}&phase={}&prefix={}&labelSelector={}", given.limit,
                  encode_url(given.phase), encode_url(given.prefix), encode_url(given.selector));
  const auto reply = client.call("GET", path);
  if (!reply.ok()) return fail(reply.error());
  if (print_list(reply->get_object(), given.output)) return kOk;
  std::vector<std::vector<std::string>> rows = {
      {"NAME", "STATUS", "AGE", "DURATION", "PRIORITY", "MESSAGE"}};
  if (given.all_namespaces) rows[0].insert(rows[0].begin(), "NAMESPACE");
  for (const json::value& item : *find_array(reply->get_object(), "items")) {
    const json::object empty;
    const json::object* metadata = find_object(item.get_object(), "metadata");
    const json::object* status = find_object(item.get_object(), "status");
    const json::object* spec = find_object(item.get_object(), "spec");
    if (status == nullptr) status = &empty;
    if (metadata == nullptr || spec == nullptr) continue;
    const std::string phase = get_string(*status, "phase");
    std::string message = get_string(*status, "message");
    std::replace(message.begin(), message.end(), '\n', ' ');
    rows.push_back({get_string(*metadata, "name"), phase.empty() ? "Pending" : phase,
                    age(get_string(*metadata, "creationTimestamp")),
                    elapsed(get_string(*status, "startedAt"), get_string(*status, "finishedAt")),
                    std::to_string(get_int(*spec, "priority")), message});
    if (given.all_namespaces) {
      rows.back().insert(rows.back().begin(), get_string(*metadata, "namespace"));
    }
  }
  fmt::print("{}", rows.size() > 1 ? table(rows) : "No workflows found.\n");
  return kOk;
}

// Shows progress until the end; the exit code is the workflow's.
int watch(const Connection& connection, const std::string& name) {
  ProgressPrinter printer;
  const auto last = follow(Client(connection), connection.ns, name,
                           [&](const json::object& workflow) { printer.show(workflow); });
  if (!last.ok()) return fail(last.error());
  fmt::print("{}\n", views::render_tree(*last, clock_now()));
  return exit_code(*last);
}

int wait(const Connection& connection, const std::vector<std::string>& names) {
  int code = kOk;
  for (const std::string& name : names) {
    const auto last = follow(Client(connection), connection.ns, name, [](const json::object&) {});
    if (!last.ok()) return fail(last.error());
    fmt::print("{} {} at {}\n", name, phase_of(*last),
               view(find_path(*last, {"status", "finishedAt"})->get_string()));
    if (exit_code(*last) != kOk) code = kFailed;
  }
  return code;
}

struct LogOptions {
  Connection connection;
  std::vector<std::string> names;
  std::string container;
  bool follow = false, no_prefix = false;
};

int logs(const LogOptions& given) {
  std::string path = workflow_path(given.connection, given.names[0]) +
                     "/log?logOptions.container=" + encode_url(given.container) +
                     (given.follow ? "&logOptions.follow=true" : "");
  if (given.names.size() > 1) path += "&podName=" + encode_url(given.names[1]);
  const Status status = Client(given.connection).stream(path, [&](const json::object& line) {
    if (!given.no_prefix) fmt::print("{}: ", get_string(line, "podName"));
    fmt::print("{}\n", get_string(line, "content"));
    if (given.follow) std::fflush(stdout);
    return true;
  });
  return status.ok() ? kOk : fail(status.error());
}

struct SubmitGiven {
  Connection connection;
  std::vector<std::string> files, parameters, labels;
  std::string from, output, name, generate_name, entrypoint, service_account;
  bool wait = false, watch = false, dry_run = false;
};

json::array texts(const std::vector<std::string>& list) {
  json::array out;
  for (const std::string& text : list) out.push_back(json::string(text));
  return out;
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& text : list) out += (out.empty() ? "" : ",") + text;
  return out;
}

Result<json::value> submit_from(const SubmitGiven& given, const Client& client) {
  const size_t slash = given.from.find('/');
  if (slash == std::string::npos) {
    return Error{ErrorCode::kInvalid, "--from wants KIND/NAME, e.g. workflowtemplate/build", ""};
  }
  json::object options;
  options["name"] = given.name;
  options["generateName"] = given.generate_name;
  options["entryPoint"] = given.entrypoint;
  options["serviceAccount"] = given.service_account;
  options["parameters"] = texts(given.parameters);
  options["labels"] = joined(given.labels);
  options["serverDryRun"] = given.dry_run;
  json::object body;
  body["resourceKind"] = given.from.substr(0, slash);
  body["resourceName"] = given.from.substr(slash + 1);
  body["submitOptions"] = std::move(options);
  const json::value value(std::move(body));
  return client.call("POST", "/api/v1/workflows/" + encode_url(given.connection.ns) + "/submit",
                     &value);
}

// The submit flags, laid over the object as `argo submit` does before it sends it.
void override_object(json::object& workflow, const SubmitGiven& given) {
  json::object& metadata = workflow["metadata"].is_object() ? workflow["metadata"].get_object()
                                                            : workflow["metadata"].emplace_object();
  if (!given.name.empty()) metadata["name"] = given.name;
  if (!given.generate_name.empty()) {
    metadata.erase("name");
    metadata["generateName"] = given.generate_name;
  }
  const auto set = [](json::value& list_holder, const std::string& pair, auto assign) {
    const size_t equals = pair.find('=');
    if (equals != std::string::npos)
      assign(list_holder, pair.substr(0, equals), pair.substr(equals + 1));
  };
  for (const std::string& label : given.labels) {
    set(metadata["labels"], label, [](json::value& labels, std::string key, std::string value) {
      (labels.is_object() ? labels.get_object() : labels.emplace_object())[key] = value;
    });
  }
  json::object& spec = workflow["spec"].is_object() ? workflow["spec"].get_object()
                                                    : workflow["spec"].emplace_object();
  if (!given.entrypoint.empty()) spec["entrypoint"] = given.entrypoint;
  if (!given.service_account.empty()) spec["serviceAccountName"] = given.service_account;
  if (given.parameters.empty()) return;
  json::value& arguments = spec["arguments"];
  json::value& list =
      (arguments.is_object() ? arguments.get_object() : arguments.emplace_object())["parameters"];
  for (const std::string& parameter : given.parameters) {
    set(list, parameter, [](json::value& holder, std::string name, std::string value) {
      json::array& parameters = holder.is_array() ? holder.get_array() : holder.emplace_array();
      for (json::value& item : parameters) {
        if (item.is_object() && get_string(item.get_object(), "name") == name) {
          item = json::object{{"name", name}, {"value", value}};
          return;
        }
      }
      parameters.push_back(json::object{{"name", name}, {"value", value}});
    });
  }
}

int submit(const SubmitGiven& given) {
  const Client client(given.connection);
  std::vector<json::object> made;
  int code = kOk;
  if (!given.from.empty()) {
    auto reply = submit_from(given, client);
    if (!reply.ok())
      return fail(reply.error()), reply.error().code == ErrorCode::kInvalid ? kUsage : kFailed;
    made.push_back(std::move(reply->get_object()));
  } else {
    if (given.files.empty()) return fail("submit wants files, or --from KIND/NAME"), kUsage;
    const auto documents = read_manifests(given.files);
    if (!documents.ok()) return fail(documents.error()), kUsage;
    std::vector<Client::Call> calls;
    for (const manifest::Document& document : *documents) {
      if (document.resource.kind != manifest::Kind::kWorkflow) {
        fmt::print(stderr, "slipway: {} is no Workflow and is left out; `slipway apply` takes it\n",
                   document.resource.key(given.connection.ns).text());
        continue;
      }
      json::object workflow = document.resource.object;
      override_object(workflow, given);
      const std::string ns =
          document.resource.ns().empty() ? given.connection.ns : document.resource.ns();
      calls.push_back({fmt::format("/api/v1/workflows/{}?fieldValidation=Ignore{}", encode_url(ns),
                                   given.dry_run ? "&dryRun=All" : ""),
                       json::value(std::move(workflow))});
    }
    for (Result<json::value>& reply : client.call_all("POST", calls)) {
      if (reply.ok()) {
        made.push_back(std::move(reply->get_object()));
      } else {
        fail(reply.error());
        code = reply.error().code == ErrorCode::kInvalid ? kUsage : kFailed;
      }
    }
    if (calls.empty()) return fail("the files hold no Workflow"), kUsage;
  }
  for (const json::object& workflow : made) {
    const std::string name = str(find_path(workflow, {"metadata", "name"})->get_string());
    if (!print_object(workflow, given.output)) fmt::print("{}\n", name);
    if (given.dry_run) continue;
    if (given.watch && watch(given.connection, name) != kOk) code = kFailed;
    if (!given.watch && given.wait && wait(given.connection, {name}) != kOk) code = kFailed;
  }
  return code;
}

}  // namespace

Command list_command() {
  return {"list", "list workflows, newest first",
          "slipway list\n  slipway list --status Failed --prefix ride- -A", false,
          [](Options& options) {
            auto given = std::make_shared<ListOptions>();
            given->connection.define(options);
            options.flag("-A,--all-namespaces", given->all_namespaces, "of every namespace");
            options.text("--status", given->phase, "only these phases, separated by commas");
            options.text("--prefix", given->prefix, "only names that start so");
            options.text("-l,--selector", given->selector, "label selector");
            options.number("--limit", given->limit, "at most so many finished ones");
            define_output(options, given->output);
            return [given] { return list(*given); };
          }};
}

Command submit_command() {
  return {"submit", "start workflows from files or from a template",
          "slipway submit hello.yaml --watch\n"
          "  slipway submit --from workflowtemplate/build -p branch=main --wait",
          false, [](Options& options) {
            auto given = std::make_shared<SubmitGiven>();
            given->connection.define(options);
            options.list("files", given->files, "files with Workflows, or -");
            options.text("--from", given->from, "KIND/NAME of a template or cron workflow");
            options.list("-p,--parameter", given->parameters, "name=value, once each");
            options.list("-l,--labels", given->labels, "name=value, once each");
            options.text("--name", given->name, "name of the workflow");
            options.text("--generate-name", given->generate_name, "prefix of a generated name");
            options.text("--entrypoint", given->entrypoint, "template to start with");
            options.text("--serviceaccount", given->service_account, "service account");
            options.flag("-w,--wait", given->wait, "wait for the end");
            options.flag("--watch", given->watch, "show progress until the end");
            options.flag("--dry-run", given->dry_run, "only show what would be created");
            define_output(options, given->output);
            return [given] { return submit(*given); };
          }};
}

Command logs_command() {
  return {
      "logs", "print the logs of a workflow's containers",
      "slipway logs my-workflow\n  slipway logs my-workflow test --follow\n"
      "  slipway logs my-workflow -c mysql",
      false, [](Options& options) {
        auto given = std::make_shared<LogOptions>();
        given->connection.define(options);
        options.list("names", given->names, "WORKFLOW [NODE or POD]");
        options.required();
        options.text("-c,--container", given->container, "container; main by default, '*' for all");
        options.flag("-f,--follow", given->follow, "go on until the workflow ends");
        options.flag("--no-prefix", given->no_prefix, "without the pod's name before each line");
        return [given] { return logs(*given); };
      }};
}

Command watch_command() {
  return {"watch", "show a workflow's progress until it ends", "slipway watch my-workflow", false,
          [](Options& options) {
            auto connection = std::make_shared<Connection>();
            auto name = std::make_shared<std::string>();
            connection->define(options);
            options.text("name", *name, "workflow");
            options.required();
            return [=] { return watch(*connection, *name); };
          }};
}

Command wait_command() {
  return {"wait", "wait until workflows have ended", "slipway wait my-workflow other-workflow",
          false, [](Options& options) {
            auto connection = std::make_shared<Connection>();
            auto names = std::make_shared<std::vector<std::string>>();
            connection->define(options);
            options.list("names", *names, "workflows");
            options.required();
            return [=] { return wait(*connection, *names); };
          }};
}

}  // namespace slipway::cli
