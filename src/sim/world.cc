#include "sim/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace slipway::sim {

World::World(uint64_t seed, Mutation given) : random(seed), mutation(given) {
  // Most seeds mix a few kinds of trouble; some have one, so that it is seen alone.
  const auto draw = [&](uint64_t most) {
    return random.below(3) == 0 ? 0 : random.below(most + 1);
  };
  faults.crash = draw(25);
  faults.commit_fails = draw(60);
  faults.pod_fails = draw(200);
  faults.pod_hangs = draw(80);
  faults.pod_vanishes = draw(80);
  faults.pod_lies = draw(300);
  faults.store_refuses = draw(300);
  faults.http_fails = draw(400);
  faults.doubled = draw(400);
  faults.clock_jumps = draw(30);
}

void World::later(Duration delay, std::function<void()> happening) {
  const int64_t at = (monotonic_ + delay).ns;
  later_.emplace(std::pair(at, ++order_), std::move(happening));
}

Duration World::next_delay() const {
  return {std::max<int64_t>(0, later_.begin()->first.first - monotonic_.ns)};
}

void World::advance(Duration by) {
  monotonic_ = monotonic_ + by;
  wall_ = wall_ + by;
}

bool World::run_next() {
  if (later_.empty() || later_.begin()->first.first > monotonic_.ns) return false;
  const auto happening = std::move(later_.begin()->second);
  later_.erase(later_.begin());
  happening();
  return true;
}

bool World::chance(uint64_t per_mille) {
  return !calm && per_mille > 0 && random.below(1000) < per_mille;
}

void World::await_point(std::string_view where) {
  if (!chance(faults.crash)) return;
  ++crashes;
  trace(fmt::format("crash {}", where));
  throw Crash{std::string(where)};
}

void World::violation(int promise, std::string text) {
  constexpr size_t kMost = 20;
  trace(fmt::format("VIOLATION of promise {}: {}", promise, text));
  if (violations.size() < kMost) {
    violations.push_back(fmt::format("promise {}: {}", promise, std::move(text)));
  }
}

void World::trace(std::string_view what) {
  fingerprint = fnv1a64(what, fingerprint ^ static_cast<uint64_t>(monotonic_.ns));
  if (loud) fmt::print("{:>12.6f} {}\n", monotonic_.to_seconds(), what);
}

}  // namespace slipway::sim
