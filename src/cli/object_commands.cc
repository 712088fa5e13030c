// apply, get, delete: any object by kind and name, as kubectl does it.
#include <fmt/format.h>

#include "cli/await.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/print.h"
#include "cli/workflow_filter.h"
#include "core/view/tree.h"

namespace slipway::cli {
namespace {

using manifest::Kind;

std::string root_of(Kind kind) {
  const std::string version(manifest::api_version(kind));
  return (version.find('/') == std::string::npos ? "/api/" : "/apis/") + version;
}

std::string collection(Kind kind, const std::string& ns) {
  const std::string root = root_of(kind);
  return manifest::is_namespaced(kind)
             ? root + "/namespaces/" + encode_url(ns) + "/" + std::string(manifest::plural(kind))
             : root + "/" + std::string(manifest::plural(kind));
}

Result<Kind> kind_named(const std::string& name) {
  if (const auto kind = manifest::parse_kind(name)) return *kind;
  return Error{ErrorCode::kInvalid,
               "'" + name +
                   "' is no kind of object here; try workflow, workflowtemplate, "
                   "clusterworkflowtemplate, cronworkflow, eventsource, sensor, eventbus, secret, "
                   "configmap or persistentvolumeclaim",
               ""};
}

int apply(const Connection& connection, const std::vector<std::string>& files,
          const std::string& output) {
  const auto documents = read_manifests(files);
  if (!documents.ok()) return fail(documents.error()), kUsage;
  const Client client(connection);
  int code = kOk;
  for (const manifest::Document& document : *documents) {
    const manifest::Resource& resource = document.resource;
    const std::string ns = resource.ns().empty() ? connection.ns : resource.ns();
    const std::string path = collection(resource.kind, ns);
    const std::string checked = "?fieldValidation=Ignore";  // read_manifests() has said it all
    const json::value body(resource.object);
    const bool submit = resource.kind == Kind::kWorkflow;
    const auto reply =
        submit || resource.name().empty()
            ? client.call("POST", path + checked, &body)
            : client.call("PUT", path + "/" + encode_url(resource.name()) + checked, &body);
    if (!reply.ok()) {
      code = fail(Error{reply.error().code, reply.error().message, resource.key(ns).text()});
      continue;
    }
    if (!print_object(reply->get_object(), output)) {
      const json::value* name = find_path(reply->get_object(), {"metadata", "name"});
      fmt::print("{} {} {}\n", manifest::to_string(resource.kind),
                 name != nullptr ? view(name->get_string()) : "", submit ? "created" : "applied");
    }
  }
  return code;
}

void print_table(const json::object& list) {
  std::vector<std::vector<std::string>> rows = {{"NAME", "AGE"}};
  if (const json::array* items = find_array(list, "items")) {
    for (const json::value& item : *items) {
      const json::object* metadata = find_object(item.get_object(), "metadata");
      if (metadata == nullptr) continue;
      rows.push_back(
          {get_string(*metadata, "name"), age(get_string(*metadata, "creationTimestamp"))});
    }
  }
  fmt::print("{}", rows.size() > 1 ? table(rows) : "No resources found.\n");
}

// Kubernetes Events of all workflows or of one, as `kubectl get events` lists them.
int get_events(const Connection& connection, const std::string& workflow,
               const std::string& output) {
  std::string path = "/api/v1/namespaces/" + encode_url(connection.ns) + "/events";
  if (!workflow.empty()) {
    path += "?fieldSelector=" + encode_url("involvedObject.name=" + workflow);
  }
  const auto reply = Client(connection).call("GET", path);
  if (!reply.ok()) return fail(reply.error());
  if (print_list(reply->get_object(), output)) return kOk;
  std::vector<std::vector<std::string>> rows = {
      {"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"}};
  for (const json::value& item : list_of(reply->get_object(), "items")) {
    const json::object* event = item.if_object();
    if (event == nullptr) continue;
    rows.push_back({age(get_string(*event, "lastTimestamp")), get_string(*event, "type"),
                    get_string(*event, "reason"),
                    "workflow/" + get_string(object_of(*event, "involvedObject"), "name"),
                    get_string(*event, "message")});
  }
  fmt::print("{}", rows.size() > 1 ? table(rows) : "No resources found.\n");
  return kOk;
}

struct Given {
  Connection connection;
  std::vector<std::string> words;
  std::string output, selector;
  NodeFilter nodes;
  bool all_namespaces = false, no_color = false, no_utf8 = false;
};

void print_workflow(const Given& given, const workflow::NodeSelector& nodes,
                    const json::object& object) {
  views::TreeStyle style;
  style.ascii = given.no_utf8;
  style.shows = [&](const json::object& node) { return nodes.matches(node); };
  fmt::print("{}\n{}", views::render_header(object, clock_now()),
             views::render_tree(object, clock_now(), std::move(style)));
}

int get(const Given& given) {
  const Connection& connection = given.connection;
  const std::string& output = given.output;
  std::vector<std::string> words = given.words;
  const auto nodes = given.nodes.read();
  if (!nodes.ok()) return fail(nodes.error()), kUsage;
  if (words[0] == "events" && words.size() < 3) {
    return get_events(connection, words.size() == 2 ? words[1] : "", output);
  }
  // `slipway get hello` is a workflow, as with argo; `slipway get wftmpl x` names the kind.
  std::string kind_name = "workflow";
  if (!words.empty() && (words.size() > 1 || manifest::parse_kind(words[0]))) {
    kind_name = words[0];
    words.erase(words.begin());
  }
  const auto kind = kind_named(kind_name);
  if (!kind.ok()) return fail(kind.error()), kUsage;
  const Client client(connection);
  const std::string path = words.empty() && given.all_namespaces
                               ? root_of(*kind) + "/" + std::string(manifest::plural(*kind))
                               : collection(*kind, connection.ns);
  const std::string chosen =
      given.selector.empty() ? "" : "?labelSelector=" + encode_url(given.selector);
  const auto reply =
      client.call("GET", words.empty() ? path + chosen : path + "/" + encode_url(words[0]));
  if (!reply.ok()) return fail(reply.error());
  const json::object& object = reply->get_object();
  if (words.empty()) {
    if (!print_list(object, output)) print_table(object);
  } else if (!print_object(object, output)) {
    if (*kind == Kind::kWorkflow) {
      print_workflow(given, *nodes, object);
    } else {
      print_object(object, "yaml");
    }
  }
  return kOk;
}

struct Removal {
  Connection connection;
  std::vector<std::string> words;
  WorkflowFilter filter;
  bool all = false, force = false, dry_run = false;

  bool chooses() const {
    const WorkflowFilter& f = filter;
    return f.completed || f.resubmitted || f.all_namespaces || !f.phases.empty() ||
           !f.prefix.empty() || !f.selector.empty() || !f.field_selector.empty() ||
           !f.older.empty();
  }
  bool by_filter() const { return all || chooses(); }
  bool only_all() const { return all && !chooses(); }
};

int remove_one(const Removal& given, const Client& client, Kind kind, const std::string& ns,
               const std::string& name) {
  if (given.dry_run) {
    fmt::print("{} {} deleted (dry-run)\n", manifest::to_string(kind), name);
    return kOk;
  }
  const auto reply = client.call(
      "DELETE", collection(kind, ns) + "/" + encode_url(name) + (given.force ? "?force=true" : ""));
  if (!reply.ok()) return fail(reply.error());
  fmt::print("{} {} deleted\n", manifest::to_string(kind), name);
  return kOk;
}

// All are found before any goes, so that the pages of the list do not move.
int remove_matching(const Removal& given, const Client& client) {
  std::vector<std::pair<std::string, std::string>> found;
  const Status status =
      given.filter.visit(client, given.connection.ns, [&](const json::object& workflow) {
        const json::object& metadata = object_of(workflow, "metadata");
        found.emplace_back(get_string(metadata, "namespace"), get_string(metadata, "name"));
        return true;
      });
  if (!status.ok()) {
    return fail(status.error()), status.error().code == ErrorCode::kInvalid ? kUsage : kFailed;
  }
  if (found.empty()) fmt::print("No workflows found.\n");
  int code = kOk;
  for (const auto& [ns, name] : found) {
    if (remove_one(given, client, Kind::kWorkflow, ns, name) != kOk) code = kFailed;
  }
  return code;
}

int remove_all(const Removal& given, const Client& client, Kind kind) {
  const auto reply = client.call("GET", collection(kind, given.connection.ns));
  if (!reply.ok()) return fail(reply.error());
  int code = kOk;
  for (const json::value& item : list_of(reply->get_object(), "items")) {
    if (!item.is_object()) continue;
    const std::string name = get_string(object_of(item.get_object(), "metadata"), "name");
    if (remove_one(given, client, kind, given.connection.ns, name) != kOk) code = kFailed;
  }
  return code;
}

int remove(const Removal& given) {
  std::vector<std::string> words = given.words;
  std::string kind_name = "workflow";
  if (!words.empty() && manifest::parse_kind(words[0]) && (words.size() > 1 || given.by_filter())) {
    kind_name = words[0];
    words.erase(words.begin());
  }
  const auto kind = kind_named(kind_name);
  if (!kind.ok()) return fail(kind.error()), kUsage;
  const Client client(given.connection);
  if (given.by_filter()) {
    if (!words.empty()) return fail("flags that choose are instead of names"), kUsage;
    if (*kind == Kind::kWorkflow) return remove_matching(given, client);
    if (!given.only_all()) {
      return fail("of other kinds than workflows all go with --all, or those that are named"),
             kUsage;
    }
    return remove_all(given, client, *kind);
  }
  if (words.empty()) return fail("delete wants names, --all or other flags that choose"), kUsage;
  int code = kOk;
  for (const std::string& name : words) {
    if (remove_one(given, client, *kind, given.connection.ns, name) != kOk) code = kFailed;
  }
  return code;
}

}  // namespace

Command apply_command() {
  return {"apply", "create or replace the objects in files",
          "slipway apply -f catalog/demo/\n  slipway apply -f sensor.yaml -n ci", false,
          [](Options& options) {
            struct Given {
              Connection connection;
              std::vector<std::string> files;
              std::string output;
            };
            auto given = std::make_shared<Given>();
            given->connection.define(options);
            options.list("-f,--filename", given->files, "file, folder or - for standard input");
            options.required();
            define_output(options, given->output);
            return [given] { return apply(given->connection, given->files, given->output); };
          }};
}

Command get_command() {
  return {
      "get", "show one object, or all of a kind",
      "slipway get my-workflow\n  slipway get my-workflow -o json\n  slipway get sensors -n ci\n"
      "  slipway get events my-workflow",
      false, [](Options& options) {
        auto given = std::make_shared<Given>();
        given->connection.define(options);
        options.list("words", given->words,
                     "[KIND] [NAME]; a name alone is a workflow. events [WORKFLOW]: the Kubernetes "
                     "Events of the "
                     "last hour");
        options.required();
        options.flag("-A,--all-namespaces", given->all_namespaces, "of every namespace");
        options.text("-l,--selector", given->selector, "label selector");
        given->nodes.define(options);
        options.flag("--no-color", given->no_color, "nothing is coloured; as argo's flag");
        options.flag("--no-utf8", given->no_utf8, "7-bit characters only");
        define_output(options, given->output);
        return [given] { return get(*given); };
      }};
}

Command delete_command() {
  return {"delete", "delete objects by name",
          "slipway delete my-workflow\n  slipway delete sensor github -n ci\n"
          "  slipway delete --completed --older 7d",
          false, [](Options& options) {
            auto given = std::make_shared<Removal>();
            given->connection.define(options);
            options.list("words", given->words, "[KIND] NAME...; without a kind, workflows");
            options.flag("--all", given->all, "all of the namespace");
            given->filter.define(options);
            options.number("--query-chunk-size", given->filter.page, "so many in one request");
            options.flag("--dry-run", given->dry_run, "only say what would go");
            options.flag("--force", given->force,
                         "leave artifacts where they are; for one whose artifacts can not be "
                         "removed");
            return [given] { return remove(*given); };
          }};
}

}  // namespace slipway::cli
