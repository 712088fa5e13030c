// slipway-sim: many simulated lives of a server. Prints how to repeat the one that failed.
#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "sim/simulation.h"

namespace {

using slipway::sim::Outcome;

struct Arguments {
  uint64_t seeds = 100, from = 1, threads = 2, repeat = 50;
  bool loud = false;
};

bool read(const char* text, uint64_t& number) {
  const auto [end, code] = std::from_chars(text, text + std::strlen(text), number);
  return code == std::errc{} && *end == '\0';
}

int usage() {
  fmt::print(stderr,
             "usage: slipway-sim [--seeds N] [--from S] [--threads T] [--repeat K] [--loud]\n"
             "  runs seeds S .. S+N-1; every K-th twice, to prove that a seed repeats itself\n"
             "example: slipway-sim --seeds 1 --from 4711 --loud\n");
  return 2;
}

bool parse(int count, char** words, Arguments& arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--loud") {
      arguments.loud = true;
      continue;
    }
    uint64_t* number = word == "--seeds"     ? &arguments.seeds
                       : word == "--from"    ? &arguments.from
                       : word == "--threads" ? &arguments.threads
                       : word == "--repeat"  ? &arguments.repeat
                                             : nullptr;
    if (number == nullptr || ++i == count || !read(words[i], *number)) return false;
  }
  return arguments.threads > 0;
}

}  // namespace

int main(int count, char** words) {
  Arguments arguments;
  if (!parse(count, words, arguments)) return usage();
  std::atomic<uint64_t> next = 0;
  std::mutex mutex;
  Outcome total;
  uint64_t failed = 0, repeated = 0;
  const auto work = [&] {
    for (uint64_t i = next++; i < arguments.seeds; i = next++) {
      const uint64_t seed = arguments.from + i;
      Outcome outcome = slipway::sim::simulate(seed, {.loud = arguments.loud});
      const bool twice = arguments.repeat > 0 && i % arguments.repeat == 0;
      if (twice && slipway::sim::simulate(seed).fingerprint != outcome.fingerprint) {
        outcome.violations.push_back("the same seed gave another run");
      }
      const std::lock_guard lock(mutex);
      repeated += twice;
      total.crashes += outcome.crashes;
      total.commits += outcome.commits;
      total.events += outcome.events;
      total.workflows += outcome.workflows;
      total.pods += outcome.pods;
      total.requests += outcome.requests;
      if (outcome.violations.empty()) continue;
      ++failed;
      fmt::print("seed {} failed; repeat with: slipway-sim --seeds 1 --from {} --loud\n", seed,
                 seed);
      for (const std::string& violation : outcome.violations) fmt::print("  {}\n", violation);
      std::fflush(stdout);
    }
  };
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < arguments.threads; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  fmt::print(
      "{} seeds, {} of them twice: {} failed; {} crashes, {} commits, {} events, {} workflows, {} "
      "pods, {} requests\n",
      arguments.seeds, repeated, failed, total.crashes, total.commits, total.events,
      total.workflows, total.pods, total.requests);
  return failed == 0 ? 0 : 1;
}
