// The floor: posix_spawn of one program N times with J in flight. Prints seconds.
//   spawn N J PROGRAM [ARG...]
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

extern char** environ;

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const int total = std::atoi(argv[1]);
  const int width = std::atoi(argv[2]);
  const auto started = std::chrono::steady_clock::now();
  int running = 0;
  for (int begun = 0; begun < total || running > 0;) {
    if (begun < total && running < width) {
      pid_t pid = 0;
      if (posix_spawn(&pid, argv[3], nullptr, nullptr, argv + 3, environ) != 0) return 1;
      ++begun;
      ++running;
      continue;
    }
    int status = 0;
    if (wait(&status) < 0 || status != 0) return 1;
    --running;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  std::printf("%.6f\n", took.count());
  return 0;
}
