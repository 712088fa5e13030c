#include "adapter/archive/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <string_view>
#include <vector>

#include "adapter/archive/attribute.h"
#include "adapter/archive/locale.h"
#include "adapter/archive/tree.h"
#include "adapter/archive/zip_stream.h"

namespace slipway::adapter {
namespace {

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr std::string_view kAufsPrefix = ".wh..wh.";  // aufs' own bookkeeping, no whiteouts

struct EntryDeleter {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using EntryPtr = std::unique_ptr<archive_entry, EntryDeleter>;

class Unpacker {
 public:
  Unpacker(int root, UnpackAs as) : root_(root), as_(as) {}

  Status add(::archive* reader, archive_entry* entry);
  Status finish();
  int64_t entries() const { return entries_; }
  int64_t file_bytes() const { return file_bytes_; }

 private:
  // A folder's mode and time come last: a read-only folder still has to be filled.
  struct Folder {
    std::string path;
    EntryPtr entry;
  };

  Status add_folder(const std::string& path, int parent, const std::string& name,
                    archive_entry* entry);
  Status add_file(::archive* reader, int parent, const std::string& name, archive_entry* entry);
  Status add_hard_link(int parent, const std::string& name, const char* target);
  Status add_node(int parent, const std::string& name, archive_entry* entry);
  Status add_whiteout(int parent, const std::string& name);
  Status write_content(::archive* reader, int fd, const std::string& name);
  Status count(int64_t bytes);

  int root_;
  UnpackAs as_;
  std::vector<Folder> folders_;
  int64_t entries_ = 0;
  int64_t file_bytes_ = 0;
};

std::string entry_text(const char* (*utf8)(archive_entry*), const char* (*bytes)(archive_entry*),
                       archive_entry* entry) {
  const char* text = bytes(entry);
  if (text == nullptr) text = utf8(entry);
  return text != nullptr ? text : "";
}

bool is_whiteout(const struct stat& info) {
  return S_ISCHR(info.st_mode) && info.st_rdev == makedev(0, 0);
}

Status Unpacker::add(::archive* reader, archive_entry* entry) {
  if (++entries_ > kMaxUnpackedEntries) {
    return Error{ErrorCode::kLimit,
                 fmt::format("the archive has more than {} entries", kMaxUnpackedEntries)};
  }
  const std::string given = entry_text(archive_entry_pathname_utf8, archive_entry_pathname, entry);
  TRY_ASSIGN(const std::string path, clean_entry_path(given));
  if (path.empty()) {  // the folder itself
    if (as_ == UnpackAs::kLayer && archive_entry_filetype(entry) == AE_IFDIR) {
      folders_.push_back({".", EntryPtr(archive_entry_clone(entry))});
    }
    return {};
  }
  const size_t slash = path.rfind('/');
  const std::string parent_path = slash == std::string::npos ? "" : path.substr(0, slash);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  TRY_ASSIGN(const Fd parent, make_folders_in_root(root_, parent_path));

  if (as_ == UnpackAs::kLayer && name.starts_with(kWhiteout)) {
    if (name == kOpaque) return make_opaque(parent.get());
    if (name.starts_with(kAufsPrefix)) return {};
    return add_whiteout(parent.get(), name.substr(kWhiteout.size()));
  }
  if (archive_entry_filetype(entry) == AE_IFDIR) {
    return add_folder(path, parent.get(), name, entry);
  }
  TRY(remove_entry(parent.get(), name));
  if (const char* target = archive_entry_hardlink(entry); target != nullptr) {
    return add_hard_link(parent.get(), name, target);
  }
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return add_file(reader, parent.get(), name, entry);
    case AE_IFLNK: {
      const std::string target =
          entry_text(archive_entry_symlink_utf8, archive_entry_symlink, entry);
      if (::symlinkat(target.c_str(), parent.get(), name.c_str()) != 0) {
        return system_error("cannot make the link " + path);
      }
      return apply_attributes(parent.get(), name, entry, as_);
    }
    default:
      return add_node(parent.get(), name, entry);
  }
}

Status Unpacker::add_folder(const std::string& path, int parent, const std::string& name,
                            archive_entry* entry) {
  struct stat info;
  bool opaque = false;
  if (::fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(info.st_mode)) {
    opaque = is_whiteout(info);  // removed below, made anew here: nothing shows through
    TRY(remove_entry(parent, name));
  }
  if (::mkdirat(parent, name.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_error("cannot make the folder " + path);
  }
  if (opaque) {
    const Fd folder(
        ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) return system_error("cannot open the folder " + path);
    TRY(make_opaque(folder.get()));
  }
  folders_.push_back({path, EntryPtr(archive_entry_clone(entry))});
  return {};
}

Status Unpacker::add_file(::archive* reader, int parent, const std::string& name,
                          archive_entry* entry) {
  const Fd fd(
      ::openat(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return system_error("cannot make the file " + name);
  const int64_t before = file_bytes_;
  TRY(write_content(reader, fd.get(), name));
  if (as_ == UnpackAs::kFiles && archive_entry_size_is_set(entry) != 0) {
    // Holes count too: they become bytes wherever the file is copied to.
    TRY(count(std::max<int64_t>(archive_entry_size(entry) - (file_bytes_ - before), 0)));
  }
  if (archive_entry_size_is_set(entry) != 0 &&
      ::ftruncate(fd.get(), archive_entry_size(entry)) != 0) {
    return system_error("cannot size the file " + name);
  }
  return apply_attributes(parent, name, entry, as_);
}

Status Unpacker::write_content(::archive* reader, int fd, const std::string& name) {
  for (;;) {
    const void* block = nullptr;
    size_t size = 0;
    la_int64_t offset = 0;
    const int code = archive_read_data_block(reader, &block, &size, &offset);
    if (code == ARCHIVE_EOF) return {};
    if (code < ARCHIVE_OK) {  // a zip's wrong checksum is but a warning to the library
      const char* why = archive_error_string(reader);
      return Error{ErrorCode::kInvalid, fmt::format("the archive is damaged in {}: {}", name,
                                                    why != nullptr ? why : "no reason given")};
    }
    TRY(count(static_cast<int64_t>(size)));
    const char* next = static_cast<const char*>(block);
    while (size > 0) {
      const ssize_t n = ::pwrite(fd, next, size, offset);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return system_error("cannot write " + name);
      next += n;
      offset += n;
      size -= static_cast<size_t>(n);
    }
  }
}

Status Unpacker::count(int64_t bytes) {
  if (bytes <= kMaxUnpackedBytes - file_bytes_) {
    file_bytes_ += bytes;
    return {};
  }
  return Error{ErrorCode::kLimit,
               fmt::format("the archive unpacks to more than {} bytes", kMaxUnpackedBytes)};
}

Status Unpacker::add_hard_link(int parent, const std::string& name, const char* target) {
  TRY_ASSIGN(const std::string path, clean_entry_path(target));
  const size_t slash = path.rfind('/');
  const std::string folder_path = slash == std::string::npos ? "" : path.substr(0, slash);
  const std::string leaf = slash == std::string::npos ? path : path.substr(slash + 1);
  auto folder = open_in_root(root_, folder_path, O_RDONLY | O_DIRECTORY);
  if (folder.ok() && ::linkat(folder->get(), leaf.c_str(), parent, name.c_str(), 0) == 0) return {};
  return Error{ErrorCode::kInvalid,
               fmt::format("the hard link {} leads to {}, which is not in the archive before it",
                           name, path)};
}

Status Unpacker::add_node(int parent, const std::string& name, archive_entry* entry) {
  const mode_t type = archive_entry_filetype(entry);
  const dev_t device = archive_entry_rdev(entry);
  if (as_ == UnpackAs::kFiles) return {};
  if (type == AE_IFCHR || type == AE_IFBLK) {
    if (type == AE_IFCHR && device == makedev(0, 0)) {
      return Error{ErrorCode::kInvalid,
                   "the layer has a ready-made overlayfs whiteout, " + name + "; refused"};
    }
    if (::geteuid() != 0) return {};  // as every rootless runtime: /dev is made at start
  }
  if (::mknodat(parent, name.c_str(), type | 0600, device) != 0) {
    return system_error("cannot make the device " + name);
  }
  return apply_attributes(parent, name, entry, as_);
}

Status Unpacker::add_whiteout(int parent, const std::string& name) {
  if (name.empty() || name == "." || name == "..") {
    return Error{ErrorCode::kInvalid, "the layer has a whiteout without a name; refused"};
  }
  struct stat info;
  if (::fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) {
    // The same layer brings the name anew; only a folder would let the old content through.
    if (!S_ISDIR(info.st_mode)) return {};
    const Fd folder(
        ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) return system_error("cannot open the folder " + name);
    return make_opaque(folder.get());
  }
  if (::mknodat(parent, name.c_str(), S_IFCHR, makedev(0, 0)) != 0) {
    return system_error("cannot make the whiteout of " + name);
  }
  return {};
}

Status Unpacker::finish() {
  for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) {
    const size_t slash = folder->path.rfind('/');
    const bool nested = slash != std::string::npos;
    auto parent =
        open_in_root(root_, nested ? folder->path.substr(0, slash) : "", O_RDONLY | O_DIRECTORY);
    if (!parent.ok()) continue;  // a later entry took its place
    const std::string name = nested ? folder->path.substr(slash + 1) : folder->path;
    struct stat info;
    if (::fstatat(parent->get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISDIR(info.st_mode)) {
      continue;
    }
    TRY(apply_attributes(parent->get(), name, folder->entry.get(), as_));
  }
  return {};
}

Status unpack_entries(::archive* reader, Unpacker& unpacker, const char* kind) {
  for (;;) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(reader, &entry);
    if (code == ARCHIVE_EOF) return unpacker.finish();
    if (code < ARCHIVE_WARN) {
      const char* why = archive_error_string(reader);
      return Error{ErrorCode::kInvalid, fmt::format("the {} file is damaged: {}", kind,
                                                    why != nullptr ? why : "no reason given")};
    }
    TRY(unpacker.add(reader, entry));
  }
}

}  // namespace

Result<Unpacked> unpack_tar(Fd file, const std::string& folder, UnpackAs as) {
  const Utf8Scope utf8;
  TRY_ASSIGN(const Fd root, open_folder(folder));
  TarStream stream(std::move(file));
  TRY(stream.status());
  Unpacker unpacker(root.get(), as);
  TRY(unpack_entries(stream.reader(), unpacker, "tar"));
  Unpacked unpacked;
  TRY_ASSIGN(unpacked.digests, stream.finish());
  unpacked.entries = unpacker.entries();
  unpacked.file_bytes = unpacker.file_bytes();
  return unpacked;
}

Status unpack_zip(Fd file, const std::string& folder) {
  const Utf8Scope utf8;
  TRY_ASSIGN(const Fd root, open_folder(folder));
  ZipStream stream(std::move(file));
  TRY(stream.status());
  Unpacker unpacker(root.get(), UnpackAs::kFiles);
  return unpack_entries(stream.reader(), unpacker, "zip");
}

}  // namespace slipway::adapter
