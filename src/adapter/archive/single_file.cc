#include "adapter/archive/single_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <optional>

#include "adapter/archive/locale.h"
#include "adapter/archive/tar_stream.h"
#include "adapter/archive/tree.h"
#include "adapter/archive/zip_stream.h"

namespace slipway::adapter {
namespace {

constexpr int64_t kFramingBytes = 1 << 20;  // of a tar: headers, padding, the end

Error damaged(::archive* reader, size_t max_bytes) {
  if (archive_errno(reader) == EFBIG) {
    return {ErrorCode::kLimit, fmt::format("it is larger than {} bytes", max_bytes)};
  }
  const char* why = archive_error_string(reader);
  return {ErrorCode::kInvalid,
          fmt::format("the archive is damaged: {}", why != nullptr ? why : "no reason given")};
}

Result<std::string> read_content(::archive* reader, size_t max_bytes) {
  std::string content, buffer(64u << 10, '\0');
  for (;;) {
    const la_ssize_t n = archive_read_data(reader, buffer.data(), buffer.size());
    if (n < 0) return damaged(reader, max_bytes);
    if (n == 0) return content;
    if (content.size() + static_cast<size_t>(n) > max_bytes) {
      return Error{ErrorCode::kLimit, fmt::format("it is larger than {} bytes", max_bytes)};
    }
    content.append(buffer.data(), static_cast<size_t>(n));
  }
}

Error no_single_file() {
  return {ErrorCode::kInvalid, "it is an archive of something else than a single file"};
}

bool is_plain(archive_entry* entry, const std::string& name) {
  return archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr &&
         name.find('/') == std::string::npos;
}

Result<std::string> read_single(::archive* reader, size_t max_bytes) {
  std::optional<std::string> content;
  for (;;) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(reader, &entry);
    if (code == ARCHIVE_EOF) break;
    if (code < ARCHIVE_WARN) return damaged(reader, max_bytes);
    const char* given = archive_entry_pathname(entry);
    TRY_ASSIGN(const std::string name, clean_entry_path(given != nullptr ? given : "?"));
    if (name.empty()) continue;  // the folder itself
    if (content || !is_plain(entry, name)) return no_single_file();
    TRY_ASSIGN(content, read_content(reader, max_bytes));
  }
  if (!content) return no_single_file();
  return std::move(*content);
}

}  // namespace

Result<std::string> read_single_of_tar(Fd file, size_t max_bytes) {
  const Utf8Scope utf8;
  TarStream stream(std::move(file), static_cast<int64_t>(max_bytes) + kFramingBytes);
  TRY(stream.status());
  return read_single(stream.reader(), max_bytes);
}

Result<std::string> read_single_of_zip(Fd file, size_t max_bytes) {
  const Utf8Scope utf8;
  ZipStream stream(std::move(file));
  TRY(stream.status());
  return read_single(stream.reader(), max_bytes);
}

}  // namespace slipway::adapter
