#include "adapter/archive/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "adapter/archive/fd.h"
#include "adapter/archive/locale.h"

namespace slipway::adapter {
namespace {

struct WriterDeleter {
  void operator()(::archive* writer) const { archive_write_free(writer); }
};
using WriterPtr = std::unique_ptr<::archive, WriterDeleter>;

class Packer {
 public:
  explicit Packer(::archive* writer) : writer_(writer), buffer_(256u << 10) {}

  // `path` opens the entry, `name` is its name in the archive.
  Status add(const std::string& path, const struct stat& info, const std::string& name);

 private:
  Status add_file(const std::string& path, const std::string& name);
  Status add_folder(const std::string& path, const struct stat& info, const std::string& name);
  Status add_link(const std::string& path, const struct stat& info, const std::string& name);
  Status write_header(const struct stat& info, const std::string& name, const char* link);
  Status write_content(int fd, int64_t size, const std::string& name);
  Error failure(const std::string& name) const;

  ::archive* writer_;
  std::vector<char> buffer_;
};

Error Packer::failure(const std::string& name) const {
  if (archive_errno(writer_) > 0)
    return system_error("cannot pack " + name, archive_errno(writer_));
  const char* why = archive_error_string(writer_);
  return {ErrorCode::kIo,
          fmt::format("cannot pack {}: {}", name, why != nullptr ? why : "no reason given")};
}

Status Packer::add(const std::string& path, const struct stat& info, const std::string& name) {
  if (S_ISREG(info.st_mode)) return add_file(path, name);
  if (S_ISDIR(info.st_mode)) return add_folder(path, info, name);
  if (S_ISLNK(info.st_mode)) return add_link(path, info, name);
  return {};
}

Status Packer::write_header(const struct stat& info, const std::string& name, const char* link) {
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(),
                                                                       &archive_entry_free);
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_mode(entry.get(), info.st_mode);
  archive_entry_set_uid(entry.get(), info.st_uid);
  archive_entry_set_gid(entry.get(), info.st_gid);
  archive_entry_set_mtime(entry.get(), info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
  archive_entry_set_size(entry.get(), S_ISREG(info.st_mode) ? info.st_size : 0);
  if (link != nullptr) archive_entry_set_symlink(entry.get(), link);
  if (archive_write_header(writer_, entry.get()) < ARCHIVE_WARN) return failure(name);
  return {};
}

Status Packer::add_file(const std::string& path, const std::string& name) {
  // O_NONBLOCK: were it swapped for a pipe, opening must not wait.
  const bool given = path.starts_with("/proc/self/fd/") && path.find('/', 14) == std::string::npos;
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | (given ? 0 : O_NOFOLLOW)));
  if (!fd) {
    if (errno == ENOENT || errno == ELOOP || errno == ENXIO) return {};  // gone meanwhile
    return system_error("cannot open " + name);
  }
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return system_error("cannot look at " + name);
  if (!S_ISREG(info.st_mode)) return {};
  TRY(write_header(info, name, nullptr));
  return write_content(fd.get(), info.st_size, name);
}

// Exactly `size` bytes, as the header says: a file that grows is cut, one that shrinks is filled up
// with zeros by the library.
Status Packer::write_content(int fd, int64_t size, const std::string& name) {
  while (size > 0) {
    const size_t wanted =
        static_cast<size_t>(std::min<int64_t>(size, static_cast<int64_t>(buffer_.size())));
    const ssize_t n = ::read(fd, buffer_.data(), wanted);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot read " + name);
    if (n == 0) break;
    if (archive_write_data(writer_, buffer_.data(), static_cast<size_t>(n)) < 0) {
      return failure(name);
    }
    size -= n;
  }
  return {};
}

Status Packer::add_link(const std::string& path, const struct stat& info, const std::string& name) {
  std::string target(4096, '\0');
  const ssize_t n = ::readlink(path.c_str(), target.data(), target.size());
  if (n < 0) return {};  // gone meanwhile
  target.resize(static_cast<size_t>(n));
  return write_header(info, name, target.c_str());
}

Status Packer::add_folder(const std::string& path, const struct stat& info,
                          const std::string& name) {
  // Children are reached through the open folder, so a swapped parent leads nowhere else.
  const bool given = path.starts_with("/proc/self/fd/") && path.find('/', 14) == std::string::npos;
  const Fd folder(
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | (given ? 0 : O_NOFOLLOW)));
  if (!folder) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return {};
    return system_error("cannot open the folder " + name);
  }
  TRY(write_header(info, name + "/", nullptr));
  const std::string base = fmt::format("/proc/self/fd/{}", folder.get());
  std::vector<std::string> children;
  std::error_code code;
  for (std::filesystem::directory_iterator entry(base, code), end; !code && entry != end;
       entry.increment(code)) {
    children.push_back(entry->path().filename().string());
  }
  if (code) return system_error("cannot list " + name, code.value());
  std::sort(children.begin(), children.end());
  for (const auto& child : children) {
    struct stat child_info;
    if (::fstatat(folder.get(), child.c_str(), &child_info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    TRY(add(base + "/" + child, child_info, name + "/" + child));
  }
  return {};
}

Status configure(::archive* writer, PackAs as, int level) {
  const std::string text = std::to_string(level);
  int code = ARCHIVE_OK;
  if (as == PackAs::kZip) {
    archive_write_set_format_zip(writer);
    if (level >= 0) {
      code = archive_write_set_format_option(writer, "zip", "compression-level", text.c_str());
    }
  } else {
    archive_write_set_format_pax_restricted(writer);
    if (as == PackAs::kTarGzip) {
      archive_write_add_filter_gzip(writer);
      archive_write_set_filter_option(writer, "gzip", "timestamp", nullptr);
      if (level >= 0) {
        code = archive_write_set_filter_option(writer, "gzip", "compression-level", text.c_str());
      }
    }
  }
  if (code < ARCHIVE_WARN) {
    return Error{ErrorCode::kInvalid, "compression level " + text + " is not possible"};
  }
  return {};
}

}  // namespace

Status pack(int source, const std::string& name, PackAs as, int level, const std::string& target) {
  if (level < -1 || level > 9) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("compression level {} is not between 0 and 9", level)};
  }
  const Utf8Scope utf8;
  const WriterPtr writer(archive_write_new());
  TRY(configure(writer.get(), as, level));
  const Fd file(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return system_error("cannot make " + target);
  archive_write_set_bytes_in_last_block(writer.get(), 1);
  if (archive_write_open_fd(writer.get(), file.get()) != ARCHIVE_OK) {
    return Error{ErrorCode::kIo, "cannot write " + target};
  }
  struct stat info;
  if (::fstat(source, &info) != 0) return system_error("cannot look at " + name);
  Packer packer(writer.get());
  const Status added = packer.add(fmt::format("/proc/self/fd/{}", source), info, name);
  if (!added.ok()) {
    archive_write_fail(writer.get());
    return added;
  }
  if (archive_write_close(writer.get()) != ARCHIVE_OK) {
    return system_error("cannot pack " + name, archive_errno(writer.get()));
  }
  return {};
}

}  // namespace slipway::adapter
