#include "adapter/image/image_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "adapter/archive/tree.h"
#include "adapter/image/lock.h"
#include "adapter/image/record.h"
#include "adapter/image/reference.h"
#include "adapter/image/save_image.h"

namespace slipway::adapter {
namespace {

constexpr Duration kRemoveLockTimeout = Duration::seconds(60);

}  // namespace

ImageStore::ImageStore(std::string data_dir) : root_(std::move(data_dir) + "/images") {}

Result<Image> ImageStore::find(const std::string& reference) const {
  TRY_ASSIGN(const Reference parsed, parse_reference(reference));
  const StorePaths paths{root_};
  auto image = find_record(parsed.name(), paths);
  if (image.ok() || parsed.digest.empty()) return image;
  // Here under a tag of the same repository?
  TRY_ASSIGN(std::vector<Image> images, list());
  for (Image& candidate : images) {
    if (candidate.digest == parsed.digest &&
        candidate.name.starts_with(parsed.repository_name() + ":")) {
      return std::move(candidate);
    }
  }
  return image;
}

Result<std::vector<Image>> ImageStore::list() const {
  const StorePaths paths{root_};
  std::vector<Image> images;
  std::error_code code;
  for (std::filesystem::directory_iterator entry(paths.records(), code), end; !code && entry != end;
       entry.increment(code)) {
    if (entry->path().extension() != ".json") continue;
    // One damaged record does not hide the others; find() names it.
    auto image = read_record(entry->path().string(), paths);
    if (image.ok()) images.push_back(std::move(*image));
  }
  if (code && code.value() != ENOENT) {
    return system_error("cannot list " + paths.records(), code.value());
  }
  std::sort(images.begin(), images.end(),
            [](const Image& a, const Image& b) { return a.name < b.name; });
  return images;
}

Status ImageStore::remove(const std::string& reference) {
  TRY_ASSIGN(const Reference parsed, parse_reference(reference));
  const StorePaths paths{root_};
  TRY(paths.make());
  {
    TRY_ASSIGN(const Fd lock, lock_file(paths.image_lock(parsed.name()), LockMode::kExclusive,
                                        kRemoveLockTimeout));
    if (::unlink(paths.record(parsed.name()).c_str()) != 0) {
      if (errno != ENOENT) return system_error("cannot remove the image " + parsed.name());
      return Error{ErrorCode::kNotFound,
                   fmt::format("the image {} is not on this machine", parsed.name())};
    }
  }
  return collect_garbage(paths);
}

Result<ImageLease> ImageLease::take(const Image& image) {
  ImageLease lease;
  for (const auto& layer : image.layers) {
    Fd folder(::open(layer.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const bool held = folder && ::flock(folder.get(), LOCK_SH) == 0;
    // Removed between finding and holding it?
    if (!held || ::access(layer.c_str(), F_OK) != 0) {
      return Error{ErrorCode::kNotFound,
                   fmt::format("a layer of {} was removed; pull it again", image.name)};
    }
    lease.layers_.push_back(std::move(folder));
  }
  return lease;
}

}  // namespace slipway::adapter
