#include "adapter/image/oci.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>

#include "adapter/archive/digest.h"
#include "adapter/archive/tree.h"
#include "adapter/image/reference.h"

namespace slipway::adapter {
namespace {

constexpr size_t kDocumentBytes = 16u << 20;
constexpr int kIndexDepth = 4;

Error bad(const std::string& what) { return {ErrorCode::kInvalid, what}; }

Result<json::value> read_document(int root, const std::string& path, const std::string& digest) {
  TRY_ASSIGN(const Fd fd, open_in_root(root, path, O_RDONLY));
  TRY_ASSIGN(const std::string text, read_all(fd.get(), kDocumentBytes, path));
  if (!digest.empty() && "sha256:" + sha256_hex(text) != digest) {
    return bad(fmt::format("{} does not have the digest {}: it is damaged", path, digest));
  }
  auto parsed = parse_json(text);
  if (!parsed.ok()) return bad(path + ": " + parsed.error().text());
  return parsed;
}

Result<json::object> read_object(int root, const std::string& path, const std::string& digest) {
  TRY_ASSIGN(json::value value, read_document(root, path, digest));
  if (!value.is_object()) return bad(path + " holds no JSON object");
  return std::move(value.get_object());
}

// "sha256:<64 hex>" -> the hex digits.
Result<std::string> hex_of(const std::string& digest) {
  const std::string hex = digest.starts_with("sha256:") ? digest.substr(7) : "";
  if (hex.size() != 64 || hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return bad(fmt::format("\"{}\" is not a sha256 digest", digest));
  }
  return hex;
}

Result<std::vector<std::string>> diff_ids(const json::object& config) {
  std::vector<std::string> ids;
  const json::object* rootfs = find_object(config, "rootfs");
  const json::array* list = rootfs != nullptr ? find_array(*rootfs, "diff_ids") : nullptr;
  if (list == nullptr) return ids;
  for (const auto& item : *list) {
    TRY_ASSIGN(std::string hex, hex_of(item.is_string() ? str(item.get_string()) : ""));
    ids.push_back(std::move(hex));
  }
  return ids;
}

ImageConfig runtime_config(const json::object& config) {
  const json::object* part = find_object(config, "config");
  return part != nullptr ? config_from_json(*part) : ImageConfig();
}

bool for_this_machine(const json::object& descriptor) {
  const json::object* platform = find_object(descriptor, "platform");
  if (platform == nullptr) return true;
  const std::string system = get_string(*platform, "os", "linux");
  const std::string architecture = get_string(*platform, "architecture", machine_architecture());
  return system == "linux" && architecture == machine_architecture();
}

// The one descriptor of an index to use.
Result<json::object> choose(const json::array& manifests, const std::string& tag) {
  std::vector<const json::object*> fitting, tagged;
  for (const auto& item : manifests) {
    if (!item.is_object() || !for_this_machine(item.get_object())) continue;
    fitting.push_back(&item.get_object());
    const json::object* notes = find_object(item.get_object(), "annotations");
    if (notes == nullptr || tag.empty()) continue;
    const std::string name = get_string(*notes, "org.opencontainers.image.ref.name");
    if (name == tag || name.ends_with(":" + tag)) tagged.push_back(fitting.back());
  }
  if (fitting.empty()) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("it has no image for linux/{}", machine_architecture())};
  }
  if (!tagged.empty()) return *tagged.front();
  // Attestations and the like carry the platform "unknown", so several mean several images.
  if (fitting.size() > 1 && find_object(*fitting.front(), "platform") == nullptr) {
    return bad(fmt::format("it holds {} images and none is named \"{}\"", fitting.size(), tag));
  }
  return *fitting.front();
}

Result<ImageContent> read_manifest(int root, const std::string& digest, const BlobPath& blob_path,
                                   int depth) {
  TRY_ASSIGN(const std::string hex, hex_of(digest));
  TRY_ASSIGN(const json::object manifest, read_object(root, blob_path(hex), digest));
  if (const json::array* manifests = find_array(manifest, "manifests")) {
    if (depth >= kIndexDepth) return bad("its indexes are nested too deep");
    TRY_ASSIGN(const json::object chosen, choose(*manifests, ""));
    return read_manifest(root, get_string(chosen, "digest"), blob_path, depth + 1);
  }
  const json::object* config_descriptor = find_object(manifest, "config");
  const json::array* layers = find_array(manifest, "layers");
  if (config_descriptor == nullptr || layers == nullptr) {
    return bad(fmt::format("the manifest {} names no config or no layers", digest));
  }
  const std::string config_digest = get_string(*config_descriptor, "digest");
  TRY_ASSIGN(const std::string config_hex, hex_of(config_digest));
  TRY_ASSIGN(const json::object config, read_object(root, blob_path(config_hex), config_digest));
  TRY_ASSIGN(const std::vector<std::string> ids, diff_ids(config));
  if (ids.size() != layers->size()) {
    return bad(
        fmt::format("the manifest has {} layers, its configuration {}: this is no container "
                    "image",
                    layers->size(), ids.size()));
  }
  ImageContent content;
  content.digest = digest;
  content.config = runtime_config(config);
  for (size_t i = 0; i < ids.size(); ++i) {
    const json::value& layer = (*layers)[i];
    if (!layer.is_object()) return bad("a layer of the manifest is no object");
    TRY_ASSIGN(const std::string blob, hex_of(get_string(layer.get_object(), "digest")));
    content.layers.push_back({blob_path(blob), blob, ids[i]});
  }
  return content;
}

bool has_repo_tag(const json::object& entry, const std::string& name) {
  const json::array* tags = find_array(entry, "RepoTags");
  if (tags == nullptr) return false;
  return std::any_of(tags->begin(), tags->end(), [&](const json::value& tag) {
    const auto parsed = parse_reference(tag.is_string() ? str(tag.get_string()) : "");
    return parsed.ok() && parsed->name() == name;
  });
}

}  // namespace

std::string machine_architecture() {
  struct utsname info;
  if (::uname(&info) != 0) return "amd64";
  const std::string machine = info.machine;
  if (machine == "x86_64") return "amd64";
  if (machine == "aarch64") return "arm64";
  if (machine == "i686") return "386";
  if (machine.starts_with("armv")) return "arm";
  return machine;  // ppc64le, s390x, riscv64: the same word
}

Result<ImageContent> read_oci_manifest(int root, const std::string& digest,
                                       const BlobPath& blob_path) {
  return read_manifest(root, digest, blob_path, 0);
}

Result<ImageContent> read_oci_layout(int root, const std::string& tag) {
  TRY_ASSIGN(const json::object index, read_object(root, "index.json", ""));
  const json::array* manifests = find_array(index, "manifests");
  if (manifests == nullptr) return bad("its index.json names no manifests");
  TRY_ASSIGN(const json::object chosen, choose(*manifests, tag));
  return read_manifest(
      root, get_string(chosen, "digest"),
      [](const std::string& hex) { return "blobs/sha256/" + hex; }, 0);
}

Result<ImageContent> read_docker_archive(int root, const Image& wanted) {
  TRY_ASSIGN(const json::value manifest, read_document(root, "manifest.json", ""));
  if (!manifest.is_array() || manifest.get_array().empty()) {
    return bad("its manifest.json names no image");
  }
  const json::object* entry = nullptr;
  for (const auto& item : manifest.get_array()) {
    if (!item.is_object()) return bad("its manifest.json is damaged");
    if (manifest.get_array().size() == 1 || has_repo_tag(item.get_object(), wanted.name)) {
      entry = &item.get_object();
    }
  }
  if (entry == nullptr) {
    return bad(fmt::format("it holds {} images and none is named {}", manifest.get_array().size(),
                           wanted.name));
  }
  const std::string config_path = get_string(*entry, "Config");
  TRY_ASSIGN(const json::object config, read_object(root, config_path, ""));
  TRY_ASSIGN(const std::vector<std::string> ids, diff_ids(config));
  const json::array* layers = find_array(*entry, "Layers");
  if (layers == nullptr || layers->size() != ids.size()) {
    return bad("its manifest.json and its configuration do not name the same layers");
  }
  ImageContent content;
  TRY_ASSIGN(const Fd config_file, open_in_root(root, config_path, O_RDONLY));
  TRY_ASSIGN(const std::string text, read_all(config_file.get(), kDocumentBytes, config_path));
  content.digest = "sha256:" + sha256_hex(text);
  content.config = runtime_config(config);
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!(*layers)[i].is_string()) return bad("its manifest.json names a layer that is no text");
    content.layers.push_back({str((*layers)[i].get_string()), "", ids[i]});
  }
  return content;
}

}  // namespace slipway::adapter
