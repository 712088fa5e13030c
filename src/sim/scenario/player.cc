#include "sim/scenario/player.h"

#include <fmt/format.h>

#include <charconv>

#include "core/manifest/parse.h"
#include "core/workflow/node.h"
#include "sim/scenario/pick.h"

namespace slipway::sim::scenario {
namespace {

std::string indented(const std::string& block) {
  std::string text;
  size_t at = 0;
  while (at < block.size()) {
    const size_t end = std::min(block.find('\n', at), block.size());
    if (end > at) text += "  " + block.substr(at, end - at);
    text += '\n';
    at = end + 1;
  }
  return text;
}

std::string without_end(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

Result<workflow::Settings> read_settings(const Script& script) {
  workflow::Settings settings;
  for (const Statement& s : script.statements) {
    if (s.verb != "settings") continue;
    const std::string where = fmt::format("{}:{}", script.file, s.line);
    TRY_ASSIGN(const json::value parsed, manifest::parse_yaml(s.block, where));
    if (!parsed.is_object()) return Error{ErrorCode::kInvalid, "settings are a map", where};
    for (const auto& member : parsed.get_object()) {
      const std::string_view key = member.key();
      const json::object& all = parsed.get_object();
      if (key == "workflowDefaults") {
        settings.workflow_defaults = member.value().as_object();
      } else if (key == "parallelism") {
        settings.parallelism = get_int(all, key);
      } else if (key == "artifactKeyFormat") {
        settings.artifact_key_format = get_string(all, key);
      } else if (key == "untrusted") {
        const std::string policy = get_string(all, key);
        settings.untrusted = policy == "deny"   ? workflow::UntrustedPolicy::kDeny
                             : policy == "warn" ? workflow::UntrustedPolicy::kWarn
                                                : workflow::UntrustedPolicy::kAllow;
      } else {
        return Error{ErrorCode::kInvalid,
                     fmt::format("there is no setting \"{}\"; there are workflowDefaults, "
                                 "parallelism, artifactKeyFormat and untrusted",
                                 key),
                     where};
      }
    }
  }
  return settings;
}

bool glob_matches(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = pattern.npos, kept = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      kept = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++kept;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string Player::Given::flag(const std::string& name) const {
  const auto found = flags.find(name);
  return found == flags.end() ? "" : found->second;
}

std::vector<std::pair<std::string, std::string>> Player::Given::pairs(
    const std::string& name) const {
  std::vector<std::pair<std::string, std::string>> found;
  for (auto [at, end] = flags.equal_range(name); at != end; ++at) {
    const size_t equals = at->second.find('=');
    found.emplace_back(at->second.substr(0, equals),
                       equals == std::string::npos ? "" : at->second.substr(equals + 1));
  }
  return found;
}

Result<Player::Given> Player::given(const Statement& s) {
  TRY_ASSIGN(Words words, split_words(s.rest));
  Given given;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("-") || words[i].size() == 1) {
      given.words.push_back(words[i]);
      continue;
    }
    static const std::set<std::string> kSwitches = {"--memoized", "--restart-successful",
                                                    "--dry-run", "--force"};
    if (kSwitches.contains(words[i])) {
      given.flags.emplace(words[i], "true");
    } else if (i + 1 == words.size()) {
      return Error{ErrorCode::kInvalid, words[i] + " needs a value", ""};
    } else {
      given.flags.emplace(words[i], words[i + 1]);
      ++i;
    }
  }
  return given;
}

const std::map<std::string_view, Player::Handler>& Player::handlers() {
  static const std::map<std::string_view, Handler> kHandlers = {
      {"apply", &Player::apply},
      {"submit", &Player::submit},
      {"delete", &Player::remove},
      {"stop", &Player::operate},
      {"terminate", &Player::operate},
      {"suspend", &Player::operate},
      {"resume", &Player::operate},
      {"set", &Player::operate},
      {"retry", &Player::retry},
      {"resubmit", &Player::resubmit},
      {"sync", &Player::sync},
      {"post", &Player::post},
      {"get", &Player::post},
      {"put", &Player::post},
      {"replay", &Player::replay},
      {"restart", &Player::restart},
      {"down", &Player::down},
      {"pod", &Player::pod},
      {"script", &Player::script},
      {"answer", &Player::answer},
      {"peer", &Player::peer},
      {"run", &Player::run},
      {"wait", &Player::wait},
      {"store", &Player::store},
      {"clock", &Player::clock},
      {"error", &Player::expect_error},
      {"warning", &Player::expect_warning},
      {"reply", &Player::expect_reply},
      {"workflow", &Player::expect_workflow},
      {"workflows", &Player::expect_workflows},
      {"tree", &Player::expect_tree},
      {"edges", &Player::expect_edges},
      {"node", &Player::expect_node},
      {"pods", &Player::expect_pods},
      {"expires", &Player::expect_expires},
      {"released", &Player::expect_released},
      {"plan", &Player::expect_plan},
      {"requests", &Player::expect_requests},
      {"request", &Player::expect_request},
      {"object", &Player::expect_object},
      {"events", &Player::expect_events},
      {"event", &Player::expect_event},
      {"verdict", &Player::expect_verdict},
  };
  return kHandlers;
}

Played Player::play() {
  bool expects = false;
  for (const Statement& s : script_.statements) {
    if (s.verb == "settings") continue;
    const auto handler = handlers().find(s.verb);
    if (handler == handlers().end()) {
      std::vector<std::string_view> known;
      for (const auto& [verb, does] : handlers()) known.push_back(verb);
      fail(s.line, fmt::format("there is no statement \"{}\"; there are settings, {}", s.verb,
                               fmt::join(known, ", ")));
      break;
    }
    if (s.verb != "error") check_unexpected_error();
    const Status status = (this->*handler->second)(s);
    if (!status.ok()) fail(s.line, status.error().text());
    static const std::set<std::string_view> kExpectations = {
        "error", "warning", "reply",    "workflow", "workflows", "tree",  "edges",  "node",
        "pods",  "plan",    "requests", "request",  "object",    "event", "events", "verdict"};
    expects = expects || kExpectations.contains(s.verb);
  }
  check_unexpected_error();
  const int last = static_cast<int>(script_.lines.size());
  if (!expects) fail(last, "the scenario expects nothing, so it can not fail");
  for (const std::string& complaint : stage_.complaints()) fail(last, complaint);
  return std::move(played_);
}

void Player::fail(int line, std::string text) {
  played_.failures.push_back(
      fmt::format("{}:{}: on {}: {}", script_.file, line, stage_.name(), text));
}

void Player::note(const engine::Reply& reply) {
  reply_ = reply;
  for (const std::string& warning : reply.warnings) warnings_.push_back(warning);
  if (!reply.error) return;
  if (!error_.empty()) error_ += '\n';
  error_ += stage_.book().plain(reply.error->text());
}

engine::Reply Player::send(server::InputBody body) {
  engine::Reply reply = stage_.post(std::move(body));
  note(reply);
  return reply;
}

void Player::check_unexpected_error() {
  if (!error_.empty()) fail(acted_line_, "unexpected error: " + error_);
  error_.clear();
}

Status Player::compare(const Statement& s, const std::string& line, const std::string& block) {
  const std::string wanted_line = s.rest.empty() ? s.verb : s.verb + " " + s.rest;
  const std::string actual_line = stage_.book().plain(line);
  const std::string actual_block = stage_.book().plain(block);
  if (wanted_line == actual_line && without_end(s.block) == without_end(actual_block)) return {};
  std::string text = actual_line + "\n" + indented(without_end(actual_block));
  const std::string expected = wanted_line + "\n" + indented(without_end(s.block));
  played_.edits.push_back({s.line, s.lines, text});
  return Error{ErrorCode::kInvalid,
               fmt::format("expected\n{}got\n{}", indented(expected), indented(text)), ""};
}

Status Player::compare_yaml(const Statement& s, const json::value& actual) {
  TRY_ASSIGN(const json::value shape, manifest::parse_yaml(s.block, s.verb));
  const json::value picked = pick(shape, actual);
  if (picked == shape) return {};
  const std::string text = stage_.book().plain(manifest::print_yaml(picked));
  if (text == manifest::print_yaml(shape)) return {};
  std::string line = s.rest.empty() ? s.verb : s.verb + " " + s.rest;
  const std::string got = line + "\n" + indented(without_end(text));
  const std::string expected = line + "\n" + indented(without_end(manifest::print_yaml(shape)));
  played_.edits.push_back({s.line, s.lines, got});
  return Error{ErrorCode::kInvalid,
               fmt::format("expected\n{}got\n{}", indented(expected), indented(got)), ""};
}

Result<const Book::Made*> Player::workflow_named(const std::string& alias) const {
  const Book& book = stage_.book();
  if (book.workflows().empty()) {
    return Error{ErrorCode::kNotFound, "no workflow was made so far", ""};
  }
  if (alias.empty()) return &book.workflows().back();
  if (const Book::Made* made = book.find_workflow(alias)) return made;
  Words known;
  for (const Book::Made& made : book.workflows()) known.push_back(made.alias);
  return Error{ErrorCode::kNotFound,
               fmt::format("there is no workflow {}; there are {}", alias, fmt::join(known, ", ")),
               ""};
}

json::object Player::object_of(const Book::Made& made) const {
  if (const workflow::Run* run = stage_.engine().find_run(made.uid)) return run->to_object();
  const json::object* finished = stage_.book().finished(made.uid);
  return finished != nullptr ? *finished : json::object{};
}

std::vector<Player::NamedPod> Player::named_pods() const {
  std::vector<NamedPod> named;
  for (StagePod& pod : stage_.pods()) {
    const workflow::Run* run = stage_.engine().find_run(pod.plan.workflow_uid);
    const workflow::Node* node = run != nullptr ? run->find_node(pod.plan.node_id) : nullptr;
    const Book::Made* made = stage_.book().find_workflow(pod.plan.workflow_uid);
    named.push_back({std::move(pod), node != nullptr ? node->display_name : "",
                     node != nullptr ? node->name : "", made != nullptr ? made->alias : ""});
  }
  return named;
}

Result<Player::NamedPod> Player::find_pod(const std::string& name) const {
  std::vector<NamedPod> pods = named_pods();
  std::vector<NamedPod*> found;
  Words known;
  for (NamedPod& pod : pods) {
    known.push_back(stage_.book().plain(pod.full_name));
    if (pod.display_name == name || known.back() == name ||
        pod.workflow + "/" + stage_.book().plain(pod.display_name) == name ||
        stage_.book().plain(pod.display_name) == name) {
      found.push_back(&pod);
    }
  }
  if (found.size() > 1 && !stage_.book().workflows().empty()) {  // the newest workflow's
    const std::string& newest = stage_.book().workflows().back().alias;
    std::erase_if(found, [&](const NamedPod* pod) { return pod->workflow != newest; });
  }
  if (found.size() == 1) return std::move(*found[0]);
  const std::string all = known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "));
  return Error{ErrorCode::kNotFound,
               found.empty()
                   ? fmt::format("no pod {} is wanted; wanted are: {}", name, all)
                   : fmt::format("{} pods are called {}; wanted are: {}", found.size(), name, all),
               ""};
}

Result<size_t> Player::find_request(const std::string& pattern) const {
  const auto requests = stage_.requests();
  Words known;
  for (size_t i = 0; i < requests.size(); ++i) {
    const std::string url = stage_.book().plain(requests[i].url);
    if (glob_matches(pattern, url)) return i;
    known.push_back(url);
  }
  return Error{ErrorCode::kNotFound,
               fmt::format("no request to {} waits; those that wait go to: {}", pattern,
                           known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "))),
               ""};
}

Result<port::HttpResponse> response_of(const std::vector<std::string>& words) {
  port::HttpResponse response;
  const std::string first = words.empty() ? "" : words[0];
  if (first == "error") {
    return Error{ErrorCode::kUnavailable, words.size() > 1 ? words[1] : "connection refused", ""};
  }
  const auto [end, error] =
      std::from_chars(first.data(), first.data() + first.size(), response.status);
  if (error != std::errc{} || end != first.data() + first.size()) {
    return Error{ErrorCode::kInvalid, "an answer is a status or the word error", ""};
  }
  for (size_t i = 1; i < words.size(); ++i) {
    const size_t colon = words[i].find(": ");
    if (i + 1 < words.size() && colon != std::string::npos) {
      response.headers.emplace_back(words[i].substr(0, colon), words[i].substr(colon + 2));
    } else {
      response.body = words[i];
    }
  }
  return response;
}

}  // namespace slipway::sim::scenario
