// load_artifact: from where an artifact is kept to where a container expects it.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "adapter/archive/move.h"
#include "adapter/archive/tree.h"
#include "adapter/archive/unpack.h"
#include "adapter/blob/artifact.h"
#include "adapter/blob/git_clone.h"
#include "adapter/blob/http_file.h"
#include "adapter/blob/located_store.h"
#include "core/pod/plan.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;
using Type = pod::ArtifactLocation::Type;

constexpr mode_t kFileMode = 0644;

// All objects below a key prefix: how a folder is kept without an archive.
Status load_folder(const std::string& key, const std::string& folder, port::BlobStore& store) {
  const std::string prefix = folder_prefix(key);
  TRY_ASSIGN(const std::vector<port::BlobInfo> blobs, store.list(prefix));
  if (blobs.empty()) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no artifact \"{}\"", key)};
  }
  for (const auto& blob : blobs) {
    const auto name = clean_entry_path(blob.key.substr(prefix.size()));
    if (!name.ok()) {
      return Error{name.error().code,
                   fmt::format("the key \"{}\": {}", blob.key, name.error().text())};
    }
    const fs::path path = fs::path(folder) / *name;
    std::error_code code;
    fs::create_directories(path.parent_path(), code);
    if (code) return system_error("cannot make the folder of " + *name, code.value());
    TRY(store.get_file(blob.key, path.string()));
  }
  return {};
}

class Load {
 public:
  Load(const pod::InputArtifact& artifact, std::string scratch, port::BlobStore& store,
       std::stop_token stop)
      : artifact_(artifact), scratch_(std::move(scratch)), store_(store), stop_(std::move(stop)) {}

  // The artifact as a file or a folder below the scratch folder.
  Result<std::string> fetch() {
    const std::string file = scratch_ + "/file";
    const pod::ArtifactLocation& location = artifact_.location;
    switch (location.type) {
      case Type::kRaw:
        TRY(write_file_atomically(file, location.raw, kFileMode));
        return inside_unpacked(file);
      case Type::kHttp:
        TRY(download_to(file));
        return inside_unpacked(file);
      case Type::kGit:
        TRY(clone_git(location.options, scratch_ + "/tree", scratch_, stop_));
        return inside_folder(scratch_ + "/tree");
      case Type::kStore:
      case Type::kS3:
        return fetch_stored(location.key, file);
    }
    return Error{ErrorCode::kUnsupported, "this kind of artifact can not be loaded"};
  }

 private:
  Status download_to(const std::string& file) {
    const Fd into(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
    if (!into) return system_error("cannot make " + file);
    return download(artifact_.location, into.get());
  }

  Result<std::string> fetch_stored(const std::string& key, const std::string& file) {
    // A sub path may be part of the key (a folder kept as it is) or inside the archive.
    if (!artifact_.sub_path.empty()) {
      const std::string deeper = folder_prefix(key) + artifact_.sub_path;
      const auto here = store_.stat(deeper);
      const auto below = store_.list(deeper + "/");
      if (here.ok() || (below.ok() && !below->empty())) {
        sub_path_used_ = true;
        return fetch_key(deeper, file);
      }
    }
    return fetch_key(key, file);
  }

  Result<std::string> fetch_key(const std::string& key, const std::string& file) {
    const std::string tree = scratch_ + "/tree";
    if (key.ends_with('/')) {  // it names a folder and nothing else
      TRY(load_folder(key, tree, store_));
      return inside_folder(tree);
    }
    const Status got = store_.get_file(key, file);
    if (got.ok()) return inside_unpacked(file);
    if (got.error().code != ErrorCode::kNotFound) return got.error();
    const Status folder = load_folder(key, tree, store_);
    if (folder.ok()) return inside_folder(tree);
    return folder.error().code == ErrorCode::kNotFound ? got.error() : folder.error();
  }

  // What the file is unpacked as, if at all.
  Result<pod::Archive> archive_of(const std::string& file) const {
    if (artifact_.archive) return *artifact_.archive;
    TRY_ASSIGN(const bool tar, is_tar_gzip(file));
    return tar ? pod::Archive::kTarGzip : pod::Archive::kNone;
  }

  // An archive with one entry is that entry; with several, a folder of them (spec rule 68).
  Result<std::string> inside_unpacked(const std::string& file) {
    TRY_ASSIGN(const pod::Archive archive, archive_of(file));
    if (archive == pod::Archive::kNone) return inside(file);
    const std::string tree = scratch_ + "/tree";
    TRY(unpack(file, archive, tree));
    TRY_ASSIGN(const Fd root, open_folder(tree));
    TRY_ASSIGN(const std::vector<std::string> names, names_in(root.get()));
    return inside(names.size() == 1 ? tree + "/" + names[0] : tree);
  }

  Status unpack(const std::string& file, pod::Archive archive, const std::string& tree) const {
    if (::mkdir(tree.c_str(), 0755) != 0) return system_error("cannot make " + tree);
    Fd packed(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!packed) return system_error("cannot open " + file);
    if (::unlink(file.c_str()) != 0) return system_error("cannot remove " + file);
    if (archive == pod::Archive::kZip) return unpack_zip(std::move(packed), tree);
    TRY(unpack_tar(std::move(packed), tree, UnpackAs::kFiles));
    return {};
  }

  // A repository, or what lies below a key.
  Result<std::string> inside_folder(const std::string& tree) const {
    if (!artifact_.archive || *artifact_.archive == pod::Archive::kNone) return inside(tree);
    return Error{ErrorCode::kInvalid,
                 fmt::format("it is a folder, but its `archive` says that it is a {} file: say "
                             "`archive: {{none: {{}}}}`, or nothing",
                             *artifact_.archive == pod::Archive::kZip ? "zip" : "tar")};
  }

  Result<std::string> inside(const std::string& path) const {
    if (artifact_.sub_path.empty() || sub_path_used_) return path;
    TRY_ASSIGN(const std::string clean, clean_entry_path(artifact_.sub_path));
    const auto root = open_folder(path);  // a file has nothing inside
    auto found = root.ok() ? open_in_root(root->get(), clean, O_PATH) : Result<Fd>(root.error());
    if (!found.ok()) {
      return Error{ErrorCode::kNotFound,
                   fmt::format("the artifact has no \"{}\" inside", artifact_.sub_path)};
    }
    // Where links led to, still inside.
    std::error_code code;
    const fs::path real = fs::read_symlink(fmt::format("/proc/self/fd/{}", found->get()), code);
    if (code) return system_error("cannot resolve " + clean, code.value());
    return real.string();
  }

  const pod::InputArtifact& artifact_;
  std::string scratch_;
  port::BlobStore& store_;
  std::stop_token stop_;
  bool sub_path_used_ = false;
};

// The entry that `path` names in its folder.
struct Entry {
  Fd folder;
  std::string name;
};

Result<Entry> entry_of(const fs::path& path) {
  TRY_ASSIGN(Fd folder, open_folder(path.parent_path().string()));
  return Entry{std::move(folder), path.filename().string()};
}

Status give(const Entry& entry, uint32_t user, uint32_t group) {
  if (user == 0 && group == 0) return {};
  return visit_tree(entry.folder.get(), entry.name, [&](int fd, const struct stat&) -> Status {
    if (::fchownat(fd, "", user, group, AT_EMPTY_PATH) == 0) return {};
    return system_error("cannot give it to its user");
  });
}

// Links keep their mode: chmod would reach what they name.
Status set_mode(int fd, const struct stat& info, uint32_t mode) {
  if (S_ISLNK(info.st_mode)) return {};
  if (::chmod(fmt::format("/proc/self/fd/{}", fd).c_str(), mode & 07777) == 0) return {};
  return system_error("cannot set its mode");
}

Status set_modes(const Entry& entry, uint32_t mode, bool recurse) {
  if (recurse) {
    return visit_tree(entry.folder.get(), entry.name,
                      [&](int fd, const struct stat& info) { return set_mode(fd, info, mode); });
  }
  const Fd fd(::openat(entry.folder.get(), entry.name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat info;
  if (!fd || ::fstat(fd.get(), &info) != 0) return system_error("cannot look at " + entry.name);
  return set_mode(fd.get(), info, mode);
}

}  // namespace

Status load_artifact(const pod::InputArtifact& artifact, const ArtifactPlace& place,
                     const std::string& scratch, port::BlobStore& store, std::stop_token stop) {
  TRY_ASSIGN(const std::string work, make_scratch_folder(scratch));
  const Status loaded = [&]() -> Status {
    TRY_ASSIGN(const auto located, store_of(artifact.location, store));
    Load load(artifact, work, *located, stop);
    TRY_ASSIGN(const std::string path, load.fetch());
    if (stop.stop_requested()) return Error{ErrorCode::kConflict, "it was to be loaded no more"};
    // Owners and modes are set here, where nobody but us changes anything.
    TRY_ASSIGN(const Entry entry, entry_of(path));
    TRY(give(entry, place.user, place.group));
    if (artifact.mode) TRY(set_modes(entry, *artifact.mode, artifact.recurse_mode));
    return move_entry(entry.folder.get(), entry.name, place.folder, place.name);
  }();
  const Status removed = remove_tree(work);
  if (loaded.ok()) return removed;
  Error error = loaded.error();
  error.message = fmt::format("artifact {}: {}", artifact.name, error.text());
  error.where.clear();
  return error;
}

}  // namespace slipway::adapter
