// What pods may do with the API. Pure.
//
// A pod shows its token (core/pod/token.h) and then acts within its own namespace, as far as the
// role goes that the server gives to pods: Kubernetes' ClusterRoles of the same names.
#pragma once

#include <string_view>

#include "base/result.h"
#include "core/pod/token.h"

namespace slipway::server {

enum class PodRole {
  kNone,  // nothing but learning the server's version and health
  kView,  // reads everything in its namespace but Secrets, and ClusterWorkflowTemplates
  kEdit,  // reads and writes everything in its namespace
};

// kUnauthorized says who may not do what, and what would allow it.
Status allow(const pod::Identity& pod, PodRole role, std::string_view method,
             std::string_view path);

// What is open to pods without a token: webhooks, which check what they are sent, and health.
bool is_open_to_pods(std::string_view path);

}  // namespace slipway::server
