#include "sim/scenario/pod_life.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "core/pod/outcome.h"

namespace slipway::sim::scenario {
namespace {

using Phase = pod::PodReport::Phase;

bool read_int(std::string_view text, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

class Liver {
 public:
  Liver(PodLife& life, const StagePod& pod, const std::vector<std::string>& words, Time now,
        const std::function<void(const pod::PodReport&)>& tell)
      : life_(life), pod_(pod), words_(words), now_(now), tell_(tell) {}

  Status run() {
    using Verb = Status (Liver::*)();
    static const std::map<std::string_view, Verb> kVerbs = {
        {"pending", &Liver::pending},     {"running", &Liver::running},
        {"ready", &Liver::ready},         {"prints", &Liver::prints},
        {"writes", &Liver::writes},       {"loses", &Liver::loses},
        {"saves", &Liver::saves},         {"ip", &Liver::ip},
        {"host", &Liver::host},           {"progress", &Liver::progress},
        {"container", &Liver::container}, {"holds", &Liver::holds},
        {"succeeds", &Liver::succeeds},   {"fails", &Liver::fails},
        {"errors", &Liver::errors},       {"vanishes", &Liver::vanishes},
        {"ends", &Liver::ends},           {"floods", &Liver::floods},
        {"concludes", &Liver::concludes},
    };
    life_.report.id = pod_.plan.id;
    while (at_ < words_.size()) {
      const std::string& word = words_[at_++];
      const auto verb = kVerbs.find(word);
      if (verb == kVerbs.end()) {
        std::vector<std::string_view> known;
        for (const auto& [name, does] : kVerbs) known.push_back(name);
        return Error{ErrorCode::kInvalid,
                     fmt::format("a pod can not \"{}\"; it {}", word, fmt::join(known, ", ")), ""};
      }
      verb_ = word;
      TRY((this->*verb->second)());
    }
    return {};
  }

 private:
  Result<std::string> operand() {
    if (at_ < words_.size()) return words_[at_++];
    return Error{ErrorCode::kInvalid, fmt::format("\"{}\" needs a word after it", verb_), ""};
  }
  Result<std::pair<std::string, std::string>> pair() {
    TRY_ASSIGN(const std::string word, operand());
    const size_t equals = word.find('=');
    if (equals == word.npos) {
      return Error{ErrorCode::kInvalid, fmt::format("\"{}\" needs NAME=VALUE", verb_), ""};
    }
    return std::pair(word.substr(0, equals), word.substr(equals + 1));
  }
  Status say(Phase phase) {
    pod::PodReport& report = life_.report;
    report.phase = phase;
    report.at = now_;
    if (phase == Phase::kRunning && !life_.started) report.started_at = now_;
    if (phase != Phase::kPending) life_.started = true;
    if (pod::is_final(phase)) report.finished_at = now_;
    tell_(report);
    return {};
  }

  Status pending() {
    TRY_ASSIGN(life_.report.message, operand());
    return say(Phase::kPending);
  }
  Status running() {
    life_.report.message.clear();
    return say(Phase::kRunning);
  }
  Status ready() {
    life_.report.message.clear();
    return say(Phase::kReady);
  }
  Status prints() {
    TRY_ASSIGN(std::string text, operand());
    if (pod_.plan.capture_result) life_.report.result = pod::result_of(std::move(text));
    return {};
  }
  // `floods 300000 TEXT`: prints it so often.
  Status floods() {
    TRY_ASSIGN(const std::string times, operand());
    TRY_ASSIGN(const std::string text, operand());
    int count = 0;
    if (!read_int(times, count) || count <= 0) {
      return Error{ErrorCode::kInvalid, "\"floods\" needs a number and a text", ""};
    }
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    if (pod_.plan.capture_result) life_.report.result = pod::result_of(std::move(all));
    return {};
  }
  Status writes() {
    TRY_ASSIGN(auto parameter, pair());
    for (const pod::OutputParameter& planned : pod_.plan.output_parameters) {
      if (planned.name != parameter.first) continue;
      life_.report.parameters[planned.name] = pod::file_text(std::move(parameter.second));
      return {};
    }
    return Error{ErrorCode::kInvalid,
                 fmt::format("the pod is not asked for a parameter \"{}\"", parameter.first), ""};
  }
  Status loses() {
    TRY_ASSIGN(std::string name, operand());
    life_.lost.insert(std::move(name));
    return {};
  }
  Status saves() {
    TRY_ASSIGN(const std::string name, operand());
    for (const pod::OutputArtifact& planned : pod_.plan.output_artifacts) {
      if (planned.name != name) continue;
      life_.report.artifacts.push_back({name, planned.location.key, 1});
      life_.lost.insert(name);  // not once more
      return {};
    }
    if (const auto& logs = pod_.plan.log_location; logs && name == "main-logs") {
      life_.report.artifacts.push_back({name, logs->key + "/main.log", 1});
      return {};
    }
    return Error{ErrorCode::kInvalid,
                 fmt::format("the pod is not asked for an artifact \"{}\"", name), ""};
  }
  Status ip() {
    TRY_ASSIGN(life_.report.pod_ip, operand());
    return {};
  }
  Status host() {
    TRY_ASSIGN(life_.report.host, operand());
    return {};
  }
  Status progress() {
    TRY_ASSIGN(life_.report.progress, operand());
    return say(Phase::kRunning);
  }
  // `holds 3/30`: seconds of a cpu, and of 100 MiB.
  Status holds() {
    TRY_ASSIGN(const std::string what, operand());
    const size_t slash = what.find('/');
    int cpu = 0, memory = 0;
    if (slash == what.npos || !read_int(what.substr(0, slash), cpu) ||
        !read_int(what.substr(slash + 1), memory)) {
      return Error{ErrorCode::kInvalid, "\"holds\" needs CPU/MEMORY, in seconds", ""};
    }
    life_.report.resources = {cpu, memory};
    return {};
  }
  bool reason_follows() const {
    return at_ < words_.size() && words_[at_][0] >= 'A' && words_[at_][0] <= 'Z';
  }
  // `container NAME runs` or `container NAME 3 [REASON]`: it ended with that exit code.
  Status container() {
    TRY_ASSIGN(std::string name, operand());
    TRY_ASSIGN(const std::string what, operand());
    pod::ContainerStatus status;
    status.name = std::move(name);
    status.state = pod::ContainerStatus::State::kRunning;
    if (what != "runs") {
      if (!read_int(what, status.exit_code)) {
        return Error{ErrorCode::kInvalid, "a container \"runs\" or ends with an exit code", ""};
      }
      status.state = pod::ContainerStatus::State::kTerminated;
      status.reason = status.exit_code == 0 ? "Completed" : "Error";
      if (reason_follows()) status.reason = words_[at_++];
      status.finished_at = now_;
    }
    std::vector<pod::ContainerStatus>& all = life_.report.containers;
    std::erase_if(all, [&](const auto& other) { return other.name == status.name; });
    all.push_back(std::move(status));
    return say(Phase::kRunning);
  }
  // As adapter/pod does it when main has ended well (rule 29).
  std::string collect_outputs() {
    for (const pod::OutputParameter& planned : pod_.plan.output_parameters) {
      if (life_.report.parameters.contains(planned.name)) continue;
      if (!planned.fallback) {
        return fmt::format("output parameter `{}`: there is no file {} in container main",
                           planned.name, planned.path);
      }
      life_.report.parameters[planned.name] = pod::file_text(*planned.fallback);
    }
    for (const pod::OutputArtifact& planned : pod_.plan.output_artifacts) {
      if (!life_.lost.contains(planned.name)) {
        life_.report.artifacts.push_back({planned.name, planned.location.key, 1});
        continue;
      }
      const auto saved = std::find_if(life_.report.artifacts.begin(), life_.report.artifacts.end(),
                                      [&](const auto& one) { return one.name == planned.name; });
      if (saved != life_.report.artifacts.end() || planned.optional) continue;
      return fmt::format("output artifact `{}`: there is no {} in container main", planned.name,
                         planned.path);
    }
    return {};
  }
  // Ends as the runtime has it by what became of its containers; those not spoken of ended well.
  Status concludes() {
    std::vector<pod::ContainerStatus> all;
    for (const pod::Container& planned : pod_.plan.containers) {
      const auto said = std::find_if(life_.report.containers.begin(), life_.report.containers.end(),
                                     [&](const auto& one) { return one.name == planned.name; });
      if (said != life_.report.containers.end()) {
        all.push_back(*said);
        continue;
      }
      pod::ContainerStatus& status = all.emplace_back();
      status.name = planned.name;
      status.state = pod::ContainerStatus::State::kTerminated;
      status.reason = "Completed";
    }
    life_.report.containers = std::move(all);
    pod::OutcomeFacts facts;
    facts.stop_asked = pod_.stopping;
    facts.output_error = collect_outputs();
    pod::conclude(life_.report, pod_.plan, facts);
    life_.report.resources.reset();
    return say(life_.report.phase);
  }
  Status succeeds() {
    life_.report.exit_code = 0;
    life_.report.message = collect_outputs();
    return say(life_.report.message.empty() ? Phase::kSucceeded : Phase::kError);
  }
  // `fails 3`, `fails 137 OOMKilled`, or `fails "the message of the pod"`.
  Status fails() {
    TRY_ASSIGN(const std::string what, operand());
    int code = 0;
    if (!read_int(what, code)) {
      life_.report.message = what;
      return say(Phase::kFailed);
    }
    std::string reason = "Error";
    if (reason_follows()) reason = words_[at_++];
    life_.report.reason = reason;
    life_.report.exit_code = code;
    life_.report.message = fmt::format("main: {} (exit code {})", reason, code);
    return say(Phase::kFailed);
  }
  Status errors() {
    TRY_ASSIGN(life_.report.message, operand());
    return say(Phase::kError);
  }
  Status vanishes() {
    life_.report.message = "pod deleted";
    return say(Phase::kGone);
  }
  // It was asked to end, and does.
  Status ends() {
    if (!pod_.stopping) {
      return Error{ErrorCode::kInvalid, "nobody has asked this pod to end", ""};
    }
    life_.report.exit_code = 143;
    life_.report.message = "main: Error (exit code 143)";
    return say(Phase::kFailed);
  }

  PodLife& life_;
  const StagePod& pod_;
  const std::vector<std::string>& words_;
  Time now_;
  const std::function<void(const pod::PodReport&)>& tell_;
  size_t at_ = 0;
  std::string verb_;
};

}  // namespace

Status live(PodLife& life, const StagePod& pod, const std::vector<std::string>& words, Time now,
            const std::function<void(const pod::PodReport&)>& tell) {
  return Liver(life, pod, words, now, tell).run();
}

}  // namespace slipway::sim::scenario
