// run: one workflow from files in the foreground, with no server.
#include <fmt/format.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "adapter/process/complain.h"
#include "app/data_dir.h"
#include "app/end_signals.h"
#include "app/run_dir.h"
#include "base/random.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/follow.h"
#include "cli/machine_options.h"
#include "cli/print.h"
#include "core/view/tree.h"

namespace slipway::cli {
namespace {

struct Given {
  MachineGiven machine;
  std::vector<std::string> files, parameters;
  std::string ns = "default", output, name, entrypoint, from;
  bool keep = false, quiet = false;
};

engine::Reply post_and_wait(server::Driver& driver, server::InputBody body) {
  std::promise<engine::Reply> answered;
  driver.post(std::move(body), [&](engine::Reply reply) { answered.set_value(std::move(reply)); });
  return answered.get_future().get();
}

// The state of one workflow, looked at a few times a second: printing a large one costs more than
// running its steps, so it is never done for every change.
class Watcher {
 public:
  Watcher(app::Machine& machine, WorkflowUid uid) : machine_(machine), uid_(std::move(uid)) {
    subscription_ = machine_.driver().subscribe(
        [this](const server::Change& change, const engine::Engine& engine) {
          if (change.workflows.contains(uid_) || change.removed.contains(uid_)) {
            note(engine.find_run(uid_) == nullptr);
          }
        });
    machine_.driver().query(
        [this](const engine::Engine& engine) { note(engine.find_run(uid_) == nullptr); });
  }
  ~Watcher() { machine_.driver().unsubscribe(subscription_); }

  // Gives the state to `show` now and then, and when it has ended; that one is returned. Without
  // `show` only the end is looked at. kConflict after give_up().
  Result<json::object> follow(const std::function<void(const json::object&)>& show) {
    while (true) {
      bool ended = false;
      {
        std::unique_lock lock(mutex_);
        const auto over = [this] { return ended_ || given_up_; };
        changed_.wait(lock, [&] { return over() || (changed_since_ && show); });
        if (!over()) changed_.wait_for(lock, std::chrono::milliseconds(150), over);
        changed_since_ = false;
        ended = ended_;
        if (!ended && given_up_) {
          return Error{ErrorCode::kConflict, "ended at once; its pods are ended too", ""};
        }
      }
      if (!ended) {
        if (const std::optional<json::object> state = look()) show(*state);
        continue;
      }
      TRY_ASSIGN(const std::optional<port::WorkflowRow> row, machine_.store().find_workflow(uid_));
      if (!row) return Error{ErrorCode::kNotFound, "the workflow was deleted", ""};
      TRY_ASSIGN(json::value object, parse_json(row->object));
      if (show) show(object.get_object());
      return std::move(object.get_object());
    }
  }

  void give_up() {
    const std::lock_guard lock(mutex_);
    given_up_ = true;
    changed_.notify_one();
  }

 private:
  void note(bool ended) {
    const std::lock_guard lock(mutex_);
    const bool known = changed_since_ && (ended_ || !ended);
    changed_since_ = true;
    ended_ = ended_ || ended;
    if (!known) changed_.notify_one();  // a workflow changes hundreds of times a second
  }

  std::optional<json::object> look() {
    std::promise<std::optional<json::object>> seen;
    machine_.driver().query([&](const engine::Engine& engine) {
      const workflow::Run* run = engine.find_run(uid_);
      seen.set_value(run != nullptr ? std::optional(run->to_object()) : std::nullopt);
    });
    return seen.get_future().get();
  }

  app::Machine& machine_;
  WorkflowUid uid_;
  uint64_t subscription_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool changed_since_ = false, ended_ = false, given_up_ = false;
};

// Ctrl-C. The first stops the workflow as `slipway stop` does, so that its exit handlers run; the
// second ends everything at once.
class Interruption {
 public:
  Interruption(app::EndSignals& signals, server::Driver& driver, Watcher& watcher,
               engine::OperateWorkflow stop)
      : signals_(signals), thread_([this, &driver, &watcher, stop = std::move(stop)] {
          listen(driver, watcher, stop);
        }) {}
  ~Interruption() { end(); }

  // The signal that came first, or 0.
  int end() {
    signals_.cancel();
    if (thread_.joinable()) thread_.join();
    return first_;
  }

 private:
  void listen(server::Driver& driver, Watcher& watcher, const engine::OperateWorkflow& stop) {
    first_ = signals_.wait().value_or(0);
    if (first_ == 0) return;
    adapter::complain("slipway: stopping {}; once more ends it at once", stop.name);
    driver.post(stop, [](const engine::Reply&) {});  // refused: it has ended, which is as good
    if (signals_.wait()) watcher.give_up();
  }

  app::EndSignals& signals_;
  int first_ = 0;  // read after the thread's end
  std::thread thread_;
};

// The logs of the nodes that failed, so that nobody has to ask for them.
void print_failed_logs(const json::object& workflow, port::LogStore& logs, FILE* out) {
  const json::value* nodes = find_path(workflow, {"status", "nodes"});
  if (nodes == nullptr || !nodes->is_object()) return;
  for (const auto& member : nodes->get_object()) {
    const json::object& node = member.value().get_object();
    const std::string phase = get_string(node, "phase");
    const std::string pod = get_string(node, "podId");
    if ((phase != "Failed" && phase != "Error") || pod.empty()) continue;
    for (const std::string& container : logs.containers(PodId(pod))) {
      const Result<port::LogChunk> log = logs.read(PodId(pod), container, 0, 1u << 20);
      if (!log.ok() || log->bytes.empty()) continue;
      fmt::print(out, "── log of {} ({})\n{}", get_string(node, "displayName"), container,
                 log->bytes);
      if (!log->bytes.ends_with('\n')) fmt::print(out, "\n");
    }
  }
}

// The Workflow of the files, after all else in them is applied; none when there is none.
Result<std::optional<json::object>> apply_and_pick(app::Machine& machine, const Given& given,
                                                   std::vector<manifest::Document>& documents) {
  std::optional<json::object> workflow;
  for (manifest::Document& document : documents) {
    manifest::Resource& resource = document.resource;
    if (resource.kind == manifest::Kind::kWorkflow) {
      if (workflow)
        return Error{ErrorCode::kInvalid, "the files hold more than one Workflow", document.file};
      workflow = std::move(resource.object);
      continue;
    }
    if (manifest::is_namespaced(resource.kind) && resource.ns().empty()) {
      resource.object["metadata"].get_object()["namespace"] = given.ns;
    }
    if (resource.kind == manifest::Kind::kCronWorkflow) {
      // What comes due meanwhile is not what was asked for.
      json::value& spec = resource.object["spec"];
      if (spec.is_object()) spec.get_object()["suspend"] = true;
    }
    const std::string key = resource.key(given.ns).text();
    const engine::Reply reply =
        post_and_wait(machine.driver(), engine::ApplyResource{std::move(resource), false, ""});
    if (reply.error) return Error{ErrorCode::kInvalid, reply.error->message, key};
    for (const std::string& warning : reply.warnings) {
      fmt::print(stderr, "slipway: warning: {}: {}\n", key, warning);
    }
  }
  return workflow;
}

Status choose(const Given& given, std::optional<json::object> workflow,
              engine::SubmitWorkflow& submit) {
  if (given.from.empty()) {
    if (!workflow) {
      return Error{ErrorCode::kInvalid,
                   "the files hold no Workflow; --from KIND/NAME runs one of a template", ""};
    }
    submit.workflow = std::move(*workflow);
    return {};
  }
  if (workflow) {
    return Error{ErrorCode::kInvalid, "the files hold a Workflow, and --from names another", ""};
  }
  const size_t slash = given.from.find('/');
  if (slash == std::string::npos) {
    return Error{ErrorCode::kInvalid, "--from wants KIND/NAME, e.g. workflowtemplate/build", ""};
  }
  submit.from_kind = given.from.substr(0, slash);
  submit.from_name = given.from.substr(slash + 1);
  return {};
}

Result<engine::SubmitWorkflow> make_submit(const Given& given,
                                           std::optional<json::object> workflow) {
  engine::SubmitWorkflow submit;
  TRY(choose(given, std::move(workflow), submit));
  submit.ns = given.ns;
  submit.options.name = given.name;
  submit.options.entrypoint = given.entrypoint;
  for (const std::string& pair : given.parameters) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos) {
      return Error{ErrorCode::kInvalid, "-p wants name=value, not '" + pair + "'", ""};
    }
    submit.options.parameters.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return submit;
}

int run_in(app::Machine& machine, const Given& given, std::vector<manifest::Document> documents,
           app::EndSignals& signals) {
  machine.run();
  auto picked = apply_and_pick(machine, given, documents);
  if (!picked.ok()) return fail(picked.error()), kUsage;
  Result<engine::SubmitWorkflow> submit = make_submit(given, std::move(*picked));
  if (!submit.ok()) return fail(submit.error()), kUsage;
  const engine::Reply reply = post_and_wait(machine.driver(), std::move(*submit));
  if (reply.error) return fail(*reply.error), kUsage;
  for (const std::string& warning : reply.warnings) {
    fmt::print(stderr, "slipway: warning: {}\n", warning);
  }

  // With -o stdout carries the object and nothing else.
  FILE* out = given.output.empty() ? stdout : stderr;
  ProgressPrinter printer(out);
  Watcher watcher(machine, reply.workflow);
  std::function<void(const json::object&)> show;
  if (!given.quiet) show = [&](const json::object& workflow) { printer.show(workflow); };
  const json::value* ns = find_path(reply.object, {"metadata", "namespace"});
  Interruption interruption(
      signals, machine.driver(), watcher,
      {ns != nullptr ? str(ns->get_string()) : given.ns, reply.name, workflow::Stop{}});
  const Result<json::object> last = watcher.follow(show);
  const int signal = interruption.end();
  if (!last.ok()) return fail(last.error()), signal != 0 ? kSignalled + signal : kFailed;
  if (exit_code(*last) != kOk) print_failed_logs(*last, machine.logs(), out);
  if (!print_object(*last, given.output)) {
    fmt::print("\n{}", views::render_tree(*last, machine.clock().now()));
    const json::value* message = find_path(*last, {"status", "message"});
    fmt::print("{} {}{}\n", reply.name, phase_of(*last),
               message != nullptr ? ": " + str(message->get_string()) : "");
  }
  if (exit_code(*last) != kOk && signal != 0) return kSignalled + signal;
  return exit_code(*last);
}

int run(const Given& given) {
  auto documents = read_manifests(given.files);
  if (!documents.ok()) return fail(documents.error()), kUsage;
  app::EndSignals signals;
  app::MachineOptions options = given.machine.options();
  if (const Status made = app::make_data_dir(options.data_dir); !made.ok())
    return fail(made.error());
  adapter::SystemClock clock;
  Random random(clock.entropy());
  auto folder = app::RunDir::make(options.data_dir, random_suffix(random) + random_suffix(random));
  if (!folder.ok()) return fail(folder.error());
  if (given.keep) folder->keep();
  options.state_dir = folder->path();
  options.alone = true;
  auto machine = app::Machine::open(options);
  if (!machine.ok()) return fail(machine.error());
  const int code = run_in(**machine, given, std::move(*documents), signals);
  (*machine)->end_pods();
  return code;
}

}  // namespace

Command run_command() {
  return {"run", "run one workflow from files in the foreground, with no server",
          "slipway run hello.yaml -p who=you\n  slipway run --runtime host build.yaml templates/ "
          "-o json",
          false, [](Options& options) {
            auto given = std::make_shared<Given>();
            given->machine.define(options);
            options.list("files", given->files,
                         "files or folders: one Workflow, and what it needs");
            options.required();
            options.list("-p,--parameter", given->parameters, "name=value, once each");
            options.text("-n,--namespace", given->ns, "namespace");
            options.text("--name", given->name, "name of the workflow");
            options.text("--entrypoint", given->entrypoint, "template to start with");
            options.text("--from", given->from,
                         "KIND/NAME of a template or cron workflow in the files, instead");
            options.flag("-q,--quiet", given->quiet, "no progress");
            options.flag("--keep", given->keep, "keep the pods' files and logs after the end");
            define_output(options, given->output);
            return [given] { return run(*given); };
          }};
}

}  // namespace slipway::cli
