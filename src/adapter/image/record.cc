#include "adapter/image/record.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "adapter/archive/digest.h"
#include "adapter/archive/fd.h"

namespace slipway::adapter {
namespace {

constexpr size_t kRecordBytes = 4u << 20;
constexpr size_t kFileNameBytes = 180;

std::vector<std::string> strings(const json::object& object, std::string_view key) {
  std::vector<std::string> list;
  if (const json::array* items = find_array(object, key)) {
    for (const auto& item : *items) {
      if (item.is_string()) list.push_back(str(item.get_string()));
    }
  }
  return list;
}

json::array to_array(const std::vector<std::string>& texts) {
  json::array list;
  for (const auto& text : texts) list.push_back(json::value(text));
  return list;
}

// Readable, and never a path: "/" becomes "%2F".
std::string file_name(const std::string& name) {
  std::string text;
  for (const char c : name) {
    const bool plain = isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_' ||
                       c == ':' || c == '@';
    text += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  if (text.size() <= kFileNameBytes) return text;
  return text.substr(0, kFileNameBytes - 65) + "-" + sha256_hex(name);
}

}  // namespace

std::string StorePaths::record(const std::string& name) const {
  return records() + "/" + file_name(name) + ".json";
}

std::string StorePaths::image_lock(const std::string& name) const {
  return locks() + "/image-" + file_name(name);
}

Status StorePaths::make() const {
  const std::string folders[] = {records(), layers(), blobs() + "/sha256", locks(), scratch()};
  for (const std::string& folder : folders) {
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    if (code) return system_error("cannot make the folder " + folder, code.value());
  }
  if (::chmod(root.c_str(), 0700) != 0) return system_error("cannot set the mode of " + root);
  return {};
}

ImageConfig config_from_json(const json::object& config) {
  ImageConfig result;
  result.entrypoint = strings(config, "Entrypoint");
  result.cmd = strings(config, "Cmd");
  result.env = strings(config, "Env");
  result.working_dir = get_string(config, "WorkingDir");
  result.user = get_string(config, "User");
  result.stop_signal = get_string(config, "StopSignal");
  if (const json::object* volumes = find_object(config, "Volumes")) {
    for (const auto& volume : *volumes) result.volumes.emplace_back(volume.key());
  }
  std::sort(result.volumes.begin(), result.volumes.end());
  return result;
}

json::object config_to_json(const ImageConfig& config) {
  json::object object;
  if (!config.entrypoint.empty()) object["Entrypoint"] = to_array(config.entrypoint);
  if (!config.cmd.empty()) object["Cmd"] = to_array(config.cmd);
  if (!config.env.empty()) object["Env"] = to_array(config.env);
  if (!config.working_dir.empty()) object["WorkingDir"] = config.working_dir;
  if (!config.user.empty()) object["User"] = config.user;
  if (!config.stop_signal.empty()) object["StopSignal"] = config.stop_signal;
  json::object volumes;
  for (const auto& volume : config.volumes) volumes[volume] = json::object();
  if (!volumes.empty()) object["Volumes"] = std::move(volumes);
  return object;
}

std::string print_record(const Image& image, const StorePaths& paths) {
  json::object object;
  object["name"] = image.name;
  object["digest"] = image.digest;
  json::array layers;
  for (const auto& layer : image.layers) {
    layers.push_back(json::value(layer.substr(paths.layers().size() + 1)));
  }
  object["layers"] = std::move(layers);
  object["config"] = config_to_json(image.config);
  object["sizeBytes"] = image.size_bytes;
  object["createdAtNs"] = image.created_at.ns;
  return print_json(object, JsonStyle{.indent = 2}) + "\n";
}

Result<Image> read_record(const std::string& file, const StorePaths& paths) {
  TRY_ASSIGN(const std::string text, read_small_file(file, kRecordBytes));
  auto parsed = parse_json(text);
  if (!parsed.ok() || !parsed->is_object() || !find_array(parsed->get_object(), "layers")) {
    return Error{
        ErrorCode::kInvalid,
        fmt::format("the image record {} is damaged: pull or import the image again", file)};
  }
  const json::object& object = parsed->get_object();
  Image image;
  image.name = get_string(object, "name");
  image.digest = get_string(object, "digest");
  for (const auto& id : strings(object, "layers")) image.layers.push_back(paths.layer(id));
  if (const json::object* config = find_object(object, "config")) {
    image.config = config_from_json(*config);
  }
  image.size_bytes = get_int(object, "sizeBytes");
  image.created_at.ns = get_int(object, "createdAtNs");
  return image;
}

Result<Image> find_record(const std::string& name, const StorePaths& paths) {
  auto image = read_record(paths.record(name), paths);
  bool here = image.ok();
  if (image.ok()) {
    for (const auto& layer : image->layers) here = here && ::access(layer.c_str(), F_OK) == 0;
  }
  if (here) return image;
  if (!image.ok() && image.error().code == ErrorCode::kIo) return image;
  return Error{ErrorCode::kNotFound, fmt::format("the image {} is not on this machine", name)};
}

}  // namespace slipway::adapter
