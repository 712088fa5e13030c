// What the store keeps of an image: one JSON file per reference.
#pragma once

#include <string>

#include "adapter/image/image_store.h"
#include "base/json.h"

namespace slipway::adapter {

// Folders below <data dir>/images.
struct StorePaths {
  std::string root;

  std::string records() const { return root + "/record"; }
  std::string layers() const { return root + "/layers/sha256"; }
  std::string blobs() const { return root + "/blob"; }  // skopeo adds sha256/
  std::string locks() const { return root + "/lock"; }
  std::string scratch() const { return root + "/scratch"; }

  std::string record(const std::string& name) const;
  std::string layer(const std::string& diff_id) const { return layers() + "/" + diff_id; }
  std::string layer_note(const std::string& diff_id) const { return layer(diff_id) + ".json"; }
  std::string blob(const std::string& digest) const { return blobs() + "/sha256/" + digest; }
  std::string store_lock() const { return locks() + "/store"; }
  std::string layer_lock(const std::string& diff_id) const { return locks() + "/" + diff_id; }
  std::string image_lock(const std::string& name) const;

  Status make() const;  // all folders, mode 0700
};

// A record names its layers by diff id; in an Image they are paths below `paths`.
std::string print_record(const Image& image, const StorePaths& paths);
Result<Image> read_record(const std::string& file, const StorePaths& paths);

// kNotFound also when a layer of it is gone.
Result<Image> find_record(const std::string& name, const StorePaths& paths);

// "config" of an OCI or Docker image configuration.
ImageConfig config_from_json(const json::object& config);
json::object config_to_json(const ImageConfig& config);

}  // namespace slipway::adapter
