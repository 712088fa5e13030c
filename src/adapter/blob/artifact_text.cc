#include "adapter/blob/artifact_text.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "adapter/archive/fd.h"
#include "adapter/archive/single_file.h"
#include "adapter/archive/tar_stream.h"
#include "adapter/blob/http_file.h"
#include "adapter/blob/located_store.h"
#include "core/pod/plan.h"

namespace slipway::adapter {
namespace {

using Type = pod::ArtifactLocation::Type;

Error too_large(size_t max_bytes) {
  return {ErrorCode::kLimit, fmt::format("it is larger than {} bytes", max_bytes)};
}

class Text {
 public:
  Text(const pod::InputArtifact& artifact, size_t max_bytes, port::BlobStore& embedded)
      : artifact_(artifact), max_bytes_(max_bytes), embedded_(embedded) {}

  Result<std::string> read() {
    bytes_ = Fd(::memfd_create("artifact", MFD_CLOEXEC));
    if (!bytes_) return system_error("cannot make a file in memory");
    TRY(fetch());
    if (::lseek(bytes_.get(), 0, SEEK_SET) != 0) return system_error("cannot read it again");
    TRY_ASSIGN(const pod::Archive archive, form());
    switch (archive) {
      case pod::Archive::kNone:
        return read_all(bytes_.get(), max_bytes_, "it");
      case pod::Archive::kZip:
        return read_single_of_zip(std::move(bytes_), max_bytes_);
      case pod::Archive::kTar:
      case pod::Archive::kTarGzip:
        break;
    }
    return read_single_of_tar(std::move(bytes_), max_bytes_);
  }

 private:
  Status fetch() {
    const pod::ArtifactLocation& location = artifact_.location;
    switch (location.type) {
      case Type::kRaw:
        return keep(location.raw);
      case Type::kHttp: {
        Status got = download(location, bytes_.get(), static_cast<int64_t>(max_bytes_));
        if (!got.ok() && got.error().code == ErrorCode::kLimit) return too_large(max_bytes_);
        return got;
      }
      case Type::kGit:
        return Error{ErrorCode::kInvalid, "a git repository is a folder, and no single file"};
      case Type::kStore:
      case Type::kS3:
        return fetch_stored();
    }
    return Error{ErrorCode::kUnsupported, "this kind of artifact can not be read"};
  }

  Status fetch_stored() {
    std::string key = artifact_.location.key;
    if (!artifact_.sub_path.empty()) key = folder_prefix(key) + artifact_.sub_path;
    if (key.ends_with('/')) return Error{ErrorCode::kInvalid, "it is a folder, and no single file"};
    TRY_ASSIGN(const auto store, store_of(artifact_.location, embedded_));
    TRY_ASSIGN(const std::string content, store->get(key, 0, max_bytes_ + 1));
    return keep(content);
  }

  Status keep(const std::string& content) {
    if (content.size() > max_bytes_) return too_large(max_bytes_);
    return write_all(bytes_.get(), content.data(), content.size(), "it to memory");
  }

  Result<pod::Archive> form() const {
    if (artifact_.archive) return *artifact_.archive;
    TRY_ASSIGN(const bool tar, is_tar_gzip(fmt::format("/proc/self/fd/{}", bytes_.get())));
    return tar ? pod::Archive::kTarGzip : pod::Archive::kNone;
  }

  const pod::InputArtifact& artifact_;
  size_t max_bytes_;
  port::BlobStore& embedded_;
  Fd bytes_;
};

}  // namespace

Result<std::string> read_artifact_text(const pod::InputArtifact& artifact, size_t max_bytes,
                                       port::BlobStore& embedded) {
  auto text = Text(artifact, max_bytes, embedded).read();
  if (text.ok()) return text;
  Error error = std::move(text).error();
  error.message = fmt::format("artifact {}: {}", artifact.name, error.text());
  error.where.clear();
  return error;
}

}  // namespace slipway::adapter
