// Finding Asana tasks in free text such as a pull request's body (spec ci.md, section 3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace slipway::task {

// At most this many are taken from one text.
inline constexpr size_t kAsanaTasks = 20;

// Gids of the tasks that the text links to, each once, in order. Accepts what this matches:
//   https?://app\.asana\.com/(?:0/(?:(?:search|inbox|home)/)?[0-9]+/([0-9]{6,})
//     |1/[0-9]+(?:/(?:project|search|inbox|home|portfolio|team|goal)/[0-9]+)*/task/([0-9]{6,}))
//     (?![0-9A-Za-z_-])
// in time linear in the text.
std::vector<std::string> find_asana_tasks(std::string_view text);

}  // namespace slipway::task
