// OAuth 2 for HTTP artifacts: the client credentials grant (RFC 6749, section 4.4), spoken as Go's
// clientcredentials package speaks it, which is what Argo uses.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"

namespace slipway::adapter {

// Asks the token endpoint; what comes of it is the value of an Authorization header. `oauth2` has
// Argo's members (clientIDSecret, clientSecretSecret, tokenURLSecret, scopes, endpointParams), with
// a Secret's value where its reference stood. The credentials go into a Basic header first, and
// into the form when the endpoint does not take that. An Error names the endpoint and what it said.
Result<std::string> fetch_authorization(const json::object& oauth2);

}  // namespace slipway::adapter
