#include "core/workflow/transient.h"

#include <algorithm>
#include <array>

namespace slipway::workflow {

bool is_transient(std::string_view message) {
  constexpr std::array<std::string_view, 14> kSigns{"etcdserver: leader changed",
                                                    "connection reset by peer",
                                                    "connection refused",
                                                    "TLS handshake timeout",
                                                    "i/o timeout",
                                                    "net/http: timeout",
                                                    "transport is closing",
                                                    "http2: client connection lost",
                                                    "Too Many Requests",
                                                    "unexpected EOF",
                                                    "exceeded quota",
                                                    "timed out",
                                                    "try again later",
                                                    "ErrImagePull: timeout"};
  return std::any_of(kSigns.begin(), kSigns.end(),
                     [&](std::string_view sign) { return message.find(sign) != message.npos; });
}

}  // namespace slipway::workflow
