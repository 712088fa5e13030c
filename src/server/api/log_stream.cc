#include "server/api/log_stream.h"

#include <algorithm>
#include <tuple>

#include "core/expr/golang/calendar.h"
#include "core/workflow/lock.h"
#include "core/workflow/node.h"
#include "core/workflow/plan_pod.h"
#include "server/api/reply.h"
#include "server/api/workflow_find.h"

namespace slipway::server {
namespace {

// How often files that grow are looked at.
constexpr Duration kLook = Duration::milliseconds(100);
// What is sent in one go; the rest follows when that has gone out.
constexpr size_t kPart = 1u << 20;
// As kubelet prints them (RFC3339NanoFixed).
constexpr std::string_view kTimestamp = "2006-01-02T15:04:05.000000000Z07:00";

}  // namespace

LogStream::LogStream(const ApiContext& context, LogRequest request,
                     std::shared_ptr<port::Responder> responder)
    : context_(context), request_(std::move(request)), responder_(std::move(responder)) {}

// --- what pods there are ---

void LogStream::start() {
  if (request_.follow) {
    subscription_ = context_.access.subscribe(
        [self = shared_from_this()](const Change& change, const engine::Engine& engine) {
          self->heed(change, engine);
        });
  }
  // After the subscription: what changes in between is told of by one of the two.
  context_.access.query(
      [self = shared_from_this()](const engine::Engine& engine) { self->look(engine); });
}

void LogStream::look(const engine::Engine& engine) {
  const workflow::Run* run = engine.find_run(request_.ns, request_.workflow);
  if (run == nullptr) {
    return context_.background([self = shared_from_this()] { self->load(); });
  }
  begin();
  {
    const std::lock_guard lock(knowing_);
    uid_ = run->uid();
  }
  std::vector<LogPod> pods;
  for (const auto& [id, node] : run->nodes()) {
    if (auto pod = wanted_pod(engine, *run, node)) pods.push_back(std::move(*pod));
  }
  learn(std::move(pods), run->finished());
  wake();
}

void LogStream::heed(const Change& change, const engine::Engine& engine) {
  const auto in_background = [this](void (LogStream::*what)()) {
    context_.background([self = shared_from_this(), what] { ((*self).*what)(); });
  };
  // Not from inside the call that unsubscribes: that would wait for itself.
  if (responder_->gone()) return in_background(&LogStream::leave);
  const std::unique_lock lock(knowing_);
  if (uid_.empty() || loading_) return;
  const workflow::Run* run = engine.find_run(uid_);
  if (run == nullptr) {
    loading_ = true;
    return in_background(&LogStream::load);
  }
  over_ = over_ || run->finished();
  const auto nodes = change.nodes.find(uid_);
  if (nodes == change.nodes.end()) return;
  for (const NodeId& id : nodes->second) {
    const workflow::Node* node = run->find_node(id);
    if (node == nullptr) continue;
    if (auto pod = wanted_pod(engine, *run, *node)) news_.push_back(std::move(*pod));
  }
  if (!news_.empty() || over_) wake_soon();
}

// Of a workflow that is not in memory.
void LogStream::load() {
  find_workflow(context_, request_.ns, request_.workflow,
                [self = shared_from_this()](Result<json::object> workflow) {
                  if (workflow.ok()) return self->take_finished(*workflow);
                  bool followed;
                  {
                    const std::lock_guard lock(self->knowing_);
                    followed = self->loading_;
                  }
                  if (followed) {  // and was deleted meanwhile
                    self->learn({}, true);
                    return self->wake();
                  }
                  self->responder_->send(error_reply(workflow.error()));
                  self->context_.background([self] { self->leave(); });
                });
}

void LogStream::take_finished(const json::object& workflow) {
  const WorkflowUid uid(get_string(object_of(workflow, "metadata"), "uid"));
  const auto run = std::make_shared<workflow::Run>(uid, print_json(workflow));
  static_cast<void>(run->nodes());  // reads the text, here and not on the driver's thread
  context_.access.query([self = shared_from_this(), run](const engine::Engine& engine) {
    self->begin();
    std::vector<LogPod> pods;
    for (const auto& [id, node] : run->nodes()) {
      if (auto pod = self->wanted_pod(engine, *run, node)) pods.push_back(std::move(*pod));
    }
    self->learn(std::move(pods), true);
    self->wake();
  });
}

std::optional<LogPod> LogStream::wanted_pod(const engine::Engine& engine, const workflow::Run& run,
                                            const workflow::Node& node) const {
  auto pod = log_pod(request_.ns, request_.workflow, node, engine.catalog());
  if (!pod || !wants(*pod)) return std::nullopt;
  if (request_.pods.empty()) return pod;
  static const workflow::LockTable kNoLocks;
  auto labels = workflow::pod_labels(
      run, node, {engine.catalog(), engine.settings(), kNoLocks, context_.clock.now()});
  if (!labels.ok()) return std::nullopt;
  (*labels)["workflows.argoproj.io/completed"] = pod->ended ? "true" : "false";
  const bool selected =
      request_.pods.matches([&](const std::string& key) -> std::optional<std::string> {
        const auto label = labels->find(key);
        return label != labels->end() ? std::optional(label->second) : std::nullopt;
      });
  return selected ? pod : std::nullopt;
}

bool LogStream::wants(const LogPod& pod) const {
  return request_.pod.empty() || request_.pod == pod.pod_name || request_.pod == pod.node_name ||
         request_.pod == pod.node_id.value || request_.pod == pod.id.value;
}

void LogStream::learn(std::vector<LogPod> pods, bool finished) {
  std::sort(pods.begin(), pods.end(), [](const LogPod& a, const LogPod& b) {
    return std::tie(a.started_at, a.node_id.value) < std::tie(b.started_at, b.node_id.value);
  });
  const std::lock_guard lock(knowing_);
  for (LogPod& pod : pods) news_.push_back(std::move(pod));
  over_ = over_ || finished;
}

// --- sending ---

// Once; the head comes before any line.
void LogStream::begin() {
  responder_->begin(
      {200,
       {{"Content-Type", request_.raw ? "text/plain; charset=utf-8" : "application/json"}},
       ""});
}

void LogStream::wake() {
  {
    const std::lock_guard lock(knowing_);
    again_ = pumping_;
    if (std::exchange(pumping_, true)) return;
  }
  context_.background([self = shared_from_this()] { self->pump(); });
}

void LogStream::wake_soon() {
  if (timer_.exchange(true)) return;
  context_.later(kLook, [self = shared_from_this()] {
    self->timer_ = false;
    self->wake();
  });
}

void LogStream::pump() {
  while (true) {
    send_part();
    const std::lock_guard lock(knowing_);
    pumping_ = again_;
    if (!std::exchange(again_, false)) return;
  }
}

void LogStream::send_part() {
  if (responder_->gone()) return leave();
  take_news();
  std::string text;
  bool more = false, growing = false;
  for (Reading& reading : readings_) {
    if (reading.done || !reading.pod.begun) continue;
    more = text.size() >= kPart || read_pod(reading, text);
    if (more) break;
    growing = growing || !reading.done;
  }
  if (!text.empty()) responder_->write(std::move(text));
  if (more) return responder_->when_written([self = shared_from_this()] { self->wake(); });
  if (is_over()) {
    responder_->end();
    return leave();
  }
  if (growing) wake_soon();
}

void LogStream::take_news() {
  std::vector<LogPod> news;
  {
    const std::lock_guard lock(knowing_);
    news = std::exchange(news_, {});
    all_ended_ = over_;
  }
  for (LogPod& pod : news) {
    const auto known = std::find_if(readings_.rbegin(), readings_.rend(), [&](const Reading& one) {
      return one.pod.id == pod.id && one.pod.node_id == pod.node_id;
    });
    if (known == readings_.rend()) {
      readings_.push_back({std::move(pod), {}, false});
    } else {
      known->pod = std::move(pod);
    }
  }
}

// A pod that is asked for by name ends what follows it; else the workflow does.
bool LogStream::is_over() const {
  if (!request_.follow || all_ended_) return true;
  return !request_.pod.empty() && !readings_.empty() &&
         std::all_of(readings_.begin(), readings_.end(),
                     [](const Reading& reading) { return reading.done; });
}

// True: there is more than fits into this part.
bool LogStream::read_pod(Reading& reading, std::string& text) {
  find_sources(reading);
  const bool ended = reading.pod.ended || all_ended_;
  for (LogSource& source : reading.sources) {
    bool more = !source.complete();
    while (more && text.size() < kPart) {
      std::vector<LogLine> lines;
      more = source.read(context_, ended || !request_.follow, lines);
      for (const LogLine& line : lines) add_line(reading.pod, source, line, text);
    }
    if (more) return true;
  }
  reading.done = ended;
  return false;
}

void LogStream::find_sources(Reading& reading) {
  std::vector<std::string> containers = context_.logs.containers(reading.pod.id);
  const bool archived = containers.empty() && reading.pod.archive.has_value();
  if (archived) containers.push_back("main");
  for (const std::string& container : containers) {
    const bool main = container == "main" || reading.pod.whole;
    if (request_.container.empty() ? !main
                                   : request_.container != "*" && request_.container != container) {
      continue;
    }
    if (!sources_.emplace(reading.pod.id, container).second) continue;
    reading.sources.emplace_back(reading.pod, container, archived, request_.cut);
  }
}

// Argo's line: {"result": {"content": "...", "podName": "..."}}; Slipway adds the node.
void LogStream::add_line(const LogPod& pod, const LogSource& source, const LogLine& line,
                         std::string& text) const {
  if (request_.grep != nullptr && !RE2::PartialMatch(line.text, *request_.grep)) return;
  const bool timed = request_.cut.timestamps && line.time;
  const std::string content =
      timed ? expr::go_format_time(kTimestamp, *line.time, 0) + " " + line.text : line.text;
  if (request_.raw) {
    text += content + "\n";
    return;
  }
  const json::object result{{"content", content},
                            {"podName", pod.pod_name},
                            {"node", pod.node_name},
                            {"container", source.container()}};
  text += print_json(json::object{{"result", result}}) + "\n";
}

void LogStream::leave() {
  if (const uint64_t id = subscription_.exchange(0)) context_.access.unsubscribe(id);
}

}  // namespace slipway::server
