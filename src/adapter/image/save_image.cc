#include "adapter/image/save_image.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <set>

#include "adapter/archive/fd.h"
#include "adapter/archive/tree.h"
#include "adapter/image/lock.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNoteBytes = 1u << 20;

Result<std::vector<std::string>> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    names.push_back(entry->path().filename().string());
  }
  if (code) return system_error("cannot list " + folder, code.value());
  return names;
}

Result<std::set<std::string>> layers_in_use(const StorePaths& paths) {
  std::set<std::string> used;
  TRY_ASSIGN(const auto records, names_in(paths.records()));
  for (const auto& name : records) {
    const auto image = read_record(paths.records() + "/" + name, paths);
    if (!image.ok()) continue;  // damaged: its image counts as absent everywhere
    for (const auto& layer : image->layers) used.insert(fs::path(layer).filename().string());
  }
  return used;
}

// False when a pod holds it.
Result<bool> remove_layer(const StorePaths& paths, const std::string& diff_id) {
  {
    auto folder = open_folder(paths.layer(diff_id));
    if (folder.ok() && ::flock(folder->get(), LOCK_EX | LOCK_NB) != 0) return false;
    // Away in one step; what is left in the scratch folder after a crash is garbage.
    const std::string grave = paths.scratch() + "/" + random_name();
    if (folder.ok() && ::rename(paths.layer(diff_id).c_str(), grave.c_str()) != 0) {
      return system_error("cannot remove the layer " + diff_id);
    }
    if (folder.ok()) TRY(remove_tree(grave));
  }
  ::unlink(paths.layer_note(diff_id).c_str());
  return true;
}

void add_blobs(const StorePaths& paths, const std::string& diff_id, std::set<std::string>& blobs) {
  const auto text = read_small_file(paths.layer_note(diff_id), kNoteBytes);
  const auto note = text.ok() ? parse_json(*text) : Result<json::value>(text.error());
  if (!note.ok() || !note->is_object()) return;
  const json::array* list = find_array(note->get_object(), "blobs");
  for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if ((*list)[i].is_string()) blobs.insert(str((*list)[i].get_string()));
  }
}

}  // namespace

Result<Image> save_image(const StorePaths& paths, Image image) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  image.created_at = {std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()};
  TRY(write_file_atomically(paths.record(image.name), print_record(image, paths), 0600));
  return image;
}

Status collect_garbage(const StorePaths& paths) {
  auto lock = lock_file(paths.store_lock(), LockMode::kExclusive, Duration{});
  if (!lock.ok()) {
    return lock.error().code == ErrorCode::kTimeout ? Status() : Status(lock.error());
  }
  TRY_ASSIGN(const auto used, layers_in_use(paths));
  TRY_ASSIGN(const auto layer_names, names_in(paths.layers()));
  std::set<std::string> blobs;
  for (const auto& name : layer_names) {
    const std::string id = name.substr(0, name.find('.'));
    bool kept = used.contains(id);
    if (!kept) {
      TRY_ASSIGN(const bool removed, remove_layer(paths, id));
      kept = !removed;
    }
    if (kept) add_blobs(paths, id, blobs);
  }
  TRY_ASSIGN(const auto blob_names, names_in(paths.blobs() + "/sha256"));
  for (const auto& name : blob_names) {
    if (!blobs.contains(name)) ::unlink(paths.blob(name).c_str());
  }
  TRY_ASSIGN(const auto unfinished, names_in(paths.scratch()));
  for (const auto& name : unfinished) TRY(remove_tree(paths.scratch() + "/" + name));
  return {};
}

}  // namespace slipway::adapter
