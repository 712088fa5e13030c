#include "cli/commands.h"

int main(int argc, char** argv) {
  return slipway::cli::dispatch(slipway::cli::all_commands(), argc, argv);
}
