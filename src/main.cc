#include "cli/commands.h"

#ifdef SLIPWAY_MIMALLOC
#include <mimalloc.h>
#endif

int main(int argc, char** argv) {
#ifdef SLIPWAY_MIMALLOC
  // Memory is asked of the kernel when it is used and not a segment ahead.
  mi_option_set(mi_option_eager_commit, 0);
#endif
  return slipway::cli::dispatch(slipway::cli::all_commands(), argc, argv);
}
