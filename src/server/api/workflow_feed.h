// What watches of workflows are told.
//
// A state is copied from the engine and printed once for all watches. A workflow of thousands of
// nodes is megabytes and changes with every commit: each is copied no more often than that it takes
// a twentieth of the driver's time. A peer that is slow to read is told the newest state of each
// workflow when it comes to it. So states in between may be left out; the last never is.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "server/api/push.h"

namespace slipway::server {

// One open watch: JSON lines {"result":{"type","object"}}, as Argo Server sends them.
class WorkflowWatch : public Push, public std::enable_shared_from_this<WorkflowWatch> {
 public:
  WorkflowWatch(std::function<void(std::function<void()>)> background, std::string ns,
                std::string name)
      : ns_(std::move(ns)), name_(std::move(name)), background_(std::move(background)) {}

  // Empty: of all of them.
  const std::string& ns() const { return ns_; }
  const std::string& name() const { return name_; }
  bool concerns(const std::string& ns, const std::string& name) const {
    return (ns_.empty() || ns == ns_) && (name_.empty() || name == name_);
  }

  // Told instead of what still waits of the same workflow. From any thread.
  void offer(std::string_view type, const WorkflowUid& uid,
             std::shared_ptr<const std::string> object);

 private:
  struct News {
    std::string type;
    std::shared_ptr<const std::string> object;
  };
  void write_some();

  const std::string ns_, name_;
  const std::function<void(std::function<void()>)> background_;

  std::mutex mutex_;
  std::map<WorkflowUid, News> news_;
  std::deque<WorkflowUid> order_;  // of `news_`, oldest first
  bool writing_ = false;
};

// Tells until the driver ends.
class WorkflowFeed : public std::enable_shared_from_this<WorkflowFeed> {
 public:
  explicit WorkflowFeed(const ApiContext& context) : context_(context) {}

  // Begins with the present state of what it concerns, as ADDED.
  void add(const std::shared_ptr<WorkflowWatch>& watch);

 private:
  using Watches = std::vector<std::shared_ptr<WorkflowWatch>>;
  struct Newcomer {
    std::shared_ptr<WorkflowWatch> watch;
    std::vector<WorkflowUid> untold;
  };

  void subscribe();
  void end();

  // On the driver's thread.
  void heed(const Change& change, const engine::Engine& engine);
  void welcome(const std::shared_ptr<WorkflowWatch>& watch, const engine::Engine& engine);
  // The same, with `mutex_` held.
  void take(const engine::Engine& engine);
  bool take_first(const engine::Engine& engine, Duration until);
  void copy(const workflow::Run& run, std::string type, Watches to);
  void come_back(Duration delay);
  Watches concerned(const std::string& ns, const std::string& name) const;
  // In the background, one after the other.
  void enqueue(std::function<void()> work);
  void drain();
  void tell_finished(const WorkflowUid& uid);

  const ApiContext context_;

  std::mutex mutex_;
  bool subscribed_ = false;
  bool ended_ = false;  // changes with both mutexes held
  Watches watches_;
  std::deque<Newcomer> newcomers_;
  std::set<WorkflowUid> changed_;               // and not yet told of
  std::map<WorkflowUid, Duration> not_before_;  // monotonic; of those that are live
  bool comes_back_ = false;

  std::mutex working_;
  std::deque<std::function<void()>> work_;
  bool draining_ = false;
};

}  // namespace slipway::server
