// Work below a folder that others may have filled: no name, link or device leads out of it.
//
// Every path is resolved by the kernel (openat2) as if the folder were "/": a symbolic link,
// absolute or with "..", stays inside, also while someone changes the tree. Needs Linux 5.6.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

// The folder to work below. kNotFound, kIo.
Result<Fd> open_folder(const std::string& path);

// `path` as seen by a process whose root is `root`. `flags` as for open(2); O_CLOEXEC is added.
Result<Fd> open_in_root(int root, const std::string& path, int flags, mode_t mode = 0);

// The folder `path`, made with its parents (mode 0755) where absent.
Result<Fd> make_folders_in_root(int root, const std::string& path);

// The names in the open folder, in order.
Result<std::vector<std::string>> names_in(int folder);

// `visit` for the entry `name` of `folder` and for all below it, a folder after its content. Links
// are visited and not followed, and what is gone meanwhile is passed over. `entry` is open, not
// always for reading: for fstat, and for calls that take AT_EMPTY_PATH or its path below /proc.
using Visit = std::function<Status(int entry, const struct stat& info)>;
Status visit_tree(int folder, const std::string& name, const Visit& visit);

// The entry `name` of `folder` and all below it; absent is success. Links are removed, not
// followed.
Status remove_entry(int folder, const std::string& name);

// The same by path; the path's own parents are trusted.
Status remove_tree(const std::string& path);

// "./a//b/" -> "a/b", "/" -> "". kInvalid for ".." segments and NUL bytes.
Result<std::string> clean_entry_path(const std::string& path);

}  // namespace slipway::adapter
