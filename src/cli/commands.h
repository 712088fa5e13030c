// The table of contents: every verb of the program, one function each.
#pragma once

#include <vector>

#include "cli/command.h"

namespace slipway::cli {

Command server_command();
Command run_command();
Command apply_command();
Command get_command();
Command list_command();
Command delete_command();
Command submit_command();
Command logs_command();
Command watch_command();
Command wait_command();
Command stop_command();
Command terminate_command();
Command suspend_command();
Command resume_command();
// `set`, and `node set` as argo has it.
std::vector<Command> set_node_commands();
Command retry_command();
Command resubmit_command();
Command lint_command();
std::vector<Command> events_commands();
std::vector<Command> cron_commands();
Command backfill_command();
std::vector<Command> sync_commands();
std::vector<Command> image_commands();
Command doctor_command();
Command completion_command();
Command nursery_command();

std::vector<Command> all_commands();

}  // namespace slipway::cli
