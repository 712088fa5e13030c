// ImageStore::ensure: what a pull policy asks for.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

#include "adapter/archive/tree.h"
#include "adapter/image/image_store.h"
#include "adapter/image/layer.h"
#include "adapter/image/lock.h"
#include "adapter/image/oci.h"
#include "adapter/image/registry.h"
#include "adapter/image/save_image.h"

namespace slipway::adapter {
namespace {

constexpr size_t kIndexBytes = 1u << 20;

Time now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()};
}

// One pull: a folder for its login, its temporary files and the layout skopeo writes.
class Transfer {
 public:
  Transfer(const StorePaths& paths, const Reference& reference, const EnsureOptions& options,
           std::string folder)
      : paths_(paths), folder_(std::move(folder)), end_(now() + options.timeout) {
    access_.reference = reference;
    access_.scratch = folder_;
    access_.plain_http = options.insecure_loopback && reference.on_loopback();
    access_.timeout = options.timeout;
  }

  Status login(const std::vector<Credential>& credentials) {
    const Credential* credential = pick_credential(credentials, access_.reference);
    if (credential == nullptr) return {};
    access_.auth_file = folder_ + "/auth.json";
    return write_file_atomically(access_.auth_file, print_auth_file(*credential, access_.reference),
                                 0600);
  }

  Result<std::string> digest() { return registry_digest(access_); }

  Result<Image> pull(const std::string& digest) {
    Image image;
    image.name = access_.reference.name();
    image.digest = digest;
    for (const bool last : {false, true}) {
      const std::string layout = folder_ + "/layout";
      TRY(remove_tree(layout));
      TRY(use_time_left());
      TRY(registry_copy(access_, digest, layout, paths_.blobs()));
      TRY_ASSIGN(const ImageContent content, read_layout(layout));
      image.config = content.config;
      TRY_ASSIGN(const bool complete, add_layers(content, image, last));
      if (complete) break;
    }
    return image;
  }

 private:
  Status use_time_left() {
    access_.timeout = end_ - now();
    if (access_.timeout > Duration{}) return {};
    return Error{ErrorCode::kTimeout,
                 fmt::format("pulling {} took too long", access_.reference.name())};
  }

  // skopeo writes index.json into the layout and all else into the shared folder of blobs.
  Result<ImageContent> read_layout(const std::string& layout) {
    TRY_ASSIGN(const std::string text, read_small_file(layout + "/index.json", kIndexBytes));
    TRY_ASSIGN(const json::value index, parse_json(text));
    const json::array* manifests =
        index.is_object() ? find_array(index.get_object(), "manifests") : nullptr;
    if (manifests == nullptr || manifests->size() != 1 || !(*manifests)[0].is_object()) {
      return Error{ErrorCode::kIo, "skopeo wrote no manifest for " + access_.reference.name()};
    }
    TRY_ASSIGN(const Fd blobs, open_folder(paths_.blobs()));
    return read_oci_manifest(blobs.get(), get_string((*manifests)[0].get_object(), "digest"),
                             [](const std::string& hex) { return "sha256/" + hex; });
  }

  // False: a blob counted as here, but its layer is not; it was removed, so copy again.
  Result<bool> add_layers(const ImageContent& content, Image& image, bool last) {
    bool complete = true;
    image.layers.clear();
    image.size_bytes = 0;
    for (const LayerFile& part : content.layers) {
      const std::string path = paths_.blob(part.blob);
      Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
      if (!file) return system_error("cannot open " + path);
      auto layer = find_layer(paths_, part.diff_id);
      const bool hole = is_hole(file.get());
      if (!layer.ok() && !hole)
        layer = add_layer(paths_, {std::move(file), part.blob, part.diff_id});
      if (!layer.ok()) {
        const bool stale = hole || layer.error().code == ErrorCode::kInvalid;
        if (!stale || last) return layer.error();
        ::unlink(path.c_str());
        complete = false;
        continue;
      }
      if (!hole) TRY(keep_blob_as_hole(paths_, *layer, part.blob));
      image.layers.push_back(paths_.layer(layer->diff_id));
      image.size_bytes += layer->size_bytes;
    }
    return complete;
  }

  const StorePaths& paths_;
  std::string folder_;
  Time end_;
  RegistryAccess access_;
};

// `before` is what is here under the name; unchanged at the registry, it stays.
Result<Image> transfer(const StorePaths& paths, const Reference& reference,
                       const EnsureOptions& options, const Result<Image>& before) {
  TRY_ASSIGN(const std::string folder, make_scratch_folder(paths.scratch()));
  Result<Image> image = [&]() -> Result<Image> {
    Transfer work(paths, reference, options, folder);
    TRY(work.login(options.credentials));
    TRY_ASSIGN(const std::string digest, work.digest());
    if (before.ok() && before->digest == digest) return before;
    TRY_ASSIGN(Image pulled, work.pull(digest));
    return save_image(paths, std::move(pulled));
  }();
  const Status removed = remove_tree(folder);  // the login with it
  if (image.ok() && !removed.ok()) return removed.error();
  return image;
}

}  // namespace

Result<Image> ImageStore::ensure(const std::string& reference, const EnsureOptions& options) {
  TRY_ASSIGN(const Reference parsed, parse_reference(reference));
  const StorePaths paths{root_};
  const Time asked_at = now();
  auto here = find(reference);
  if (!here.ok() && here.error().code != ErrorCode::kNotFound) return here;
  if (options.pull == Pull::kNever) {
    if (here.ok()) return here;
    return Error{
        ErrorCode::kNotFound,
        fmt::format("the image {} is not on this machine, and its pull policy is Never: pull "
                    "or import it first",
                    parsed.name())};
  }
  if (here.ok() && options.pull == Pull::kIfNotPresent) return here;

  TRY(paths.make());
  TRY_ASSIGN(const Fd lock,
             lock_file(paths.image_lock(parsed.name()), LockMode::kExclusive, options.timeout));
  bool replaced = false;
  auto image = [&]() -> Result<Image> {
    TRY_ASSIGN(const Fd store, lock_file(paths.store_lock(), LockMode::kShared, options.timeout));
    const auto before = find_record(parsed.name(), paths);
    // Another process did it while we waited for the lock?
    const bool fresh = before.ok() && before->created_at >= asked_at;
    if (before.ok() && (fresh || options.pull == Pull::kIfNotPresent)) return before;
    auto pulled = transfer(paths, parsed, options, before);
    replaced = before.ok() && pulled.ok() && pulled->digest != before->digest;
    return pulled;
  }();
  if (replaced) TRY(collect_garbage(paths));
  return image;
}

}  // namespace slipway::adapter
