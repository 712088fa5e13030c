// Runs another program to its end, with a limit on its time and its output.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace slipway::adapter {

struct Program {
  std::vector<std::string> command;      // looked up in PATH when it has no slash
  std::vector<std::string> environment;  // "NAME=value", added to ours or replacing it
  Duration timeout = Duration::seconds(600);
  size_t max_output_bytes = 4u << 20;  // of stdout; more is kLimit and ends the program
  // Once requested, from any thread, its process group is killed before the request returns, or it
  // is not started: kConflict.
  std::stop_token stop = {};
  // Names of our environment that it gets; nullopt: all of them.
  std::optional<std::vector<std::string>> inherited = std::nullopt;
};

struct ProgramEnd {
  int exit_code = 0;  // 128 + signal when a signal ended it
  std::string out;
  std::string err;  // its last 64 KiB
};

// posix_spawn, never fork: its cost does not grow with our memory. The program gets a process group
// of its own, stdin from /dev/null, and none of our descriptors; at the end of `timeout` the whole
// group is killed (kTimeout). kNotFound when the program is not installed: the message says what to
// install it with where we know. Blocks the calling thread; any thread.
Result<ProgramEnd> run_program(const Program& program);

// The Debian package that brings `program`, or its own name.
std::string package_of(const std::string& program);

}  // namespace slipway::adapter
