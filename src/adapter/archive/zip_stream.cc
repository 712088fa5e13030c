#include "adapter/archive/zip_stream.h"

#include <archive.h>

namespace slipway::adapter {
namespace {

constexpr size_t kBlockBytes = 64u << 10;

}  // namespace

ZipStream::ZipStream(Fd file) : file_(std::move(file)), reader_(archive_read_new()) {
  archive_read_support_format_zip_seekable(reader_);
  opened_ = archive_read_open_fd(reader_, file_.get(), kBlockBytes);
}

ZipStream::~ZipStream() { archive_read_free(reader_); }

Status ZipStream::status() const {
  if (opened_ == ARCHIVE_OK) return {};
  const char* why = archive_error_string(reader_);
  return Error{ErrorCode::kInvalid,
               std::string("not a zip file: ") + (why != nullptr ? why : "no reason given")};
}

}  // namespace slipway::adapter
