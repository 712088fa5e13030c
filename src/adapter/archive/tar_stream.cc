#include "adapter/archive/tar_stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <vector>

#include "adapter/archive/digest.h"
#include "adapter/archive/locale.h"

namespace slipway::adapter {
namespace {

constexpr size_t kBlockBytes = 256u << 10;

std::string reason(::archive* archive) {
  const char* text = archive_error_string(archive);
  return text != nullptr ? text : "unknown damage";
}

}  // namespace

// Two readers in a row: `raw` undoes the compression, `tar` reads entries from its output.
struct TarStream::State {
  State(Fd source, int64_t most)
      : file(std::move(source)), max_bytes(most), bytes(kBlockBytes), plain(kBlockBytes) {}
  ~State() {
    archive_read_free(tar);
    archive_read_free(raw);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  static la_ssize_t read_file(::archive* self, void* data, const void** buffer) {
    auto& state = *static_cast<State*>(data);
    ssize_t n;
    do {
      n = ::read(state.file.get(), state.bytes.data(), state.bytes.size());
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
      archive_set_error(self, errno, "cannot read the file");
      return ARCHIVE_FATAL;
    }
    state.content_sha.add(state.bytes.data(), static_cast<size_t>(n));
    state.digests.content_bytes += n;
    *buffer = state.bytes.data();
    return n;
  }

  static la_ssize_t read_plain(::archive* self, void* data, const void** buffer) {
    auto& state = *static_cast<State*>(data);
    if (state.raw_ended) return 0;
    const la_ssize_t n = archive_read_data(state.raw, state.plain.data(), state.plain.size());
    if (n < 0) {
      archive_set_error(self, archive_errno(state.raw), "%s", reason(state.raw).c_str());
      return ARCHIVE_FATAL;
    }
    state.plain_sha.add(state.plain.data(), static_cast<size_t>(n));
    state.digests.unpacked_bytes += n;
    if (state.digests.unpacked_bytes > state.max_bytes) {
      archive_set_error(self, EFBIG, "it has more than %lld bytes",
                        static_cast<long long>(state.max_bytes));
      return ARCHIVE_FATAL;
    }
    *buffer = state.plain.data();
    return n;
  }

  Status open();

  Fd file;
  const int64_t max_bytes;
  ::archive* raw = archive_read_new();
  ::archive* tar = archive_read_new();
  bool raw_ended = false;
  std::vector<char> bytes, plain;
  Sha256 content_sha, plain_sha;
  TarDigests digests;
  Status opened;
};

Status TarStream::State::open() {
  archive_read_support_filter_gzip(raw);
  archive_read_support_filter_zstd(raw);
  archive_read_support_filter_xz(raw);
  archive_read_support_filter_bzip2(raw);
  archive_read_support_format_raw(raw);
  archive_read_support_format_empty(raw);
  archive_entry* entry = nullptr;
  if (archive_read_open(raw, this, nullptr, &State::read_file, nullptr) != ARCHIVE_OK) {
    return Error{ErrorCode::kInvalid, "the compressed file is damaged: " + reason(raw)};
  }
  const int first = archive_read_next_header(raw, &entry);
  if (first == ARCHIVE_EOF) {
    raw_ended = true;
  } else if (first < ARCHIVE_WARN) {
    return Error{ErrorCode::kInvalid, "the compressed file is damaged: " + reason(raw)};
  }
  archive_read_support_format_tar(tar);
  archive_read_support_format_empty(tar);
  if (archive_read_open(tar, this, nullptr, &State::read_plain, nullptr) != ARCHIVE_OK) {
    return Error{ErrorCode::kInvalid, "not a tar file: " + reason(tar)};
  }
  return {};
}

TarStream::TarStream(Fd file, int64_t max_bytes)
    : state_(std::make_unique<State>(std::move(file), max_bytes)) {
  state_->opened = state_->open();
}

TarStream::~TarStream() = default;

::archive* TarStream::reader() { return state_->opened.ok() ? state_->tar : nullptr; }

Status TarStream::status() const { return state_->opened; }

Result<TarDigests> TarStream::finish() {
  if (!state_->opened.ok()) return state_->opened.error();
  const void* buffer = nullptr;
  for (;;) {
    const la_ssize_t n = State::read_plain(state_->tar, state_.get(), &buffer);
    if (n < 0) return Error{ErrorCode::kInvalid, "the file is damaged: " + reason(state_->tar)};
    if (n == 0) break;
  }
  for (;;) {  // what follows the compressed stream belongs to the file's digest
    const la_ssize_t n = State::read_file(state_->raw, state_.get(), &buffer);
    if (n < 0) return Error{ErrorCode::kIo, "the file can not be read: " + reason(state_->raw)};
    if (n == 0) break;
  }
  TarDigests digests = state_->digests;
  digests.content = state_->content_sha.hex();
  digests.unpacked = state_->plain_sha.hex();
  return digests;
}

Result<bool> is_tar_gzip(const std::string& path) {
  const Utf8Scope utf8;
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_error("cannot open " + path);
  unsigned char magic[2] = {};
  const ssize_t n = ::pread(file.get(), magic, sizeof magic, 0);
  if (n < 0) return system_error("cannot read " + path);
  if (n < 2 || magic[0] != 0x1f || magic[1] != 0x8b) return false;
  TarStream stream(std::move(file));
  if (stream.reader() == nullptr) return false;
  archive_entry* entry = nullptr;
  const int first = archive_read_next_header(stream.reader(), &entry);
  return first == ARCHIVE_OK || first == ARCHIVE_WARN;
}

}  // namespace slipway::adapter
