// Where the limits of semaphores are that Argo keeps in its database (`database: {key}`): in a
// ConfigMap of the server's own, key by key, in the namespace of the semaphore.
#pragma once

namespace slipway::workflow {

inline constexpr const char* kSyncLimits = "slipway-sync-limits";

}  // namespace slipway::workflow
