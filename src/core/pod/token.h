// What a pod shows to say who it is: a JSON Web Token (RFC 7519, HS256) with the claims of a
// Kubernetes service account's bound token, which clients read.
#pragma once

#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace slipway::pod {

// A pod, and as whom it acts.
struct Identity {
  std::string ns, service_account, pod_name;
  PodId pod;
  WorkflowUid workflow;
  NodeId node;

  // "system:serviceaccount:ci:default", as Kubernetes writes a user.
  std::string user() const { return "system:serviceaccount:" + ns + ":" + service_account; }

  friend bool operator==(const Identity&, const Identity&) = default;
};

inline constexpr std::string_view kTokenAudience = "slipway";

// Without an end: a token is good for as long as its pod runs, which the server knows.
std::string sign_token(const Identity& identity, std::string_view audience, std::string_view key,
                       Time now);

// kUnauthorized: no token that sign_token() made for `audience` with this key. In constant time
// with regard to the signature; the error never quotes the token.
Result<Identity> read_token(std::string_view token, std::string_view audience,
                            std::string_view key);

}  // namespace slipway::pod
