// What the author expects.
#include <fmt/format.h>

#include <algorithm>

#include "core/view/explain.h"
#include "core/view/view.h"
#include "sim/scenario/picture.h"
#include "sim/scenario/player.h"

namespace slipway::sim::scenario {
namespace {

bool is_phase(std::string_view word) {
  while (word.ends_with(':')) word.remove_suffix(1);
  for (const auto* phase : {"Pending", "Running", "Succeeded", "Failed", "Error", "none"}) {
    if (word == phase) return true;
  }
  return false;
}

const json::object& status_of(const json::object& workflow) {
  return object_of(workflow, "status");
}

std::string phase_or_none(const json::object& workflow) {
  std::string text = phase_text(status_of(workflow));
  return text.empty() ? "none" : text;
}

// Text of one line goes behind the verb, more of it below.
std::pair<std::string, std::string> one_or_more(const std::string& verb, const std::string& text) {
  if (text.find('\n') == text.npos) return {text.empty() ? verb + " none" : verb + " " + text, ""};
  return {verb, text};
}

json::object headers_of(const std::vector<std::pair<std::string, std::string>>& headers) {
  json::object object;
  for (const auto& [name, value] : headers) object[name] = value;
  return object;
}

json::value json_or_text(const std::string& text) {
  auto parsed = parse_json(text);
  return parsed.ok() ? std::move(*parsed) : json::value(text);
}

}  // namespace

Status Player::expect_error(const Statement& s) {
  const auto [line, block] = one_or_more("error", std::exchange(error_, {}));
  return compare(s, line, block);
}

Status Player::expect_warning(const Statement& s) {
  const std::string text = fmt::format("{}", fmt::join(warnings_, "\n"));
  const auto [line, block] = one_or_more("warning", text);
  return compare(s, line, block);
}

Status Player::expect_reply(const Statement& s) {
  return compare(s, fmt::format("reply {} {}", reply_.http_status, reply_.message), "");
}

Status Player::expect_workflow(const Statement& s) {
  const std::string first = s.rest.substr(0, s.rest.find(' '));
  const std::string alias = is_phase(first) ? "" : first;
  TRY_ASSIGN(const Book::Made* made, workflow_named(alias));
  const json::object object = object_of(*made);
  if (object.empty()) return compare(s, "workflow " + made->alias + " deleted", "");
  const std::string line =
      fmt::format("workflow {}{}", alias.empty() ? "" : alias + " ", phase_or_none(object));
  Statement only_line = s;
  only_line.block.clear();
  if (s.block.empty()) return compare(s, line, "");
  TRY(compare(only_line, line, ""));
  return compare_yaml(s, object);
}

Status Player::expect_workflows(const Statement& s) {
  std::string block;
  for (const Book::Made& made : stage_.book().workflows()) {
    const json::object object = object_of(made);
    if (!object.empty()) block += fmt::format("{} {}\n", made.alias, phase_or_none(object));
  }
  return compare(s, block.empty() ? "workflows none" : "workflows", block);
}

Status Player::expect_tree(const Statement& s) {
  TRY_ASSIGN(const Book::Made* made, workflow_named(s.rest));
  const std::string tree = draw_tree(object_of(*made));
  return compare(s, s.rest.empty() ? "tree" : "tree " + s.rest,
                 tree.empty() ? "(no nodes)\n" : tree);
}

Status Player::expect_edges(const Statement& s) {
  TRY_ASSIGN(const Book::Made* made, workflow_named(s.rest));
  return compare(s, s.rest.empty() ? "edges" : "edges " + s.rest, draw_edges(object_of(*made)));
}

Status Player::expect_node(const Statement& s) {
  TRY_ASSIGN(const Words words, split_words(s.rest));
  if (words.empty()) return Error{ErrorCode::kInvalid, "node needs a name", ""};
  const Book::Made* newest = nullptr;
  Words known;
  for (const Book::Made& made : stage_.book().workflows()) {
    const json::object object = object_of(made);
    for (const auto& member : nodes_of(object)) {
      const json::object& node = member.value().as_object();
      const std::string name = stage_.book().plain(get_string(node, "name"));
      if (name == words[0]) return compare_yaml(s, member.value());
      known.push_back(name);
    }
    newest = &made;
  }
  std::sort(known.begin(), known.end());
  return Error{ErrorCode::kNotFound,
               newest == nullptr ? std::string("no workflow was made so far")
                                 : fmt::format("there is no node {}; there are {}", words[0],
                                               fmt::join(known, ", ")),
               ""};
}

Status Player::expect_pods(const Statement& s) {
  const std::vector<NamedPod> pods = named_pods();
  std::set<std::string> workflows;
  for (const NamedPod& pod : pods) workflows.insert(pod.workflow);
  Words names;
  for (const NamedPod& pod : pods) {
    std::string name = stage_.book().plain(pod.display_name);
    if (workflows.size() > 1) name = pod.workflow + "/" + name;
    names.push_back(quote_word(name + (pod.pod.stopping ? ":stopping" : "")));
  }
  std::sort(names.begin(), names.end());
  return compare(s, "pods " + (names.empty() ? "none" : fmt::format("{}", fmt::join(names, " "))),
                 "");
}

Status Player::expect_expires(const Statement& s) {
  TRY_ASSIGN(const Words words, split_words(s.rest));
  if (words.size() != 2) return Error{ErrorCode::kInvalid, "expires needs WORKFLOW TIME", ""};
  TRY_ASSIGN(const Book::Made* made, workflow_named(words[0]));
  const Time time = stage_.book().expiry(made->uid);
  return compare(
      s, fmt::format("expires {} {}", words[0], time.is_zero() ? "never" : format_rfc3339(time)),
      "");
}

Status Player::expect_released(const Statement& s) {
  Words lines;
  for (const auto& [pod, due] : stage_.book().released()) {
    lines.push_back(
        fmt::format("{} {}", quote_word(stage_.book().plain(pod)), format_rfc3339(due)));
  }
  if (lines.empty()) return compare(s, "released none", "");
  return compare(s, "released", fmt::format("{}\n", fmt::join(lines, "\n")));
}

Status Player::expect_plan(const Statement& s) {
  TRY_ASSIGN(const Words words, split_words(s.rest));
  if (words.empty()) return Error{ErrorCode::kInvalid, "plan needs a pod", ""};
  TRY_ASSIGN(const NamedPod pod, find_pod(words[0]));
  return compare_yaml(s, pod::to_json(pod.pod.plan));
}

Status Player::expect_requests(const Statement& s) {
  Words lines;
  for (const port::HttpRequest& request : stage_.requests()) {
    lines.push_back(request.method + " " + request.url);
  }
  std::sort(lines.begin(), lines.end());
  if (lines.empty()) return compare(s, "requests none", "");
  return compare(s, "requests", fmt::format("{}\n", fmt::join(lines, "\n")));
}

Status Player::expect_request(const Statement& s) {
  TRY_ASSIGN(const Words words, split_words(s.rest));
  TRY_ASSIGN(const size_t index, find_request(words.empty() ? "*" : words[0]));
  const port::HttpRequest request = stage_.requests().at(index);
  return compare_yaml(s, json::object{{"method", request.method},
                                      {"url", request.url},
                                      {"headers", headers_of(request.headers)},
                                      {"body", json_or_text(request.body)}});
}

Status Player::expect_object(const Statement& s) {
  TRY_ASSIGN(const Given given, Player::given(s));
  const auto kind = given.words.size() >= 2 ? manifest::parse_kind(given.words[0]) : std::nullopt;
  if (!kind) return Error{ErrorCode::kInvalid, "object needs KIND NAME", ""};
  const manifest::Resource* found = stage_.engine().catalog().find(
      *kind, manifest::is_namespaced(*kind) ? "default" : "", given.words[1]);
  const std::string line = fmt::format("object {} {}", given.words[0], given.words[1]);
  if (found == nullptr) return compare(s, line + " absent", "");
  if (s.block.empty()) return compare(s, line, "");
  return compare_yaml(s, found->object);
}

Status Player::expect_events(const Statement& s) {
  std::string block;
  int number = 0;
  for (const port::EventRow& row : stage_.book().events()) {
    block += fmt::format("event-{} {}/{} {} {}{}{}\n", ++number, row.source, row.name, row.status,
                         row.outcome, row.summary.empty() ? "" : " " + row.summary,
                         row.message.empty() ? "" : ": " + row.message);
  }
  return compare(s, block.empty() ? "events none" : "events", block);
}

Status Player::expect_event(const Statement& s) {
  const auto& events = stage_.book().events();
  for (size_t i = events.size(); i-- > 0;) {
    if (!s.rest.empty() && s.rest != fmt::format("event-{}", i + 1)) continue;
    const port::EventRow& row = events[i];
    return compare_yaml(s, json::object{{"source", row.source},
                                        {"name", row.name},
                                        {"type", row.type},
                                        {"delivery", row.delivery},
                                        {"status", row.status},
                                        {"outcome", row.outcome},
                                        {"message", row.message},
                                        {"summary", row.summary},
                                        {"payload", json_or_text(row.payload)}});
  }
  return Error{ErrorCode::kNotFound, "there is no such event", ""};
}

Status Player::expect_verdict(const Statement& s) {
  const auto& events = stage_.book().events();
  for (size_t i = events.size(); i-- > 0;) {
    if (!s.rest.empty() && s.rest != fmt::format("event-{}", i + 1)) continue;
    const std::string text = views::explain(views::verdicts_of(events[i]));
    std::string block;  // explain() indents by two, and so does a scenario
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      block += text.substr(std::min(at + 2, end), end - std::min(at + 2, end)) + "\n";
      at = end + 1;
    }
    const std::string line = s.rest.empty() ? "verdict" : "verdict " + s.rest;
    return compare(s, line, block.empty() ? "(no sensor waits for this event)\n" : block);
  }
  return Error{ErrorCode::kNotFound, "there is no such event", ""};
}

}  // namespace slipway::sim::scenario
