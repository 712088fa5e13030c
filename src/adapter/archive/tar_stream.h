// A tar file read once from front to back, whatever compresses it, with the digests of both forms.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "adapter/archive/fd.h"
#include "base/result.h"

struct archive;

namespace slipway::adapter {

struct TarDigests {
  std::string content;   // hex SHA-256 of the file as it is
  std::string unpacked;  // hex SHA-256 of the tar inside (OCI's diff id)
  int64_t content_bytes = 0, unpacked_bytes = 0;
};

// gzip, zstd, xz, bzip2 and plain are told apart by content. One thread.
class TarStream {
 public:
  // Where the tar inside has more than `max_bytes`, reading fails.
  explicit TarStream(Fd file, int64_t max_bytes = std::numeric_limits<int64_t>::max());
  ~TarStream();

  // libarchive's reader, for archive_read_next_header and archive_read_data_block. nullptr with
  // the reason in `status()` when the file can not be read.
  ::archive* reader();
  Status status() const;

  // Reads what is left after the last entry. kInvalid when the file is damaged.
  Result<TarDigests> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// By content: a tar inside gzip, with at least one well formed entry. That and nothing else Argo
// takes for an archive when nobody says what a file is.
Result<bool> is_tar_gzip(const std::string& path);

}  // namespace slipway::adapter
