#include "adapter/archive/move.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapter/archive/fd.h"
#include "adapter/archive/tree.h"

namespace slipway::adapter {
namespace {

struct Spot {
  int folder;
  const std::string& name;
};

Status move_spot(Spot from, Spot to);
Status copy_spot(Spot from, const struct stat& info, Spot to);

Result<Fd> open_spot(Spot spot, int flags) {
  Fd fd(::openat(spot.folder, spot.name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return system_error("cannot open " + spot.name);
  return fd;
}

Error folder_in_the_way(const std::string& name) {
  return {ErrorCode::kConflict,
          fmt::format("{} is a folder with content, and no file can replace it", name)};
}

// The number of the error, 0 for success. What the kernel itself would not replace, an empty folder
// by a file and a file by a folder, is removed first.
int rename_spot(Spot from, Spot to) {
  const auto rename = [&] {
    return ::renameat(from.folder, from.name.c_str(), to.folder, to.name.c_str()) == 0 ? 0 : errno;
  };
  int failed = rename();
  const int kind = failed == EISDIR ? AT_REMOVEDIR : 0;
  if ((failed == EISDIR || failed == ENOTDIR) &&
      ::unlinkat(to.folder, to.name.c_str(), kind) == 0) {
    failed = rename();
  }
  return failed;
}

Status placed(int failed, const std::string& name) {
  if (failed == 0) return {};
  if (failed == EISDIR) return folder_in_the_way(name);
  return system_error("cannot place " + name, failed);
}

// What is our own is left as it is made: a folder may give its group to what is made in it.
Status copy_owner(int fd, const struct stat& info, const std::string& name) {
  if (info.st_uid == ::geteuid() && info.st_gid == ::getegid()) return {};
  if (::fchownat(fd, "", info.st_uid, info.st_gid, AT_EMPTY_PATH) == 0) return {};
  return system_error("cannot set the owner of " + name);
}

Status copy_attributes(int fd, const struct stat& info, const std::string& name) {
  TRY(copy_owner(fd, info, name));
  const struct timespec times[2] = {info.st_atim, info.st_mtim};
  if (::fchmod(fd, info.st_mode & 07777) != 0 || ::futimens(fd, times) != 0) {
    return system_error("cannot set the mode of " + name);
  }
  return {};
}

Status copy_file(Spot from, const struct stat& info, Spot to) {
  TRY_ASSIGN(const Fd source, open_spot(from, O_RDONLY));
  const Fd target(::openat(to.folder, to.name.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!target) return system_error("cannot make " + to.name);
  TRY(copy_bytes(source.get(), target.get(), from.name));
  return copy_attributes(target.get(), info, to.name);
}

Status copy_link(Spot from, const struct stat& info, Spot to) {
  std::string leads_to(static_cast<size_t>(info.st_size) + 1, '\0');
  const ssize_t size =
      ::readlinkat(from.folder, from.name.c_str(), leads_to.data(), leads_to.size());
  if (size < 0) return system_error("cannot read the link " + from.name);
  leads_to.resize(static_cast<size_t>(size));
  if (::symlinkat(leads_to.c_str(), to.folder, to.name.c_str()) != 0) {
    return system_error("cannot make the link " + to.name);
  }
  TRY_ASSIGN(const Fd link, open_spot(to, O_PATH));
  return copy_owner(link.get(), info, to.name);
}

Status copy_folder(Spot from, const struct stat& info, Spot to) {
  TRY_ASSIGN(const Fd source, open_spot(from, O_RDONLY | O_DIRECTORY));
  if (::mkdirat(to.folder, to.name.c_str(), 0700) != 0) {
    return system_error("cannot make the folder " + to.name);
  }
  TRY_ASSIGN(const Fd target, open_spot(to, O_RDONLY | O_DIRECTORY));
  TRY_ASSIGN(const std::vector<std::string> names, names_in(source.get()));
  for (const std::string& name : names) {
    struct stat child;
    if (::fstatat(source.get(), name.c_str(), &child, AT_SYMLINK_NOFOLLOW) != 0) {
      return system_error("cannot look at " + name);
    }
    TRY(copy_spot({source.get(), name}, child, {target.get(), name}));
  }
  return copy_attributes(target.get(), info, to.name);
}

// `to` does not exist.
Status copy_spot(Spot from, const struct stat& info, Spot to) {
  switch (info.st_mode & S_IFMT) {
    case S_IFREG:
      return copy_file(from, info, to);
    case S_IFLNK:
      return copy_link(from, info, to);
    case S_IFDIR:
      return copy_folder(from, info, to);
    default:
      return Error{ErrorCode::kUnsupported,
                   fmt::format("{} is neither a file, a folder nor a link", from.name)};
  }
}

Status copy_over(Spot from, const struct stat& info, Spot to) {
  const std::string own_name = ".slipway-" + random_name();
  const Spot own{to.folder, own_name};
  Status status = copy_spot(from, info, own);
  if (status.ok()) status = placed(rename_spot(own, to), to.name);
  if (!status.ok()) (void)remove_entry(to.folder, own_name);
  return status;
}

Status join(Spot from, int target) {
  TRY_ASSIGN(const Fd source, open_spot(from, O_RDONLY | O_DIRECTORY));
  TRY_ASSIGN(const std::vector<std::string> names, names_in(source.get()));
  for (const std::string& name : names) TRY(move_spot({source.get(), name}, {target, name}));
  return {};
}

Status move_spot(Spot from, Spot to) {
  struct stat info;
  if (::fstatat(from.folder, from.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return system_error("cannot look at " + from.name);
  }
  if (S_ISDIR(info.st_mode)) {
    const auto there = open_spot(to, O_RDONLY | O_DIRECTORY);
    if (there.ok()) return join(from, there->get());
  }
  const int failed = rename_spot(from, to);
  return failed == EXDEV ? copy_over(from, info, to) : placed(failed, to.name);
}

}  // namespace

Status move_entry(int source, const std::string& from, int target, const std::string& to) {
  if (!to.empty()) return move_spot({source, from}, {target, to});
  struct stat info;
  if (::fstatat(source, from.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return system_error("cannot look at " + from);
  }
  if (!S_ISDIR(info.st_mode)) return folder_in_the_way("the place itself");
  return join({source, from}, target);
}

}  // namespace slipway::adapter
