#include "adapter/process/complain.h"

#include <unistd.h>

namespace slipway::adapter {

void complain_line(std::string line) {
  line += '\n';
  static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));
}

}  // namespace slipway::adapter
