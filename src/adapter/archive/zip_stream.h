// A zip file, read by the list of entries at its end, as Go and everybody else reads one.
#pragma once

#include "adapter/archive/fd.h"

struct archive;

namespace slipway::adapter {

// One thread.
class ZipStream {
 public:
  explicit ZipStream(Fd file);
  ~ZipStream();
  ZipStream(const ZipStream&) = delete;
  ZipStream& operator=(const ZipStream&) = delete;

  // libarchive's reader, for archive_read_next_header and archive_read_data_block.
  ::archive* reader() { return reader_; }
  // kInvalid when the file can not be read.
  Status status() const;

 private:
  Fd file_;
  ::archive* reader_;
  int opened_;
};

}  // namespace slipway::adapter
