// save_artifact: from a container's files to where an artifact is kept.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "adapter/archive/pack.h"
#include "adapter/archive/tree.h"
#include "adapter/blob/artifact.h"
#include "adapter/blob/http_file.h"
#include "adapter/blob/located_store.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;
using Type = pod::ArtifactLocation::Type;

class Save {
 public:
  Save(const pod::OutputArtifact& artifact, Fd root, std::string scratch, port::BlobStore& store)
      : artifact_(artifact), root_(std::move(root)), scratch_(std::move(scratch)), store_(store) {}

  Result<int64_t> save(const std::string& source) {
    TRY_ASSIGN(const Fd found, open_in_root(root_.get(), source, O_PATH));
    struct stat info;
    if (::fstat(found.get(), &info) != 0) return system_error("cannot look at " + source);
    if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
      return Error{ErrorCode::kInvalid, source + " is neither a file nor a folder"};
    }
    if (artifact_.archive != pod::Archive::kNone) {
      TRY_ASSIGN(const std::string packed, packed_file(found.get(), source));
      return put(artifact_.location.key, packed);
    }
    const std::string path = fmt::format("/proc/self/fd/{}", found.get());
    if (S_ISREG(info.st_mode)) return put(artifact_.location.key, path);
    return put_folder(found.get(), source, folder_prefix(artifact_.location.key), 0);
  }

 private:
  Result<std::string> packed_file(int source, const std::string& path) {
    const std::string packed = scratch_ + "/packed";
    PackAs as = PackAs::kTarGzip;
    if (artifact_.archive == pod::Archive::kTar) as = PackAs::kTar;
    if (artifact_.archive == pod::Archive::kZip) as = PackAs::kZip;
    const std::string name = fs::path(path).filename().string();
    TRY(pack(source, name.empty() ? "root" : name, as, artifact_.compression_level, packed));
    return packed;
  }

  Result<int64_t> put(const std::string& key, const std::string& path) {
    struct stat info;
    if (::stat(path.c_str(), &info) != 0) return system_error("cannot look at " + path);
    if (artifact_.location.type == Type::kHttp) {
      TRY(upload(artifact_.location, path));
    } else {
      TRY(store_.put_file(key, path));
    }
    return info.st_size;
  }

  // Without an archive each file is an object of its own. A link to a file inside the container
  // becomes that file; other links and special files have no form as objects and are left out.
  Result<int64_t> put_folder(int folder, const std::string& path, const std::string& prefix,
                             int depth) {
    if (artifact_.location.type == Type::kHttp) {
      return Error{ErrorCode::kInvalid, "a folder without archive can not be sent by HTTP"};
    }
    constexpr int kDepth = 256;
    if (depth > kDepth) return Error{ErrorCode::kLimit, path + ": folders are nested too deep"};
    const Fd listed(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!listed) return system_error("cannot open " + path);
    TRY_ASSIGN(const std::vector<std::string> names, names_in(listed.get()));
    int64_t total = 0;
    for (const auto& name : names) {
      TRY_ASSIGN(const int64_t bytes,
                 put_child(listed.get(), name, path + "/" + name, prefix + name, depth));
      total += bytes;
    }
    return total;
  }

  Result<int64_t> put_child(int folder, const std::string& name, const std::string& path,
                            const std::string& key, int depth) {
    struct stat info;
    if (::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return int64_t{0};
    if (S_ISDIR(info.st_mode)) {
      const Fd child(
          ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!child) return int64_t{0};  // gone meanwhile
      return put_folder(child.get(), path, key + "/", depth + 1);
    }
    if (!S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode)) return int64_t{0};
    Fd file(::openat(folder, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (S_ISLNK(info.st_mode)) {
      auto target = open_in_root(root_.get(), path, O_PATH);
      if (!target.ok()) return int64_t{0};
      file = std::move(*target);
    }
    if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return int64_t{0};
    return put(key, fmt::format("/proc/self/fd/{}", file.get()));
  }

  const pod::OutputArtifact& artifact_;
  Fd root_;
  std::string scratch_;
  port::BlobStore& store_;
};

Status check_location(const pod::ArtifactLocation& location) {
  if (location.type != Type::kGit && location.type != Type::kRaw) return {};
  return Error{ErrorCode::kUnsupported,
               "an output artifact can not be kept in git or as raw content"};
}

// As the container sees it; a host path below the root is understood too.
std::string below(const std::string& root, const std::string& source) {
  if (root.size() > 1 && source.starts_with(root) &&
      (source.size() == root.size() || source[root.size()] == '/')) {
    return source.substr(root.size());
  }
  return source;
}

}  // namespace

Result<pod::SavedArtifact> save_artifact(const pod::OutputArtifact& artifact,
                                         const std::string& root, const std::string& source,
                                         const std::string& scratch, port::BlobStore& store) {
  const auto failed = [&](Error error) {
    error.message = fmt::format("artifact {}: {}", artifact.name, error.text());
    error.where.clear();
    return error;
  };
  if (auto checked = check_location(artifact.location); !checked.ok()) {
    return failed(checked.error());
  }
  const auto located = store_of(artifact.location, store);
  if (!located.ok()) return failed(located.error());
  TRY_ASSIGN(Fd folder, open_folder(root));
  TRY_ASSIGN(const std::string work, make_scratch_folder(scratch));
  const auto bytes = Save(artifact, std::move(folder), work, **located).save(below(root, source));
  const Status removed = remove_tree(work);
  if (!bytes.ok()) return failed(bytes.error());
  if (!removed.ok()) return failed(removed.error());
  return pod::SavedArtifact{artifact.name, artifact.location.key, *bytes,
                            artifact.location.reference};
}

}  // namespace slipway::adapter
