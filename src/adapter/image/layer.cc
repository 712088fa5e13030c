#include "adapter/image/layer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "adapter/archive/tree.h"
#include "adapter/archive/unpack.h"
#include "adapter/image/lock.h"

namespace slipway::adapter {
namespace {

constexpr size_t kNoteBytes = 1u << 20;
constexpr Duration kUnpackTimeout = Duration::seconds(1800);  // another process at the same layer

// Size and blobs of a layer, beside its folder.
Result<json::object> read_note(const StorePaths& paths, const std::string& diff_id) {
  TRY_ASSIGN(const std::string text, read_small_file(paths.layer_note(diff_id), kNoteBytes));
  TRY_ASSIGN(json::value value, parse_json(text));
  if (!value.is_object()) return Error{ErrorCode::kInvalid, "damaged layer note of " + diff_id};
  return std::move(value.get_object());
}

Status check_digest(const std::string& what, const std::string& wanted, const std::string& found) {
  if (wanted.empty() || wanted == found) return {};
  return Error{
      ErrorCode::kInvalid,
      fmt::format("the layer's {} is sha256:{}, but sha256:{} was promised: it is damaged or "
                  "was tampered with",
                  what, found, wanted)};
}

Status commit(const StorePaths& paths, const std::string& unpacked, const Layer& layer) {
  const json::object note = {{"sizeBytes", layer.size_bytes}, {"blobs", json::array()}};
  TRY(write_file_atomically(paths.layer_note(layer.diff_id), print_json(note) + "\n", 0600));
  TRY_ASSIGN(const Fd folder, open_folder(unpacked));
  if (::syncfs(folder.get()) != 0) return system_error("cannot sync the layer");
  const std::string target = paths.layer(layer.diff_id);
  if (::rename(unpacked.c_str(), target.c_str()) != 0) return system_error("cannot make " + target);
  TRY_ASSIGN(const Fd parent, open_folder(paths.layers()));
  if (::fsync(parent.get()) != 0) return system_error("cannot sync " + paths.layers());
  return {};
}

Result<Layer> unpack_into(LayerSource& source, const std::string& scratch) {
  if (::chmod(scratch.c_str(), 0755) != 0) return system_error("cannot set the mode of a layer");
  TRY_ASSIGN(const Unpacked unpacked,
             unpack_tar(std::move(source.file), scratch, UnpackAs::kLayer));
  TRY(check_digest("digest", source.blob, unpacked.digests.content));
  TRY(check_digest("unpacked digest", source.diff_id, unpacked.digests.unpacked));
  return Layer{unpacked.digests.unpacked, unpacked.file_bytes};
}

}  // namespace

Result<Layer> find_layer(const StorePaths& paths, const std::string& diff_id) {
  struct stat info;
  if (::stat(paths.layer(diff_id).c_str(), &info) != 0) {
    return system_error("the layer " + diff_id);
  }
  const auto note = read_note(paths, diff_id);
  return Layer{diff_id, note.ok() ? get_int(*note, "sizeBytes") : 0};
}

Result<Layer> add_layer(const StorePaths& paths, LayerSource source) {
  Fd lock;
  if (!source.diff_id.empty()) {
    TRY_ASSIGN(lock,
               lock_file(paths.layer_lock(source.diff_id), LockMode::kExclusive, kUnpackTimeout));
    if (auto layer = find_layer(paths, source.diff_id); layer.ok()) return layer;
  }
  TRY_ASSIGN(const std::string scratch, make_scratch_folder(paths.scratch()));
  auto layer = unpack_into(source, scratch);
  Status status = layer.ok() ? Status() : Status(layer.error());
  bool known = false;
  if (status.ok() && source.diff_id.empty()) {
    auto late = lock_file(paths.layer_lock(layer->diff_id), LockMode::kExclusive, kUnpackTimeout);
    status = late.ok() ? Status() : Status(late.error());
    if (late.ok()) lock = std::move(*late);
    known = status.ok() && find_layer(paths, layer->diff_id).ok();
  }
  if (status.ok() && !known) status = commit(paths, scratch, *layer);
  if (!status.ok() || known) {
    const Status removed = remove_tree(scratch);
    if (status.ok()) status = removed;
  }
  if (!status.ok()) return std::move(status).error();
  return layer;
}

bool is_hole(int fd) {
  struct stat info;
  if (::fstat(fd, &info) != 0 || info.st_size == 0) return false;
  return ::lseek(fd, 0, SEEK_DATA) < 0 && errno == ENXIO;
}

Status keep_blob_as_hole(const StorePaths& paths, const Layer& layer, const std::string& blob) {
  TRY_ASSIGN(const Fd lock,
             lock_file(paths.layer_lock(layer.diff_id), LockMode::kExclusive, kUnpackTimeout));
  json::object note = {{"sizeBytes", layer.size_bytes}, {"blobs", json::array()}};
  if (auto known = read_note(paths, layer.diff_id); known.ok() && find_array(*known, "blobs")) {
    note = std::move(*known);
  }
  json::array& blobs = note["blobs"].as_array();
  if (std::find(blobs.begin(), blobs.end(), json::value(blob)) == blobs.end()) {
    blobs.push_back(json::value(blob));
    TRY(write_file_atomically(paths.layer_note(layer.diff_id), print_json(note) + "\n", 0600));
  }
  // By rename: a transfer that looks at the same moment sees the right size.
  const std::string path = paths.blob(blob);
  const std::string hole = paths.scratch() + "/" + random_name();
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return system_error("cannot look at the blob " + path);
  const Fd file(::open(hole.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file || ::ftruncate(file.get(), info.st_size) != 0 ||
      ::rename(hole.c_str(), path.c_str()) != 0) {
    return system_error("cannot empty the blob " + path);
  }
  return {};
}

}  // namespace slipway::adapter
