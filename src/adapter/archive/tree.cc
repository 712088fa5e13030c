#include "adapter/archive/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace slipway::adapter {
namespace {

constexpr int kOpenAttempts = 64;  // EAGAIN: the tree changed while the kernel walked it

// "/a/b/" is "/a" and "b".
std::pair<std::string, std::string> split_last(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

}  // namespace

Result<Fd> open_folder(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return system_error("cannot open the folder " + path);
  return fd;
}

Result<Fd> open_in_root(int root, const std::string& path, int flags, mode_t mode) {
  struct open_how how;
  std::memset(&how, 0, sizeof how);
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const std::string target = path.empty() ? "." : path;
  for (int attempt = 0; attempt < kOpenAttempts; ++attempt) {
    Fd fd(static_cast<int>(::syscall(SYS_openat2, root, target.c_str(), &how, sizeof how)));
    if (fd) return fd;
    if (errno != EAGAIN && errno != EINTR) break;
  }
  if (errno == ENOTDIR) return Error{ErrorCode::kNotFound, target + ": no such file or folder"};
  return system_error(target);
}

Result<Fd> make_folders_in_root(int root, const std::string& path) {
  auto existing = open_in_root(root, path, O_RDONLY | O_DIRECTORY);
  if (existing.ok() || path.empty()) return existing;
  const auto [parent, name] = split_last(path);
  TRY_ASSIGN(Fd folder, make_folders_in_root(root, parent));
  if (::mkdirat(folder.get(), name.c_str(), 0755) != 0) {
    if (errno != EEXIST) return system_error("cannot make the folder " + path);
    // A link that leads nowhere, or a file: a folder takes its place.
    TRY(remove_entry(folder.get(), name));
    if (::mkdirat(folder.get(), name.c_str(), 0755) != 0) {
      return system_error("cannot make the folder " + path);
    }
  }
  return open_in_root(root, path, O_RDONLY | O_DIRECTORY);
}

Result<std::vector<std::string>> names_in(int folder) {
  Fd own(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));  // with its own position
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(own ? ::fdopendir(own.get()) : nullptr,
                                                    &::closedir);
  if (!listing) return system_error("cannot list a folder");
  own.release();
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(listing.get());
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) return system_error("cannot list a folder");
  std::sort(names.begin(), names.end());
  return names;
}

Status visit_tree(int folder, const std::string& name, const Visit& visit) {
  Fd entry(::openat(folder, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!entry && errno == ENOENT) return {};
  struct stat info;
  if (!entry || ::fstat(entry.get(), &info) != 0) return system_error("cannot look at " + name);
  if (S_ISDIR(info.st_mode)) {
    entry = Fd(::openat(entry.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!entry) return system_error("cannot open the folder " + name);
    TRY_ASSIGN(const std::vector<std::string> children, names_in(entry.get()));
    for (const std::string& child : children) TRY(visit_tree(entry.get(), child, visit));
  }
  return visit(entry.get(), info);
}

Status remove_entry(int folder, const std::string& name) {
  if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  if (errno != EISDIR && errno != EPERM) return system_error("cannot remove " + name);
  const int fd = ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return system_error("cannot remove " + name);
  DIR* listing = ::fdopendir(fd);
  if (listing == nullptr) {
    ::close(fd);
    return system_error("cannot list " + name);
  }
  Status status;
  while (const dirent* entry = ::readdir(listing)) {
    const std::string child = entry->d_name;
    if (child == "." || child == "..") continue;
    status = remove_entry(fd, child);
    if (!status.ok()) break;
  }
  ::closedir(listing);
  if (!status.ok()) return status;
  if (::unlinkat(folder, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return system_error("cannot remove the folder " + name);
  }
  return {};
}

Status remove_tree(const std::string& path) {
  const auto [parent, name] = split_last(path);
  auto folder = open_folder(parent.empty() ? "/" : parent);
  if (!folder.ok()) {
    if (folder.error().code == ErrorCode::kNotFound) return {};
    return folder.error();
  }
  return remove_entry(folder->get(), name);
}

Result<std::string> clean_entry_path(const std::string& path) {
  if (path.find('\0') != std::string::npos) {
    return Error{ErrorCode::kInvalid, "an entry's name holds a NUL byte"};
  }
  std::string clean;
  size_t start = 0;
  while (start <= path.size()) {
    const size_t end = std::min(path.find('/', start), path.size());
    const std::string segment = path.substr(start, end - start);
    if (segment == "..") {
      return Error{ErrorCode::kInvalid,
                   fmt::format("the entry \"{}\" leads out of the folder", path)};
    }
    if (!segment.empty() && segment != ".") clean += (clean.empty() ? "" : "/") + segment;
    start = end + 1;
  }
  return clean;
}

}  // namespace slipway::adapter
