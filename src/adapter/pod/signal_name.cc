#include "adapter/pod/signal_name.h"

#include <signal.h>
#include <string.h>

#include <cstdlib>

namespace slipway::adapter {

int parse_signal(const std::string& name) {
  if (name.empty()) return SIGTERM;
  if (const int number = std::atoi(name.c_str()); number > 0 && number < 65) return number;
  const std::string plain = name.starts_with("SIG") ? name.substr(3) : name;
  if (plain.starts_with("RTMIN")) return SIGRTMIN + std::atoi(plain.c_str() + 5);
  if (plain.starts_with("RTMAX")) return SIGRTMAX + std::atoi(plain.c_str() + 5);
  for (int signal = 1; signal < 32; ++signal) {
    const char* known = ::sigabbrev_np(signal);
    if (known != nullptr && plain == known) return signal;
  }
  return SIGTERM;
}

bool ends_by_default(int signal) {
  for (const int harmless :
       {SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU}) {
    if (signal == harmless) return false;
  }
  return true;
}

}  // namespace slipway::adapter
