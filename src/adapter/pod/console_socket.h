// Where an OCI runtime hands over the terminal that it made for a container.
#pragma once

#include <string>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

class ConsoleSocket {
 public:
  // A socket in `folder`.
  static Result<ConsoleSocket> listen(const std::string& folder);

  // For --console-socket: short, however deep the folder is; good while this object lives.
  std::string path() const;
  // The terminal's master side; after the runtime has started the container.
  Result<Fd> receive();

 private:
  Fd folder_, socket_;
};

}  // namespace slipway::adapter
