// A client's connection to the nursery of a data directory, which it starts when there is none.
#pragma once

#include <string>

#include "adapter/archive/fd.h"
#include "adapter/pod/runtime_options.h"
#include "base/result.h"

namespace slipway::adapter {

// Connected, blocking, hello sent. The listening socket is made here and given to the new nursery
// as its standard input, so there is nothing to wait for; a lock file keeps two clients from
// starting two. The nursery's stderr is <data dir>/run/nursery.log. Any thread.
Result<Fd> connect_nursery(const RuntimeOptions& options);

}  // namespace slipway::adapter
