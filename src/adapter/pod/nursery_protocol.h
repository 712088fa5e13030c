// What LocalPodRuntime and the nursery say to each other: JSON objects in frames of a stream
// socket.
//
//     to the nursery   {"verb":"hello","options":{…}}  first on every connection
//                      {"verb":"start","plan":{…}}
//                      {"verb":"adopt","id":…}
//                      {"verb":"stop","id":…}
//                      {"verb":"remove","id":…}
//     from it          {"report":{…}}                  for pods started or adopted here
//
// Every verb may be repeated. Nothing is acknowledged: a report that was lost with the connection
// comes again when its pod is started or adopted again, which a client does after it connects.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace slipway::adapter {

inline constexpr size_t kFrameBytes = 256u << 20;  // of one plan, raw artifacts included

// Four bytes of length, least significant first, and the text.
std::string frame(const json::object& message);

// Bytes in, messages out.
class FrameReader {
 public:
  void add(std::string_view bytes) { buffer_.append(bytes); }
  // Nothing: more bytes are needed. An error: the stream is no protocol of ours; close it.
  Result<std::optional<json::object>> next();

 private:
  std::string buffer_;
  size_t read_ = 0;
};

// A stream socket that listens on, or is connected to, `folder`/`name`; paths of any length. A
// stale socket file is replaced when listening.
Result<int> listen_local(const std::string& folder, const std::string& name);
// kUnavailable when nobody listens.
Result<int> connect_local(const std::string& folder, const std::string& name);

// Datagrams by which supervisors wake the nursery: each holds a pod id, and after a line feed the
// report itself when it could not be written to its file.
Result<int> bind_bell(const std::string& folder, const std::string& name);
void ring_bell(const std::string& folder, const std::string& name, const std::string& text);

}  // namespace slipway::adapter
