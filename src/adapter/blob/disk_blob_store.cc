#include "adapter/blob/disk_blob_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "adapter/archive/fd.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIncoming = ".incoming";  // unfinished writes
constexpr size_t kSegmentBytes = 255;                // a file name's limit
constexpr size_t kKeyBytes = 1024;                   // as in S3

Error bad_key(const std::string& key, const std::string& why) {
  return {ErrorCode::kInvalid, fmt::format("artifact key \"{}\": {}", key, why)};
}

Status check_key(const std::string& key) {
  if (key.size() > kKeyBytes) return bad_key(key, "longer than 1024 bytes");
  size_t start = 0;
  while (start <= key.size()) {
    const size_t end = std::min(key.find('/', start), key.size());
    const std::string_view segment = std::string_view(key).substr(start, end - start);
    if (segment.empty()) return bad_key(key, "a segment between slashes is empty");
    if (segment == "." || segment == "..") return bad_key(key, "\".\" and \"..\" are not allowed");
    if (segment.size() > kSegmentBytes) return bad_key(key, "a segment is longer than 255 bytes");
    if (start == 0 && segment == kIncoming) return bad_key(key, "this name is reserved");
    for (const char c : segment) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7f) return bad_key(key, "it holds a control character");
    }
    start = end + 1;
  }
  return {};
}

Error not_found(const std::string& key) {
  return {ErrorCode::kNotFound, fmt::format("there is no artifact \"{}\"", key)};
}

// The key's file, opened for reading.
Result<Fd> open_blob(const std::string& root, const std::string& key) {
  TRY(check_key(key));
  Fd fd(::open((root + "/" + key).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return not_found(key);
    return system_error(fmt::format("cannot open the artifact \"{}\"", key));
  }
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return system_error("cannot look at the artifact " + key);
  if (!S_ISREG(info.st_mode)) return not_found(key);
  return fd;
}

Status sync_folder(const std::string& path) {
  const Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return system_error("cannot sync " + path);
  return {};
}

// From the new file's folder up to the root, so that new folders are durable too.
Status sync_up_to(const std::string& root, fs::path folder) {
  while (folder.native().size() >= root.size()) {
    TRY(sync_folder(folder.string()));
    if (folder == root) break;
    folder = folder.parent_path();
  }
  return {};
}

Status write_synced(const std::string& from, const std::string& to) {
  const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source) return system_error("cannot open " + from);
  const Fd target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!target) return system_error("cannot make " + to);
  TRY(copy_bytes(source.get(), target.get(), from));
  if (::fsync(target.get()) != 0) return system_error("cannot sync " + to);
  return {};
}

}  // namespace

DiskBlobStore::DiskBlobStore(std::string root) : root_(fs::path(root).lexically_normal().string()) {
  while (root_.size() > 1 && root_.ends_with('/')) root_.pop_back();
}

Status DiskBlobStore::put_file(const std::string& key, const std::string& path) {
  TRY(check_key(key));
  const std::string incoming = root_ + "/" + std::string(kIncoming);
  const fs::path target = root_ + "/" + key;
  std::error_code code;
  fs::create_directories(incoming, code);
  if (code) return system_error("cannot make the folder " + incoming, code.value());
  const std::string temporary = incoming + "/" + random_name();
  Status status = write_synced(path, temporary);
  // A remove() of the last key beside ours may take the folder away again: make it anew.
  for (int attempt = 0; status.ok(); ++attempt) {
    fs::create_directories(target.parent_path(), code);
    if (!code && ::rename(temporary.c_str(), target.c_str()) == 0) {
      return sync_up_to(root_, target.parent_path());
    }
    const int why = code ? code.value() : errno;
    if (why == ENOENT && attempt < 100) continue;
    if (why == EISDIR || why == ENOTDIR || why == EEXIST) {
      status = Error{ErrorCode::kConflict,
                     fmt::format("artifact key \"{}\": one key can not be the folder of another; "
                                 "give the artifact another key",
                                 key)};
    } else {
      status = system_error(fmt::format("cannot store the artifact \"{}\"", key), why);
    }
  }
  ::unlink(temporary.c_str());
  return status;
}

Status DiskBlobStore::get_file(const std::string& key, const std::string& path) {
  TRY_ASSIGN(const Fd source, open_blob(root_, key));
  const Fd target(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!target) return system_error("cannot make " + path);
  return copy_bytes(source.get(), target.get(), fmt::format("the artifact \"{}\"", key));
}

Result<std::string> DiskBlobStore::get(const std::string& key, uint64_t offset, size_t max_bytes) {
  TRY_ASSIGN(const Fd source, open_blob(root_, key));
  struct stat info;
  if (::fstat(source.get(), &info) != 0) return system_error("cannot look at the artifact " + key);
  const auto size = static_cast<uint64_t>(info.st_size);
  std::string content(offset >= size ? 0 : std::min<uint64_t>(max_bytes, size - offset), '\0');
  size_t have = 0;
  while (have < content.size()) {
    const ssize_t n = ::pread(source.get(), content.data() + have, content.size() - have,
                              static_cast<off_t>(offset + have));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot read the artifact " + key);
    if (n == 0) break;
    have += static_cast<size_t>(n);
  }
  content.resize(have);
  return content;
}

Result<port::BlobInfo> DiskBlobStore::stat(const std::string& key) {
  TRY_ASSIGN(const Fd source, open_blob(root_, key));
  struct stat info;
  if (::fstat(source.get(), &info) != 0) return system_error("cannot look at the artifact " + key);
  return port::BlobInfo{key, info.st_size};
}

Status DiskBlobStore::remove(const std::string& key) {
  TRY(check_key(key));
  const fs::path target = root_ + "/" + key;
  if (::unlink(target.c_str()) != 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == EISDIR) return {};
    return system_error(fmt::format("cannot remove the artifact \"{}\"", key));
  }
  // Folders that are empty now go too; the first that is not stops it.
  for (fs::path folder = target.parent_path(); folder.native().size() > root_.size();
       folder = folder.parent_path()) {
    if (::rmdir(folder.c_str()) != 0) break;
  }
  return {};
}

Result<std::vector<port::BlobInfo>> DiskBlobStore::list(const std::string& prefix) {
  std::vector<port::BlobInfo> found;
  // The deepest folder that the prefix names bounds the walk.
  const size_t slash = prefix.rfind('/');
  const std::string base = slash == std::string::npos ? "" : prefix.substr(0, slash);
  if (!base.empty()) TRY(check_key(base));
  std::error_code code;
  fs::recursive_directory_iterator walk(base.empty() ? root_ : root_ + "/" + base, code);
  if (code) {
    if (code.value() == ENOENT || code.value() == ENOTDIR) return found;
    return system_error("cannot list " + root_ + "/" + base, code.value());
  }
  for (; walk != fs::recursive_directory_iterator(); walk.increment(code)) {
    if (code) break;
    const std::string key = walk->path().string().substr(root_.size() + 1);
    if (key == kIncoming) {
      walk.disable_recursion_pending();
      continue;
    }
    struct stat info;
    if (!key.starts_with(prefix) || ::lstat(walk->path().c_str(), &info) != 0) continue;
    if (S_ISREG(info.st_mode)) found.push_back({key, info.st_size});
  }
  if (code && code.value() != ENOENT) {
    return system_error("cannot list the artifacts", code.value());
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return found;
}

}  // namespace slipway::adapter
