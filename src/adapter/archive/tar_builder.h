// Tars for tests, hostile ones too: what libarchive's own safe paths would not write is put in as
// is.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <sys/sysmacros.h>

#include <string>
#include <utility>

namespace slipway::adapter {

class TarBuilder {
 public:
  enum class Compression { kNone, kGzip, kZstd, kXz, kBzip2 };

  explicit TarBuilder(std::string path, Compression compression = Compression::kNone)
      : path_(std::move(path)), archive_(archive_write_new()) {
    switch (compression) {
      case Compression::kNone:
        archive_write_add_filter_none(archive_);
        break;
      case Compression::kGzip:
        archive_write_add_filter_gzip(archive_);
        break;
      case Compression::kZstd:
        archive_write_add_filter_zstd(archive_);
        break;
      case Compression::kXz:
        archive_write_add_filter_xz(archive_);
        break;
      case Compression::kBzip2:
        archive_write_add_filter_bzip2(archive_);
        break;
    }
    archive_write_set_format_pax(archive_);
    archive_write_open_filename(archive_, path_.c_str());
  }
  ~TarBuilder() { close(); }
  TarBuilder(const TarBuilder&) = delete;
  TarBuilder& operator=(const TarBuilder&) = delete;

  TarBuilder& file(const std::string& name, const std::string& content, unsigned mode = 0644,
                   int uid = 0, int gid = 0) {
    return add(
        name, AE_IFREG, mode,
        [&](archive_entry* e) {
          archive_entry_set_size(e, static_cast<la_int64_t>(content.size()));
          archive_entry_set_uid(e, uid);
          archive_entry_set_gid(e, gid);
        },
        content);
  }
  TarBuilder& folder(const std::string& name, unsigned mode = 0755) {
    return add(name, AE_IFDIR, mode, [](archive_entry*) {});
  }
  TarBuilder& link(const std::string& name, const std::string& target) {
    return add(name, AE_IFLNK, 0777,
               [&](archive_entry* e) { archive_entry_set_symlink(e, target.c_str()); });
  }
  TarBuilder& hard_link(const std::string& name, const std::string& target) {
    return add(name, AE_IFREG, 0644,
               [&](archive_entry* e) { archive_entry_set_hardlink(e, target.c_str()); });
  }
  TarBuilder& character_device(const std::string& name, unsigned major, unsigned minor) {
    return add(name, AE_IFCHR, 0666,
               [&](archive_entry* e) { archive_entry_set_rdev(e, makedev(major, minor)); });
  }
  TarBuilder& file_with_xattr(const std::string& name, const std::string& key,
                              const std::string& value) {
    return add(name, AE_IFREG, 0644, [&](archive_entry* e) {
      archive_entry_set_size(e, 0);
      archive_entry_xattr_add_entry(e, key.c_str(), value.data(), value.size());
    });
  }

  std::string close() {
    if (archive_ != nullptr) {
      archive_write_close(archive_);
      archive_write_free(archive_);
      archive_ = nullptr;
    }
    return path_;
  }

 private:
  template <class Fill>
  TarBuilder& add(const std::string& name, unsigned type, unsigned mode, Fill fill,
                  const std::string& content = "") {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, mode);
    archive_entry_set_mtime(entry, 1'600'000'000, 0);
    fill(entry);
    archive_write_header(archive_, entry);
    if (!content.empty()) archive_write_data(archive_, content.data(), content.size());
    archive_entry_free(entry);
    return *this;
  }

  std::string path_;
  ::archive* archive_;
};

}  // namespace slipway::adapter
