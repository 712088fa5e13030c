// load_artifact: from where an artifact is kept to where a container expects it.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

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
    TRY_ASSIGN(const std::string name, clean_entry_path(blob.key.substr(prefix.size())));
    const fs::path path = fs::path(folder) / name;
    std::error_code code;
    fs::create_directories(path.parent_path(), code);
    if (code) return system_error("cannot make the folder of " + name, code.value());
    TRY(store.get_file(blob.key, path.string()));
  }
  return {};
}

class Load {
 public:
  Load(const pod::InputArtifact& artifact, std::string scratch, port::BlobStore& store)
      : artifact_(artifact), scratch_(std::move(scratch)), store_(store) {}

  // The artifact as a file or a folder below the scratch folder.
  Result<std::string> fetch() {
    const std::string file = scratch_ + "/file";
    const pod::ArtifactLocation& location = artifact_.location;
    switch (location.type) {
      case Type::kRaw:
        TRY(write_file_atomically(file, location.raw, kFileMode));
        return inside(file);
      case Type::kHttp:
        TRY(download(location, file));
        return inside_unpacked(file);
      case Type::kGit:
        TRY(clone_git(location.options, scratch_ + "/tree", scratch_));
        return inside(scratch_ + "/tree");
      case Type::kStore:
      case Type::kS3:
        return fetch_stored(location.key, file);
    }
    return Error{ErrorCode::kUnsupported, "this kind of artifact can not be loaded"};
  }

 private:
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
      return inside(tree);
    }
    const Status got = store_.get_file(key, file);
    if (got.ok()) return inside_unpacked(file);
    if (got.error().code != ErrorCode::kNotFound) return got.error();
    const Status folder = load_folder(key, tree, store_);
    if (folder.ok()) return inside(tree);
    return folder.error().code == ErrorCode::kNotFound ? got.error() : folder.error();
  }

  // A tar with one entry is that entry; with several, a folder of them (spec rule 68).
  Result<std::string> inside_unpacked(const std::string& file) {
    TRY_ASSIGN(const FileKind kind, recognise_file(file));
    if (kind != FileKind::kTar) return inside(file);
    const std::string tree = scratch_ + "/tree";
    if (::mkdir(tree.c_str(), 0755) != 0) return system_error("cannot make " + tree);
    Fd tar(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!tar) return system_error("cannot open " + file);
    TRY(unpack_tar(std::move(tar), tree, UnpackAs::kFiles));
    if (::unlink(file.c_str()) != 0) return system_error("cannot remove " + file);
    std::string only;
    int count = 0;
    std::error_code code;
    for (fs::directory_iterator entry(tree, code), end; !code && entry != end;
         entry.increment(code)) {
      only = entry->path().string();
      ++count;
    }
    if (code) return system_error("cannot list " + tree, code.value());
    return inside(count == 1 ? only : tree);
  }

  Result<std::string> inside(const std::string& path) const {
    if (artifact_.sub_path.empty() || sub_path_used_) return path;
    TRY_ASSIGN(const Fd root, open_folder(path));
    TRY_ASSIGN(const std::string clean, clean_entry_path(artifact_.sub_path));
    auto found = open_in_root(root.get(), clean, O_PATH);
    if (!found.ok()) {
      return Error{found.error().code,
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
  bool sub_path_used_ = false;
};

// By rename; by copy where the target is on another file system (a volume).
Status move_entry(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  if (errno != EXDEV) return system_error("cannot place " + to);
  std::error_code code;
  fs::copy(from, to,
           fs::copy_options::recursive | fs::copy_options::copy_symlinks |
               fs::copy_options::overwrite_existing,
           code);
  if (code) return system_error("cannot place " + to, code.value());
  return remove_tree(from);
}

// A folder is merged into a folder that is there (a volume's root); anything else is replaced.
Status place(const std::string& from, const std::string& to) {
  struct stat source, target;
  if (::lstat(from.c_str(), &source) != 0) return system_error("cannot look at " + from);
  if (::lstat(to.c_str(), &target) != 0) return move_entry(from, to);
  if (!S_ISDIR(target.st_mode)) {
    if (S_ISDIR(source.st_mode) && ::unlink(to.c_str()) != 0) {
      return system_error("cannot replace " + to);
    }
    return move_entry(from, to);
  }
  if (!S_ISDIR(source.st_mode)) {
    if (::rmdir(to.c_str()) == 0) return move_entry(from, to);
    return Error{ErrorCode::kConflict,
                 fmt::format("{} is a folder with content, the artifact is a file", to)};
  }
  std::error_code code;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(from, code), end; !code && entry != end;
       entry.increment(code)) {
    names.push_back(entry->path().filename().string());
  }
  if (code) return system_error("cannot list " + from, code.value());
  for (const auto& name : names) TRY(place(from + "/" + name, to + "/" + name));
  return {};
}

// Links keep their mode: chmod would reach what they name.
Status set_mode(const std::string& path, uint32_t mode, bool recurse) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0) return system_error("cannot look at " + path);
  if (S_ISLNK(info.st_mode)) return {};
  if (recurse && S_ISDIR(info.st_mode)) {
    std::error_code code;
    for (fs::directory_iterator entry(path, code), end; !code && entry != end;
         entry.increment(code)) {
      TRY(set_mode(entry->path().string(), mode, true));
    }
    if (code) return system_error("cannot list " + path, code.value());
  }
  if (::chmod(path.c_str(), mode & 07777) != 0) return system_error("cannot set mode of " + path);
  return {};
}

}  // namespace

Status load_artifact(const pod::InputArtifact& artifact, const std::string& target,
                     const std::string& scratch, port::BlobStore& store) {
  TRY_ASSIGN(const std::string work, make_scratch_folder(scratch));
  const Status loaded = [&]() -> Status {
    TRY_ASSIGN(const auto located, store_of(artifact.location, store));
    Load load(artifact, work, *located);
    TRY_ASSIGN(const std::string fetched, load.fetch());
    if (artifact.mode) TRY(set_mode(fetched, *artifact.mode, artifact.recurse_mode));
    std::error_code code;
    fs::create_directories(fs::path(target).parent_path(), code);
    if (code) return system_error("cannot make the folder of " + target, code.value());
    return place(fetched, target);
  }();
  const Status removed = remove_tree(work);
  if (loaded.ok()) return removed;
  Error error = loaded.error();
  error.message = fmt::format("artifact {}: {}", artifact.name, error.text());
  error.where.clear();
  return error;
}

}  // namespace slipway::adapter
