// The simulated world's ground: time that only the simulation moves, chance from one seed, things
// that happen later, crashes, and the list of broken promises.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "port/bell.h"
#include "port/clock.h"

namespace slipway::sim {

// Thrown by a fake port where the server is killed. Only the simulation catches it.
struct Crash {
  std::string where;
};

// How often what goes wrong, in 1/1000 of the occasions; drawn once a seed.
struct Faults {
  uint64_t crash = 0;          // at an await point
  uint64_t commit_fails = 0;   // nothing is written, and the driver is told so
  uint64_t pod_fails = 0;      // exit code 1
  uint64_t pod_hangs = 0;      // runs until it is stopped, or for very long
  uint64_t pod_vanishes = 0;   // nobody knows it any more
  uint64_t pod_lies = 0;       // reports twice, late, out of order, about pods that never were
  uint64_t store_refuses = 0;  // to remove an artifact
  uint64_t http_fails = 0;     // 429, 500, timeout, no connection
  uint64_t doubled = 0;        // the same delivery is sent again although it was answered
  uint64_t clock_jumps = 0;
};

// Wrong on purpose, to prove that the checkers can fail.
enum class Mutation {
  kNone,
  kAckBeforeSync,  // commit() returns before the disk has it, so everything leaves too early
  kNewDelivery,    // each retry of a delivery carries an id of its own
  kForgetPods,     // the runtime does not adopt: it starts every pod anew
  kLoseCommit,     // a commit that was acknowledged is gone after a crash
};

class World : public port::Clock, public port::Bell {
 public:
  World(uint64_t seed, Mutation mutation);

  // --- ports ---
  Time now() const override { return wall_; }
  Duration monotonic() const override { return monotonic_; }
  uint64_t entropy() override { return random.next(); }
  void ring() override {}
  void wait(Duration) override {}

  // --- time ---
  void later(Duration delay, std::function<void()> happening);
  bool anything_later() const { return !later_.empty(); }
  Duration next_delay() const;  // until the earliest; zero or more
  void advance(Duration by);    // moves both clocks
  bool run_next();              // what is due by now; false when nothing is
  void jump_clock(Duration by) { wall_ = wall_ + by; }

  // --- chance and faults ---
  bool chance(uint64_t per_mille);
  uint64_t between(uint64_t low, uint64_t high) { return low + random.below(high - low + 1); }
  // Throws Crash now and then.
  void await_point(std::string_view where);

  // --- what the run was ---
  void violation(int promise, std::string text);
  void trace(std::string_view what);  // goes into the fingerprint, and to stdout when loud

  Random random;
  Faults faults;
  Mutation mutation;
  bool calm = false;  // the end of a run: no faults any more
  bool loud = false;
  std::vector<std::string> violations;
  uint64_t fingerprint = 14695981039346656037ull;
  uint64_t crashes = 0;

 private:
  Time wall_ = Time::from_seconds(1'790'000'000);
  Duration monotonic_;
  uint64_t order_ = 0;
  std::map<std::pair<int64_t, uint64_t>, std::function<void()>> later_;  // by monotonic time
};

}  // namespace slipway::sim
