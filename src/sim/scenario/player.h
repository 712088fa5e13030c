// Plays a script on a stage and compares what happens with what its author expects.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/scenario/pod_life.h"
#include "sim/scenario/script.h"
#include "sim/scenario/stage.h"

namespace slipway::sim::scenario {

// Lines of a script that say something else than what happened, and what would be right.
struct Edit {
  int line = 0, lines = 0;
  std::string text;  // ends with '\n'
};

struct Played {
  std::vector<std::string> failures;  // "file:line: ..."; more lines follow for expected and got
  std::vector<Edit> edits;
};

// What the statement `settings`, if there is one, says of the server.
Result<workflow::Settings> read_settings(const Script& script);

class Player {
 public:
  Player(const Script& script, Stage& stage) : script_(script), stage_(stage) {}
  Played play();

 private:
  using Words = std::vector<std::string>;
  struct Given {  // the words of a statement: operands, and --flags with their values
    Words words;
    std::multimap<std::string, std::string> flags;
    std::string flag(const std::string& name) const;
    std::vector<std::pair<std::string, std::string>> pairs(const std::string& name) const;
  };
  struct NamedPod {
    StagePod pod;
    std::string display_name, full_name, workflow;  // workflow: its alias
  };
  using Handler = Status (Player::*)(const Statement&);

  // --- what happens (act.cc) ---
  Status apply(const Statement& s);
  Status submit(const Statement& s);
  Status remove(const Statement& s);
  Status operate(const Statement& s);
  Status retry(const Statement& s);
  Status resubmit(const Statement& s);
  Status sync(const Statement& s);
  Status post(const Statement& s);
  Status replay(const Statement& s);
  Status restart(const Statement& s);
  Status down(const Statement& s);
  // --- what the world does (world_act.cc) ---
  Status pod(const Statement& s);
  Status script(const Statement& s);
  Status answer(const Statement& s);
  Status peer(const Statement& s);
  Status run(const Statement& s);
  Status wait(const Statement& s);
  Status clock(const Statement& s);
  Status store(const Statement& s);
  // --- what is expected (expect.cc) ---
  Status expect_error(const Statement& s);
  Status expect_warning(const Statement& s);
  Status expect_reply(const Statement& s);
  Status expect_workflow(const Statement& s);
  Status expect_workflows(const Statement& s);
  Status expect_tree(const Statement& s);
  Status expect_edges(const Statement& s);
  Status expect_node(const Statement& s);
  Status expect_pods(const Statement& s);
  Status expect_expires(const Statement& s);
  Status expect_released(const Statement& s);
  Status expect_plan(const Statement& s);
  Status expect_requests(const Statement& s);
  Status expect_request(const Statement& s);
  Status expect_object(const Statement& s);
  Status expect_events(const Statement& s);
  Status expect_event(const Statement& s);
  Status expect_verdict(const Statement& s);

  static const std::map<std::string_view, Handler>& handlers();
  static Result<Given> given(const Statement& s);

  engine::Reply send(server::InputBody body);
  void note(const engine::Reply& reply);
  void fail(int line, std::string text);
  // The statement's line and block against what they should be.
  Status compare(const Statement& s, const std::string& line, const std::string& block);
  Status compare_yaml(const Statement& s, const json::value& actual);
  void check_unexpected_error();

  // By alias, the newest by default; as it is now, or as it was when it finished.
  Result<const Book::Made*> workflow_named(const std::string& alias) const;
  json::object object_of(const Book::Made& made) const;
  std::vector<NamedPod> named_pods() const;
  Result<NamedPod> find_pod(const std::string& name) const;
  Status act_pod(const NamedPod& pod, const Words& words);
  bool run_round();
  Result<size_t> find_request(const std::string& pattern) const;

  const Script& script_;
  Stage& stage_;
  Played played_;
  std::map<PodId, PodLife> lives_;
  std::vector<std::pair<std::string, Words>> scripts_;  // pod → what it does, for `run`
  std::vector<std::pair<std::string, Words>> peers_;    // URL → what is answered, for `run`
  // Of the last thing that happened, until an expectation takes it.
  int acted_line_ = 0;
  std::string error_;
  std::vector<std::string> warnings_;
  engine::Reply reply_;
};

// `*` stands for any text.
bool glob_matches(std::string_view pattern, std::string_view text);

Result<port::HttpResponse> response_of(const std::vector<std::string>& words);

}  // namespace slipway::sim::scenario
