// Starting programs without fork's cost, and knowing them again after a restart.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"

namespace slipway::adapter {

struct Spawn {
  std::string program;  // a path
  std::vector<std::string> argv;
  std::vector<std::string> env;     // NAME=value; all of it
  std::string cwd;                  // empty: ours
  int in = -1, out = -1, err = -1;  // -1: /dev/null
};

// posix_spawn into a session of its own, with default signals and none of our descriptors (ours
// are all close-on-exec). kNotFound when there is no such program or folder.
Result<pid_t> spawn(const Spawn& request);

// The file that execvp would take; `search` is a PATH. kNotFound names what was looked for.
Result<std::string> find_program(const std::string& name, const std::string& search);

// The value in a NAME=value list; the last wins, as for a shell. Empty when absent.
std::string variable(const std::vector<std::string>& env, const std::string& name);

inline constexpr const char* kDefaultPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// When the process started, in clock ticks since boot; 0 when there is no such process. A pid with
// its start time is never another process.
uint64_t start_time_of(pid_t pid);

// SIGKILL to every process that has `marker` ("NAME=value") in the environment it was started with.
void kill_marked(const std::string& marker);

}  // namespace slipway::adapter
