// The last step of every way an image comes here, and the removal of what no image needs.
#pragma once

#include "adapter/image/record.h"

namespace slipway::adapter {

// Stamps the time and writes the record; from then on the image is found.
Result<Image> save_image(const StorePaths& paths, Image image);

// Layers, blobs and unfinished work that no record needs. Layers in use by a lease stay. Does
// nothing while another process transfers (the next call finds it all). kIo.
Status collect_garbage(const StorePaths& paths);

}  // namespace slipway::adapter
