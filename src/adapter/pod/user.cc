#include "adapter/pod/user.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <sstream>

#include "adapter/pod/pod_files.h"
#include "adapter/pod/resolve_path.h"
#include "core/pod/plan.h"

namespace slipway::adapter {
namespace {

using Row = std::vector<std::string>;

// The colon-separated rows of a file in the image; none when it is not there.
std::vector<Row> rows_of(const std::string& root, const std::string& path) {
  std::vector<Row> rows;
  const Result<std::string> file = resolve_in_root(root, path);
  if (!file.ok()) return rows;
  const Result<std::string> text = read_file(*file);
  if (!text.ok()) return rows;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    Row row;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ':');) row.push_back(cell);
    if (row.size() >= 3) rows.push_back(std::move(row));
  }
  return rows;
}

std::optional<int64_t> number(const std::string& text) {
  int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<int64_t> id_of(const std::vector<Row>& rows, const std::string& text, const char* what) {
  if (const auto id = number(text)) return *id;
  for (const Row& row : rows) {
    if (row[0] == text) return number(row[2]).value_or(0);
  }
  return Error{ErrorCode::kInvalid, fmt::format("the image has no {} named {}", what, text), ""};
}

}  // namespace

Result<ContainerUser> resolve_user(const std::string& root, const std::string& image_user,
                                   const pod::SecurityContext& security) {
  const std::vector<Row> users = rows_of(root, "/etc/passwd");
  const std::vector<Row> groups = rows_of(root, "/etc/group");
  ContainerUser user;
  const size_t colon = image_user.find(':');
  const std::string name = image_user.substr(0, colon);
  if (!name.empty()) {
    TRY_ASSIGN(user.uid, id_of(users, name, "user"));
  }
  if (security.run_as_user) user.uid = *security.run_as_user;
  std::string login;
  for (const Row& row : users) {
    if (number(row[2]) != user.uid || row.size() < 6) continue;
    login = row[0];
    user.gid = number(row[3]).value_or(0);
    if (!row[5].empty()) user.home = row[5];
    break;
  }
  if (colon != std::string::npos && !security.run_as_user) {
    TRY_ASSIGN(user.gid, id_of(groups, image_user.substr(colon + 1), "group"));
  }
  if (security.run_as_group) user.gid = *security.run_as_group;
  for (const Row& row : groups) {
    if (row.size() < 4 || login.empty()) continue;
    if (("," + row[3] + ",").find("," + login + ",") != std::string::npos) {
      user.groups.push_back(number(row[2]).value_or(0));
    }
  }
  user.groups.insert(user.groups.end(), security.supplemental_groups.begin(),
                     security.supplemental_groups.end());
  if (security.fs_group) user.groups.push_back(*security.fs_group);
  if (security.run_as_non_root && user.uid == 0) {
    return Error{ErrorCode::kInvalid, "container has runAsNonRoot and image will run as root", ""};
  }
  return user;
}

}  // namespace slipway::adapter
