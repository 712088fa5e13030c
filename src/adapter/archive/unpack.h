// Tar and zip files into folders. What the archive says is not trusted: no entry leaves the folder.
#pragma once

#include <cstdint>
#include <string>

#include "adapter/archive/tar_stream.h"
#include "base/result.h"

namespace slipway::adapter {

inline constexpr int64_t kMaxUnpackedBytes = int64_t{64} << 30;  // of one archive
inline constexpr int64_t kMaxUnpackedEntries = 4'000'000;

enum class UnpackAs {
  // Plain files: modes without setuid and setgid, our own user, no devices, pipes or xattrs.
  kFiles,
  // An image layer for overlayfs: owners, modes, times, hard links, devices, `security.capability`
  // and `user.*` attributes; ".wh." entries become overlayfs whiteouts (character device 0/0) and
  // opaque folders (trusted.overlay.opaque). Without root: our own user, no devices, and
  // user.overlay.opaque, for overlay mounts with `userxattr`.
  kLayer,
};

struct Unpacked {
  TarDigests digests;
  int64_t entries = 0;
  int64_t file_bytes = 0;  // sum of the files' sizes
};

// Unpacks into the existing, empty folder `folder`. kInvalid: a damaged archive, an entry with ".."
// or a hard link to nothing; kLimit; kIo. After an error the folder's content is undefined.
Result<Unpacked> unpack_tar(Fd file, const std::string& folder, UnpackAs as);

// The same for a zip file, as plain files.
Status unpack_zip(Fd file, const std::string& folder);

}  // namespace slipway::adapter
