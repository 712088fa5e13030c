// submit: workflows from files or from a template, with argo's flags.
#include <fmt/format.h>

#include <charconv>

#include "base/time.h"
#include "cli/await.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/print.h"
#include "core/manifest/parse.h"

namespace slipway::cli {
namespace {

constexpr std::string_view kScheduledTime = "workflows.argoproj.io/scheduled-time";

struct SubmitGiven {
  Connection connection;
  std::vector<std::string> files, parameters, labels;
  std::string from, output, name, generate_name, entrypoint, service_account;
  std::string parameter_file, priority, scheduled_time;
  std::string strict = "true";
  LookOn look;
  bool dry_run = false;
};

json::array texts(const std::vector<std::string>& list) {
  json::array out;
  for (const std::string& text : list) out.push_back(json::string(text));
  return out;
}

std::string joined(const std::vector<std::string>& list) {
  return fmt::format("{}", fmt::join(list, ","));
}

// argo takes labels in one text, too: a=b,c=d.
std::vector<std::string> split_labels(const std::vector<std::string>& given) {
  std::vector<std::string> labels;
  for (std::string rest : given) {
    while (!rest.empty()) {
      const size_t comma = rest.find(',');
      labels.push_back(rest.substr(0, comma));
      rest = comma == rest.npos ? "" : rest.substr(comma + 1);
    }
  }
  return labels;
}

// The parameters of a file, name: value, before those of the command line, which win.
Status add_parameter_file(SubmitGiven& given) {
  if (given.parameter_file.empty()) return {};
  TRY_ASSIGN(const std::string text, read_file(given.parameter_file));
  TRY_ASSIGN(const json::value value, manifest::parse_yaml(text, given.parameter_file));
  if (!value.is_object()) {
    return Error{ErrorCode::kInvalid, "a parameter file holds one name: value a line",
                 given.parameter_file};
  }
  std::vector<std::string> parameters;
  for (const auto& member : value.get_object()) {
    const json::value& one = member.value();
    parameters.push_back(fmt::format("{}={}", std::string_view(member.key()),
                                     one.is_string() ? str(one.get_string()) : print_json(one)));
  }
  given.parameters.insert(given.parameters.begin(), parameters.begin(), parameters.end());
  return {};
}

Status check(const SubmitGiven& given) {
  int64_t number = 0;
  const char* end = given.priority.data() + given.priority.size();
  if (!given.priority.empty() && std::from_chars(given.priority.data(), end, number).ptr != end) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("--priority \"{}\" is no whole number", given.priority), ""};
  }
  if (!given.scheduled_time.empty() && !parse_rfc3339(given.scheduled_time).ok()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("--scheduled-time \"{}\" is no RFC 3339 time such as "
                             "2026-09-21T14:00:00Z",
                             given.scheduled_time),
                 ""};
  }
  return {};
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
  if (!given.priority.empty()) options["priority"] = std::stoll(given.priority);
  if (!given.scheduled_time.empty()) {
    options["annotations"] = fmt::format("{}={}", kScheduledTime, given.scheduled_time);
  }
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
  if (!given.scheduled_time.empty()) {
    json::value& annotations = metadata["annotations"];
    (annotations.is_object() ? annotations.get_object()
                             : annotations.emplace_object())[kScheduledTime] = given.scheduled_time;
  }
  json::object& spec = workflow["spec"].is_object() ? workflow["spec"].get_object()
                                                    : workflow["spec"].emplace_object();
  if (!given.entrypoint.empty()) spec["entrypoint"] = given.entrypoint;
  if (!given.service_account.empty()) spec["serviceAccountName"] = given.service_account;
  if (!given.priority.empty()) spec["priority"] = std::stoll(given.priority);
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

// The Workflows of the files, ready to be sent.
Result<std::vector<Client::Call>> calls_of(const SubmitGiven& given) {
  if (given.files.empty()) {
    return Error{ErrorCode::kInvalid, "submit wants files, or --from KIND/NAME", ""};
  }
  TRY_ASSIGN(const auto documents, read_manifests(given.files, given.strict == "true"));
  std::vector<Client::Call> calls;
  for (const manifest::Document& document : documents) {
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
  if (calls.empty()) return Error{ErrorCode::kInvalid, "the files hold no Workflow", ""};
  return calls;
}

int code_of(const Error& error) {
  fail(error);
  return error.code == ErrorCode::kInvalid ? kUsage : kFailed;
}

int submit(SubmitGiven given) {
  given.labels = split_labels(given.labels);
  if (const Status good = check(given); !good.ok()) return code_of(good.error());
  if (const auto nodes = given.look.nodes.read(); !nodes.ok()) return code_of(nodes.error());
  if (const Status read = add_parameter_file(given); !read.ok()) return code_of(read.error());
  const Client client(given.connection);
  std::vector<Result<json::value>> replies;
  if (!given.from.empty()) {
    replies.push_back(submit_from(given, client));
  } else {
    const auto calls = calls_of(given);
    if (!calls.ok()) return fail(calls.error()), kUsage;
    replies = client.call_all("POST", *calls);
  }
  int code = kOk;
  std::vector<json::object> made;
  for (Result<json::value>& reply : replies) {
    if (reply.ok()) {
      made.push_back(std::move(reply->get_object()));
    } else {
      code = code_of(reply.error());
    }
  }
  for (const json::object& workflow : made) {
    const std::string name = str(find_path(workflow, {"metadata", "name"})->get_string());
    if (!print_object(workflow, given.output)) fmt::print("{}\n", name);
    if (!given.dry_run && given.look.at(given.connection, name) != kOk) code = kFailed;
  }
  return code;
}

}  // namespace

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
            options.list("-l,--labels", given->labels, "name=value, once each or with commas");
            options.text("--name", given->name, "name of the workflow");
            options.text("--generate-name", given->generate_name, "prefix of a generated name");
            options.text("--entrypoint", given->entrypoint, "template to start with");
            options.text("--serviceaccount", given->service_account, "service account");
            options.text("-f,--parameter-file", given->parameter_file,
                         "YAML or JSON file with name: value of parameters");
            options.text("--priority", given->priority, "whole number; higher first");
            options.text("--scheduled-time", given->scheduled_time,
                         "RFC 3339 time for workflow.scheduledTime");
            options.choice("--strict", given->strict, {"true", "false"}, "refuse unknown fields");
            given->look.define(options);
            given->look.nodes.define(options);
            options.flag("--dry-run,--server-dry-run", given->dry_run,
                         "only show what would be created");
            define_output(options, given->output);
            return [given] { return submit(*given); };
          }};
}

}  // namespace slipway::cli
