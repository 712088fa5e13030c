// What pods, peers and time do.
#include <fmt/format.h>

#include "core/expr/golang/golang.h"
#include "core/workflow/node.h"
#include "sim/scenario/player.h"

namespace slipway::sim::scenario {
namespace {

constexpr int kMostRounds = 10'000;
constexpr Duration kWork = Duration::seconds(1);  // how long a pod of `run` works

}  // namespace

Status Player::act_pod(const NamedPod& pod, const Words& words) {
  return live(lives_[pod.pod.plan.id], pod.pod, words, stage_.now(),
              [this](const pod::PodReport& report) { stage_.report(report); });
}

Status Player::pod(const Statement& s) {
  acted_line_ = s.line;
  TRY_ASSIGN(Words words, split_words(s.rest));
  if (words.size() < 2) return Error{ErrorCode::kInvalid, "pod needs a name and a verb", ""};
  TRY_ASSIGN(const NamedPod pod, find_pod(words[0]));
  words.erase(words.begin());
  return act_pod(pod, words);
}

Status Player::script(const Statement& s) {
  TRY_ASSIGN(Words words, split_words(s.rest));
  if (words.size() < 2) return Error{ErrorCode::kInvalid, "script needs a pod and verbs", ""};
  scripts_.emplace_back(words[0], Words(words.begin() + 1, words.end()));
  return {};
}

Status Player::answer(const Statement& s) {
  acted_line_ = s.line;
  TRY_ASSIGN(Words words, split_words(s.rest));
  if (words.size() < 2) return Error{ErrorCode::kInvalid, "answer needs a URL and a status", ""};
  TRY_ASSIGN(const size_t index, find_request(words[0]));
  words.erase(words.begin());
  auto response = response_of(words);
  if (!response.ok() && response.error().code == ErrorCode::kInvalid) return response.error();
  stage_.answer(index, std::move(response));
  return {};
}

Status Player::peer(const Statement& s) {
  TRY_ASSIGN(Words words, split_words(s.rest));
  if (words.size() < 2) return Error{ErrorCode::kInvalid, "peer needs a URL and a status", ""};
  peers_.emplace_back(words[0], Words(words.begin() + 1, words.end()));
  return {};
}

// Every pod and request that is there goes to its end. False when there was none.
bool Player::run_round() {
  const auto answer_for = [](const std::vector<std::pair<std::string, Words>>& scripts,
                             const std::vector<std::string>& names) -> const Words* {
    for (auto one = scripts.rbegin(); one != scripts.rend(); ++one) {
      for (const std::string& name : names) {
        if (glob_matches(one->first, name)) return &one->second;
      }
    }
    return nullptr;
  };
  const std::vector<NamedPod> pods = named_pods();
  const auto requests = stage_.requests();
  if (pods.empty() && requests.empty()) return false;
  for (const NamedPod& pod : pods) {
    if (pod.pod.stopping) continue;
    if (const Status status = act_pod(pod, {"running"}); !status.ok()) {
      fail(acted_line_, status.error().text());
      return false;
    }
  }
  stage_.advance_to(stage_.now() + kWork);
  for (const NamedPod& before : pods) {
    const std::vector<NamedPod> left = named_pods();
    const auto pod = std::find_if(left.begin(), left.end(), [&](const NamedPod& one) {
      return one.pod.plan.id == before.pod.plan.id;
    });
    if (pod == left.end()) continue;
    const Words* script =
        answer_for(scripts_, {pod->display_name, stage_.book().plain(pod->full_name)});
    static const Words kEnds = {"ends"}, kSucceeds = {"succeeds"};
    const Words& words = pod->pod.stopping ? kEnds : script != nullptr ? *script : kSucceeds;
    if (const Status status = act_pod(*pod, words); !status.ok()) {
      fail(acted_line_, status.error().text());
      return false;
    }
  }
  for (const port::HttpRequest& request : requests) {
    const std::string url = stage_.book().plain(request.url);
    const auto index = find_request(url);
    if (!index.ok()) continue;
    static const Words kGood = {"200"};
    const Words* words = answer_for(peers_, {url});
    stage_.answer(*index, response_of(words != nullptr ? *words : kGood));
  }
  return true;
}

Status Player::run(const Statement& s) {
  acted_line_ = s.line;
  for (int i = 0; i < kMostRounds; ++i) {
    if (run_round()) continue;
    if (!played_.failures.empty()) return {};
    const auto wake = stage_.engine().next_wake();
    if (stage_.engine().run_count() == 0 || !wake || *wake <= stage_.now()) return {};
    stage_.advance_to(*wake);
  }
  return Error{ErrorCode::kLimit, "it never ends", ""};
}

Status Player::wait(const Statement& s) {
  acted_line_ = s.line;
  TRY_ASSIGN(const Duration duration, expr::parse_go_duration(s.rest));
  stage_.advance_to(stage_.now() + duration);
  return {};
}

Status Player::down(const Statement& s) {
  acted_line_ = s.line;
  TRY_ASSIGN(const Duration duration, expr::parse_go_duration(s.rest));
  stage_.down(duration);
  return {};
}

Status Player::store(const Statement& s) {
  TRY_ASSIGN(const Words words, split_words(s.rest));
  if (words.size() == 2 && words[0] == "refuses") {
    stage_.refuse_removals(words[1]);
  } else if (words.size() == 1 && words[0] == "removes") {
    stage_.refuse_removals("");
  } else {
    return Error{ErrorCode::kInvalid, "store needs `refuses TEXT` or `removes`", ""};
  }
  return {};
}

Status Player::clock(const Statement& s) {
  acted_line_ = s.line;
  TRY_ASSIGN(const Time time, parse_rfc3339(s.rest));
  if (time < stage_.now()) {
    return Error{ErrorCode::kInvalid,
                 "the clock is past that already: it is " + format_rfc3339(stage_.now()), ""};
  }
  stage_.advance_to(time);
  return {};
}

}  // namespace slipway::sim::scenario
