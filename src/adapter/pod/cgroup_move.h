// The first move of a process into a cgroup after a rest waits for the kernel to let everyone out
// of fork and exit (an RCU grace period): some ten milliseconds, longer than the rest of a
// container's start. The next ones follow at once.
#pragma once

namespace slipway::adapter {

// Takes that wait now, on a thread of its own, by moving this process to where it is. For a
// supervisor, before it prepares what its containers need.
void begin_cgroup_moves();

}  // namespace slipway::adapter
