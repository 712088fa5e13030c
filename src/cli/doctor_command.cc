// doctor: what this machine lacks, with the command that mends it.
#include <fmt/format.h>

#include "adapter/doctor/doctor.h"
#include "app/data_dir.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"

namespace slipway::cli {
namespace {

int examine(const std::string& data_dir, const std::string& output) {
  adapter::DoctorOptions options;
  options.data_dir = app::data_dir(data_dir);
  if (const Status made = app::make_data_dir(options.data_dir); !made.ok())
    return fail(made.error());
  options.ports = {2746};
  const std::vector<adapter::Check> checks = adapter::check_machine(options);
  int code = kOk;
  json::array items;
  for (const adapter::Check& check : checks) {
    if (check.health == adapter::Health::kFail) code = kFailed;
    const std::string health(to_string(check.health));
    items.push_back(json::object{{"name", check.name},
                                 {"health", health},
                                 {"found", check.found},
                                 {"meaning", check.meaning},
                                 {"mend", check.mend}});
    if (!output.empty()) continue;
    const char* mark = check.health == adapter::Health::kOk     ? "✔"
                       : check.health == adapter::Health::kWarn ? "!"
                                                                : "✖";
    fmt::print("{} {:18} {}\n", mark, check.name, check.found);
    if (!check.meaning.empty()) fmt::print("  {}\n", check.meaning);
    if (!check.mend.empty()) fmt::print("  mend: {}\n", check.mend);
  }
  if (!output.empty()) print_object(json::object{{"items", std::move(items)}}, output);
  return code;
}

}  // namespace

Command doctor_command() {
  return {"doctor", "say what this machine lacks, with the command that mends it", "slipway doctor",
          false, [](Options& options) {
            auto data_dir = std::make_shared<std::string>();
            auto output = std::make_shared<std::string>();
            options.text("--data-dir", *data_dir, "data directory");
            options.from_environment("SLIPWAY_DATA");
            options.choice("-o,--output", *output, {"json", "yaml"}, "json or yaml");
            return [=] { return examine(*data_dir, *output); };
          }};
}

}  // namespace slipway::cli
