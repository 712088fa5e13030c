#include "cli/commands.h"

#include <fmt/format.h>

#include "cli/completion.h"

namespace slipway::cli {

std::vector<Command> all_commands() {
  std::vector<Command> commands = {
      server_command(),  run_command(),    apply_command(),      get_command(),
      list_command(),    delete_command(), submit_command(),     logs_command(),
      watch_command(),   wait_command(),   stop_command(),       terminate_command(),
      suspend_command(), resume_command(), retry_command(),      resubmit_command(),
      lint_command(),    doctor_command(), completion_command(), nursery_command()};
  for (Command& command : set_node_commands()) commands.push_back(std::move(command));
  for (Command& command : events_commands()) commands.push_back(std::move(command));
  for (Command& command : cron_commands()) commands.push_back(std::move(command));
  commands.push_back(backfill_command());
  for (Command& command : sync_commands()) commands.push_back(std::move(command));
  for (Command& command : image_commands()) commands.push_back(std::move(command));
  return commands;
}

Command completion_command() {
  return {"completion", "print a completion script for a shell",
          "source <(slipway completion bash)", false, [](Options& options) {
            auto shell = std::make_shared<std::string>("bash");
            options.choice("shell", *shell, {"bash", "zsh", "fish"}, "which shell");
            return [shell] {
              fmt::print("{}", completion_script(all_commands(), *shell));
              return kOk;
            };
          }};
}

}  // namespace slipway::cli
