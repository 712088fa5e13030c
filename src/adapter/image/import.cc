// ImageStore::import: files that hold an image, in the forms people have them.
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "adapter/archive/digest.h"
#include "adapter/archive/locale.h"
#include "adapter/archive/tree.h"
#include "adapter/archive/unpack.h"
#include "adapter/image/image_store.h"
#include "adapter/image/layer.h"
#include "adapter/image/lock.h"
#include "adapter/image/oci.h"
#include "adapter/image/reference.h"
#include "adapter/image/save_image.h"

namespace slipway::adapter {
namespace {

enum class Form { kRootfs, kDockerArchive, kOciArchive };

constexpr Duration kImportLockTimeout = Duration::seconds(1800);

// What `docker save` and OCI archives have at their top; anything else is a root file system.
bool belongs_to_archive(const std::string& path) {
  const std::string top = path.substr(0, path.find('/'));
  constexpr std::array<std::string_view, 5> names = {"blobs", "oci-layout", "index.json",
                                                     "manifest.json", "repositories"};
  for (const auto name : names) {
    if (top == name) return true;
  }
  const std::string stem = top.substr(0, top.find('.'));  // <hex>/layer.tar, <hex>.json, <hex>.tar
  return stem.size() == 64 && stem.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Result<Form> recognise(const std::string& path) {
  const Utf8Scope utf8;
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_error("cannot open " + path);
  TarStream stream(std::move(file));
  TRY(stream.status());
  bool layout = false, docker = false;
  for (;;) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(stream.reader(), &entry);
    if (code == ARCHIVE_EOF) break;
    if (code < ARCHIVE_WARN) {
      return Error{ErrorCode::kInvalid,
                   "it is no tar file (plain or compressed with gzip, zstd, xz or bzip2), or it is "
                   "damaged"};
    }
    const char* given = archive_entry_pathname(entry);
    TRY_ASSIGN(const std::string name, clean_entry_path(given != nullptr ? given : "?"));
    if (name.empty()) continue;
    if (!belongs_to_archive(name)) return Form::kRootfs;
    layout = layout || name == "oci-layout";
    docker = docker || name == "manifest.json";
  }
  // New versions of Docker write both; the manifest of the layout says more.
  if (layout) return Form::kOciArchive;
  return docker ? Form::kDockerArchive : Form::kRootfs;
}

Result<Image> add_rootfs(const StorePaths& paths, Image image, const std::string& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_error("cannot open " + path);
  TRY_ASSIGN(const Layer layer, add_layer(paths, {std::move(file), "", ""}));
  image.layers = {paths.layer(layer.diff_id)};
  image.size_bytes = layer.size_bytes;
  const json::object config = {
      {"architecture", machine_architecture()},
      {"os", "linux"},
      {"config", config_to_json(image.config)},
      {"rootfs", {{"type", "layers"}, {"diff_ids", json::array{"sha256:" + layer.diff_id}}}}};
  image.digest = "sha256:" + sha256_hex(print_json(config));
  return image;
}

Result<Image> add_content(const StorePaths& paths, Image image, int root,
                          const ImageContent& content) {
  image.digest = content.digest;
  image.config = content.config;
  for (const LayerFile& part : content.layers) {
    auto file = open_in_root(root, part.path, O_RDONLY);
    if (!file.ok()) {
      return Error{ErrorCode::kInvalid, "its layer is missing: " + file.error().text()};
    }
    TRY_ASSIGN(const Layer layer, add_layer(paths, {std::move(*file), part.blob, part.diff_id}));
    image.layers.push_back(paths.layer(layer.diff_id));
    image.size_bytes += layer.size_bytes;
  }
  return image;
}

Result<Image> add_folder(const StorePaths& paths, Image image, const std::string& folder,
                         Form form) {
  TRY_ASSIGN(const Fd root, open_folder(folder));
  TRY_ASSIGN(const Reference reference, parse_reference(image.name));
  if (form == Form::kDockerArchive) {
    TRY_ASSIGN(const ImageContent content, read_docker_archive(root.get(), image));
    return add_content(paths, std::move(image), root.get(), content);
  }
  TRY_ASSIGN(const ImageContent content, read_oci_layout(root.get(), reference.tag));
  return add_content(paths, std::move(image), root.get(), content);
}

Result<Image> add_archive(const StorePaths& paths, Image image, const std::string& path,
                          Form form) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_error("cannot open " + path);
  TRY_ASSIGN(const std::string scratch, make_scratch_folder(paths.scratch()));
  auto unpacked = unpack_tar(std::move(file), scratch, UnpackAs::kFiles);
  Result<Image> added = unpacked.ok() ? add_folder(paths, std::move(image), scratch, form)
                                      : Result<Image>(unpacked.error());
  const Status removed = remove_tree(scratch);
  if (added.ok() && !removed.ok()) return removed.error();
  return added;
}

Result<Image> add_any(const StorePaths& paths, Image image, const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return system_error("cannot open " + path);
  if (S_ISDIR(info.st_mode)) {
    if (::access((path + "/oci-layout").c_str(), F_OK) != 0) {
      return Error{ErrorCode::kInvalid,
                   "a folder must be an OCI layout (it has no file oci-layout); pack a root file "
                   "system with tar first"};
    }
    return add_folder(paths, std::move(image), path, Form::kOciArchive);
  }
  TRY_ASSIGN(const Form form, recognise(path));
  if (form == Form::kRootfs) return add_rootfs(paths, std::move(image), path);
  return add_archive(paths, std::move(image), path, form);
}

}  // namespace

Result<Image> ImageStore::import(const std::string& reference, const std::string& path,
                                 const ImageConfig* config) {
  TRY_ASSIGN(const Reference parsed, parse_reference(reference));
  if (!parsed.digest.empty()) {
    return Error{ErrorCode::kInvalid, "an imported image is given a name with a tag, not a digest",
                 reference};
  }
  const StorePaths paths{root_};
  TRY(paths.make());
  TRY_ASSIGN(const Fd store, lock_file(paths.store_lock(), LockMode::kShared, kImportLockTimeout));
  TRY_ASSIGN(const Fd lock,
             lock_file(paths.image_lock(parsed.name()), LockMode::kExclusive, kImportLockTimeout));
  Image image;
  image.name = parsed.name();
  if (config != nullptr) image.config = *config;  // a rootfs' digest covers it
  auto added = add_any(paths, std::move(image), path);
  if (!added.ok()) {
    Error error = added.error();
    error.message = fmt::format("cannot import {} from {}: {}", parsed.name(), path, error.text());
    error.where.clear();
    return error;
  }
  if (config != nullptr) added->config = *config;
  return save_image(paths, std::move(*added));
}

}  // namespace slipway::adapter
