// LogStream: the logs of a workflow's pods on their way to one reader.
//
// What pods there are is learned once and then from what commits change; files are looked at only
// while a wanted pod runs, and never on the driver's thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/api/log_request.h"
#include "server/api/log_source.h"

namespace slipway::server {

// Kept alive by its subscription, by a timer or by what it has to send.
class LogStream : public std::enable_shared_from_this<LogStream> {
 public:
  LogStream(const ApiContext& context, LogRequest request,
            std::shared_ptr<port::Responder> responder);

  // Answers 404 when there is no such workflow.
  void start();

 private:
  // A pod and those of its logs that were found so far.
  struct Reading {
    LogPod pod;
    std::vector<LogSource> sources;
    bool done = false;
  };

  // On the driver's thread.
  void look(const engine::Engine& engine);
  void heed(const Change& change, const engine::Engine& engine);

  // On threads where waiting is allowed.
  void load();
  void pump();
  void send_part();
  bool read_pod(Reading& reading, std::string& text);
  void find_sources(Reading& reading);
  void leave();

  void take_finished(const json::object& workflow);
  void learn(std::vector<LogPod> pods, bool finished);
  void take_news();
  std::optional<LogPod> wanted_pod(const engine::Engine& engine, const workflow::Run& run,
                                   const workflow::Node& node) const;
  bool wants(const LogPod& pod) const;
  bool is_over() const;
  void add_line(const LogPod& pod, const LogSource& source, const LogLine& line,
                std::string& text) const;
  void wake();
  void wake_soon();
  void begin();

  const ApiContext context_;
  const LogRequest request_;
  const std::shared_ptr<port::Responder> responder_;
  std::atomic<uint64_t> subscription_{0};
  std::atomic<bool> timer_{false};

  std::mutex knowing_;
  WorkflowUid uid_;           // empty until it was found alive
  bool loading_ = false;      // it has left memory, and its last state is fetched
  bool over_ = false;         // the workflow has ended
  std::vector<LogPod> news_;  // what pump() has not seen yet
  bool pumping_ = false, again_ = false;

  // Of the one pump() that runs.
  std::vector<Reading> readings_;
  // Pod and container: the containers of a containerSet are nodes of one pod.
  std::set<std::pair<PodId, std::string>> sources_;
  bool all_ended_ = false;
};

}  // namespace slipway::server
