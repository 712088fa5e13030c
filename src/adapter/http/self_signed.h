// A certificate that vouches for itself: for clients that are handed it together with the address.
#pragma once

#include <string>
#include <vector>

#include "adapter/http/server.h"
#include "base/result.h"

namespace slipway::adapter {

// A P-256 key and its certificate for these names and addresses, good for ten years. kIo when
// OpenSSL refuses, with its words.
Result<TlsPair> make_self_signed(const std::vector<std::string>& names,
                                 const std::vector<std::string>& addresses);

// Whether the certificate is good for `address` and for another month.
bool is_certificate_for(const std::string& certificate_pem, const std::string& address);

}  // namespace slipway::adapter
