// Lines for the operator, on stderr.
#pragma once

#include <fmt/format.h>

#include <string>

namespace slipway::adapter {

// What can not be written (a log on a full disk, a closed terminal) is dropped: fmt::print would
// throw, and no process must end for that. Any thread; a line stays whole.
void complain_line(std::string line);

template <class... Args>
void complain(fmt::format_string<Args...> text, Args&&... args) {
  complain_line(fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace slipway::adapter
