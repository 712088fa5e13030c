// What users and GitHub do in a run: objects applied, deliveries sent until they are answered,
// workflows submitted, stopped, suspended, retried and deleted, a Secret deleted and applied again,
// nonsense handed in.
#pragma once

#include <map>
#include <set>
#include <string>

#include "server/driver.h"
#include "sim/journal.h"
#include "sim/world.h"

namespace slipway::sim {

class Workload {
 public:
  // `driver` gives the running server, or nullptr while it is down.
  Workload(World& world, SimJournal& journal, std::function<server::Driver*()> driver)
      : world_(world), journal_(journal), driver_(std::move(driver)) {}

  // Plans everything; `deliveries` and the rest follow from the seed.
  void plan();

  // Resumes every suspended workflow: one that was resubmitted while suspended is so too, and
  // nobody else would.
  void resume_all();

  struct Delivery {
    std::string guid;
    int number = 0;
    bool builds = false;  // the sensor's filter lets it through
    bool acked = false;
    EventId event;  // as the first answer named it
  };
  const std::map<int, Delivery>& deliveries() const { return deliveries_; }
  bool settled() const;  // every delivery and object was accepted

 private:
  void apply(json::object object);
  void apply_bad(json::object object);
  void send(int number);
  void operate();
  void retry();
  void submit();
  void lose_token();
  void flood();

  World& world_;
  SimJournal& journal_;
  std::function<server::Driver*()> driver_;
  std::map<int, Delivery> deliveries_;
  std::set<std::string> unapplied_;  // names
  int sends_ = 0;
};

}  // namespace slipway::sim
