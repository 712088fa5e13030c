// Book: what became durable in the course of a scenario, and the names by which it speaks of it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/event.h"
#include "port/row.h"

namespace slipway::sim::scenario {

class Book {
 public:
  // Chance gives a workflow its name, its uid, and an event its id. A scenario calls the first
  // workflow of generateName "build-" build-1, and the first event event-1.
  struct Made {
    WorkflowUid uid;
    std::string ns, name, alias;
  };

  void note(const engine::Event& event);
  void note(const port::RowChange& change);

  const std::vector<Made>& workflows() const { return workflows_; }
  const Made* find_workflow(std::string_view alias) const;
  const Made* find_workflow(const WorkflowUid& uid) const;
  const std::vector<port::EventRow>& events() const { return events_; }
  // The finished workflow's object, or nullptr.
  const json::object* finished(const WorkflowUid& uid) const;

  // When the finished workflow is to be removed; zero: never.
  Time expiry(const WorkflowUid& uid) const;
  // What podGC has let go so far: pods by their displayed name, and when what they left goes.
  const std::vector<std::pair<std::string, Time>>& released() const { return released_; }

  // `text` with aliases in place of what chance gave.
  std::string plain(std::string text) const;

 private:
  std::vector<Made> workflows_;
  std::map<std::string, int> prefixes_;
  std::vector<port::EventRow> events_;
  std::map<WorkflowUid, json::object> finished_;
  std::map<WorkflowUid, Time> expiries_;
  std::map<PodId, std::string> pods_;  // displayed names
  std::vector<std::pair<std::string, Time>> released_;
  std::vector<std::pair<std::string, std::string>> aliases_;  // by chance → by the scenario
};

}  // namespace slipway::sim::scenario
