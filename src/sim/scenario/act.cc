// What users and providers do.
#include <fmt/format.h>

#include <charconv>

#include "core/engine/removal.h"
#include "core/manifest/parse.h"
#include "sim/scenario/player.h"

namespace slipway::sim::scenario {
namespace {

constexpr const char* kNamespace = "default";

// Request headers up to the first empty line, then the body. A block that begins with JSON is all
// body.
intake::Request request_of(const std::string& block) {
  intake::Request request;
  size_t at = 0;
  const bool headers = !block.empty() && block[0] != '{' && block[0] != '[';
  while (headers && at < block.size()) {
    const size_t end = std::min(block.find('\n', at), block.size());
    const std::string line = block.substr(at, end - at);
    at = end + 1;
    if (line.empty()) break;
    const size_t colon = line.find(": ");
    request.headers.emplace_back(line.substr(0, colon),
                                 colon == std::string::npos ? "" : line.substr(colon + 2));
  }
  if (at < block.size()) request.body = block.substr(at);
  while (request.body.ends_with('\n')) request.body.pop_back();
  if (request.header("Content-Type").empty() && !request.body.empty()) {
    request.headers.emplace_back("Content-Type", "application/json");
  }
  return request;
}

}  // namespace

Status Player::apply(const Statement& s) {
  acted_line_ = s.line;
  warnings_.clear();
  const std::string file = s.rest.empty() ? "manifest.yaml" : s.rest;
  manifest::Parsed parsed = manifest::parse(s.block, file);
  for (const manifest::Diagnostic& found : parsed.diagnostics) {
    if (found.severity == manifest::Severity::kError) {
      error_ += (error_.empty() ? "" : "\n") + found.text();
    } else if (found.severity == manifest::Severity::kWarning) {
      warnings_.push_back(found.text());
    }
  }
  for (manifest::Document& document : parsed.documents) {
    manifest::Resource& resource = document.resource;
    if (manifest::is_namespaced(resource.kind) && resource.ns().empty()) {
      resource.object["metadata"].as_object()["namespace"] = kNamespace;
    }
    send(engine::ApplyResource{std::move(resource), false, ""});
  }
  if (parsed.documents.empty() && error_.empty()) error_ = file + ": the block holds no object";
  return {};
}

Status Player::submit(const Statement& s) {
  acted_line_ = s.line;
  warnings_.clear();
  TRY_ASSIGN(const Given given, Player::given(s));
  engine::SubmitWorkflow body;
  body.ns = kNamespace;
  if (const std::string from = given.flag("--from"); !from.empty()) {
    body.from_kind = from.substr(0, from.find('/'));
    body.from_name = from.substr(std::min(from.find('/'), from.size() - 1) + 1);
  } else {
    manifest::Parsed parsed = manifest::parse(s.block, "manifest.yaml");
    for (const manifest::Diagnostic& found : parsed.diagnostics) {
      if (found.severity == manifest::Severity::kError) {
        error_ += (error_.empty() ? "" : "\n") + found.text();
      }
    }
    if (!error_.empty()) return {};
    for (manifest::Document& document : parsed.documents) {
      manifest::Resource& resource = document.resource;
      if (resource.kind == manifest::Kind::kWorkflow) {
        body.workflow = resource.object;
        if (!resource.ns().empty()) body.ns = resource.ns();
        continue;
      }
      if (manifest::is_namespaced(resource.kind) && resource.ns().empty()) {
        resource.object["metadata"].as_object()["namespace"] = kNamespace;
      }
      send(engine::ApplyResource{std::move(resource), false, ""});
    }
  }
  workflow::SubmitOptions& options = body.options;
  options.name = given.flag("--name");
  options.generate_name = given.flag("--generate-name");
  options.entrypoint = given.flag("--entrypoint");
  options.service_account = given.flag("--serviceaccount");
  options.scheduled_time = given.flag("--scheduled-time");
  options.parameters = given.pairs("-p");
  options.labels = given.pairs("-l");
  options.annotations = given.pairs("--annotation");
  if (const std::string priority = given.flag("--priority"); !priority.empty()) {
    int64_t number = 0;
    std::from_chars(priority.data(), priority.data() + priority.size(), number);
    options.priority = number;
  }
  body.dry_run = !given.flag("--dry-run").empty();
  send(std::move(body));
  return {};
}

Status Player::remove(const Statement& s) {
  acted_line_ = s.line;
  TRY_ASSIGN(const Given given, Player::given(s));
  if (given.words.size() != 2) return Error{ErrorCode::kInvalid, "delete needs KIND NAME", ""};
  const auto kind = manifest::parse_kind(given.words[0]);
  if (!kind) return Error{ErrorCode::kInvalid, given.words[0] + " is no kind", ""};
  if (*kind != manifest::Kind::kWorkflow) {
    send(engine::DeleteResource{
        {*kind, manifest::is_namespaced(*kind) ? kNamespace : "", given.words[1]}});
    return {};
  }
  TRY_ASSIGN(const Book::Made* made, workflow_named(given.words[1]));
  engine::DeleteWorkflow removal = engine::removal_of(object_of(*made));
  removal.uid = made->uid;
  removal.force = !given.flag("--force").empty();
  send(std::move(removal));
  return {};
}

Status Player::operate(const Statement& s) {
  acted_line_ = s.line;
  TRY_ASSIGN(const Given given, Player::given(s));
  TRY_ASSIGN(const Book::Made* made,
             workflow_named(given.words.empty() ? "" : given.words.front()));
  const std::string message = given.flag("--message");
  const std::string selector = given.flag("--node-field-selector");
  workflow::Operation operation;
  if (s.verb == "stop") operation = workflow::Stop{message, selector};
  if (s.verb == "terminate") operation = workflow::Terminate{};
  if (s.verb == "suspend") operation = workflow::Suspend{};
  if (s.verb == "resume") operation = workflow::Resume{message, selector};
  if (s.verb == "set") {
    workflow::SetNode set{selector, given.flag("--phase"), message, {}};
    for (const auto& [name, value] : given.pairs("--output-parameter")) {
      set.output_parameters[name] = value;
    }
    operation = std::move(set);
  }
  const bool finished = stage_.engine().find_run(made->uid) == nullptr;
  send(engine::OperateWorkflow{made->ns, made->name, std::move(operation), finished});
  return {};
}

Status Player::retry(const Statement& s) {
  acted_line_ = s.line;
  TRY_ASSIGN(const Given given, Player::given(s));
  TRY_ASSIGN(const Book::Made* made,
             workflow_named(given.words.empty() ? "" : given.words.front()));
  workflow::RetryOptions options;
  options.restart_successful = !given.flag("--restart-successful").empty();
  options.node_field_selector = given.flag("--node-field-selector");
  options.parameters = given.pairs("-p");
  send(engine::RetryWorkflow{object_of(*made), std::move(options)});
  return {};
}

Status Player::resubmit(const Statement& s) {
  acted_line_ = s.line;
  TRY_ASSIGN(const Given given, Player::given(s));
  TRY_ASSIGN(const Book::Made* made,
             workflow_named(given.words.empty() ? "" : given.words.front()));
  workflow::ResubmitOptions options;
  options.memoized = !given.flag("--memoized").empty();
  options.parameters = given.pairs("-p");
  send(engine::ResubmitWorkflow{object_of(*made), std::move(options)});
  return {};
}

Status Player::sync(const Statement& s) {
  using Verb = engine::SetSyncLimit::Verb;
  acted_line_ = s.line;
  TRY_ASSIGN(const Given given, Player::given(s));
  if (given.words.size() != 2) return Error{ErrorCode::kInvalid, "sync needs VERB KEY", ""};
  const std::string limit = given.flag("--limit");
  engine::SetSyncLimit body;
  body.verb = given.words[0] == "create"   ? Verb::kCreate
              : given.words[0] == "update" ? Verb::kUpdate
                                           : Verb::kDelete;
  body.ns = kNamespace;
  body.config_map = given.flag("--cm-name");
  body.key = given.words[1];
  std::from_chars(limit.data(), limit.data() + limit.size(), body.limit);
  send(std::move(body));
  return {};
}

Status Player::post(const Statement& s) {
  acted_line_ = s.line;
  TRY_ASSIGN(const Given given, Player::given(s));
  const std::string target = given.words.empty() ? "" : given.words[0];
  const size_t slash = target.find('/');
  if (slash == std::string::npos) {
    return Error{ErrorCode::kInvalid, s.verb + " needs EVENTSOURCE/EVENT", ""};
  }
  engine::ReceiveEvent body;
  body.ns = kNamespace;
  body.source = target.substr(0, slash);
  const size_t query = target.find('?');
  body.event = target.substr(slash + 1, query == std::string::npos ? query : query - slash - 1);
  body.request = request_of(s.block);
  body.request.query = query == std::string::npos ? "" : target.substr(query + 1);
  body.request.method = s.verb == "post" ? "POST" : s.verb == "get" ? "GET" : "PUT";
  body.request.path = fmt::format("/events/{}/{}/{}", body.ns, body.source, body.event);
  const engine::Reply reply = stage_.post(std::move(body));
  reply_ = reply;  // `reply` looks at it; being refused is an answer like another
  return {};
}

Status Player::replay(const Statement& s) {
  acted_line_ = s.line;
  const auto& events = stage_.book().events();
  for (size_t i = 0; i < events.size(); ++i) {
    if (s.rest != fmt::format("event-{}", i + 1)) continue;
    const port::EventRow& row = events[i];
    TRY_ASSIGN(json::value data, parse_json(row.payload));
    send(engine::ReplayEvent{row.id, row.ns, row.source, row.name, row.type, std::move(data),
                             row.summary});
    return {};
  }
  return Error{ErrorCode::kNotFound,
               fmt::format("there is no {}; so far there are {} events", s.rest, events.size()),
               ""};
}

Status Player::restart(const Statement& s) {
  acted_line_ = s.line;
  stage_.restart();
  return {};
}

}  // namespace slipway::sim::scenario
