// What this machine has and lacks for running pods, with the command that mends it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace slipway::adapter {

enum class Health { kOk, kWarn, kFail };

struct Check {
  std::string name;  // "oci-runtime"
  Health health = Health::kOk;
  std::string found;    // what is there: "crun 1.8.1"
  std::string meaning;  // what works worse or not at all; empty when all is well
  std::string mend;     // a command or a sentence; empty when there is nothing to do
};

struct DoctorOptions {
  std::string data_dir;
  std::vector<int> ports;     // that a server would listen on
  bool measure_fsync = true;  // some ten writes in the data directory
};

// kFail: pods in containers, or the server, will not work. kWarn: something works less well.
// Changes nothing but short-lived files below the data directory. Blocks for up to a few seconds.
std::vector<Check> check_machine(const DoctorOptions& options);

std::string_view to_string(Health health);  // "ok", "warn", "fail"

}  // namespace slipway::adapter
