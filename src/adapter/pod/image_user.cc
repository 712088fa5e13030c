#include "adapter/pod/image_user.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <charconv>
#include <optional>

#include "adapter/archive/tree.h"

namespace slipway::adapter {

namespace {

using Line = std::vector<std::string>;

std::vector<Line> read_table(int root, const char* path) {
  std::vector<Line> table;
  const auto file = open_in_root(root, path, O_RDONLY | O_NONBLOCK);
  struct stat info {};
  if (!file.ok() || ::fstat(file->get(), &info) != 0 || !S_ISREG(info.st_mode)) return table;
  const auto text = read_all(file->get(), 4u << 20, path);
  if (!text.ok()) return table;
  Line line(1);
  for (const char c : *text) {
    if (c == '\n') {
      table.push_back(std::exchange(line, Line(1)));
    } else if (c == ':') {
      line.emplace_back();
    } else {
      line.back() += c;
    }
  }
  if (line.size() > 1) table.push_back(line);
  return table;
}

std::optional<uint32_t> number(const std::string& text) {
  uint32_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failed != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

Error unknown(const char* kind, const std::string& name, const char* file) {
  return {ErrorCode::kNotFound, fmt::format("the image has no {} `{}` in {}", kind, name, file),
          ""};
}

}  // namespace

Result<ContainerUser> resolve_user(int root, const std::string& image_user,
                                   const pod::SecurityContext& security) {
  const size_t colon = image_user.find(':');
  std::string name = image_user.substr(0, colon);
  std::string group = colon == std::string::npos ? "" : image_user.substr(colon + 1);
  if (security.run_as_user) {
    name = std::to_string(*security.run_as_user);
    group.clear();
  }
  if (security.run_as_group) group = std::to_string(*security.run_as_group);

  ContainerUser user;
  const auto passwd = read_table(root, "/etc/passwd");
  const auto id = name.empty() ? std::optional<uint32_t>(0) : number(name);
  if (id) user.uid = *id;
  const auto entry = std::find_if(passwd.begin(), passwd.end(), [&](const Line& line) {
    return line.size() >= 6 && (id ? number(line[2]) == id : line[0] == name);
  });
  if (entry != passwd.end()) {
    user.uid = number((*entry)[2]).value_or(0);
    user.gid = number((*entry)[3]).value_or(0);
    if (!(*entry)[5].empty()) user.home = (*entry)[5];
    name = (*entry)[0];
  } else if (!id) {
    return unknown("user", name, "/etc/passwd");
  }
  const auto groups = read_table(root, "/etc/group");
  if (!group.empty()) {
    const auto gid = number(group);
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const Line& line) {
      return line.size() >= 3 && line[0] == group;
    });
    if (!gid && found == groups.end()) return unknown("group", group, "/etc/group");
    user.gid = gid ? *gid : number((*found)[2]).value_or(0);
  }
  for (const Line& line : groups) {
    if (line.size() < 4 || name.empty()) continue;
    const auto member = number(line[2]);
    if (member && ("," + line[3] + ",").find("," + name + ",") != std::string::npos) {
      user.groups.push_back(*member);
    }
  }
  for (const int64_t extra : security.supplemental_groups) {
    user.groups.push_back(static_cast<uint32_t>(extra));
  }
  if (security.fs_group) user.groups.push_back(static_cast<uint32_t>(*security.fs_group));
  if (security.run_as_non_root && user.uid == 0) {
    return Error{ErrorCode::kInvalid,
                 "container has runAsNonRoot and image will run as root: set "
                 "securityContext.runAsUser",
                 ""};
  }
  return user;
}

}  // namespace slipway::adapter
