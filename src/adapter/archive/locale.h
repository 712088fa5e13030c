// UTF-8 names in archives, whatever the process's locale is.
#pragma once

#include <locale.h>

namespace slipway::adapter {

// libarchive converts the names in pax headers to the locale's encoding and would lose everything
// but ASCII in the "C" locale. While one of these lives, the calling thread's encoding is UTF-8.
class Utf8Scope {
 public:
  Utf8Scope() : before_(::uselocale(utf8())) {}
  ~Utf8Scope() { ::uselocale(before_); }
  Utf8Scope(const Utf8Scope&) = delete;
  Utf8Scope& operator=(const Utf8Scope&) = delete;

 private:
  // One for all threads, and for good: glibc shares the tables behind it, and to load and free them
  // with every archive costs more than many an archive. glibc has C.UTF-8 built in.
  static locale_t utf8() {
    static const locale_t kUtf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return kUtf8;
  }

  locale_t before_;
};

}  // namespace slipway::adapter
