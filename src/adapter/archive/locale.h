// UTF-8 names in archives, whatever the process's locale is.
#pragma once

#include <locale.h>

namespace slipway::adapter {

// libarchive converts the names in pax headers to the locale's encoding and would lose everything
// but ASCII in the "C" locale. While one of these lives, the calling thread's encoding is UTF-8.
class Utf8Scope {
 public:
  Utf8Scope()
      : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)),
        before_(utf8_ != nullptr ? ::uselocale(utf8_) : nullptr) {}
  ~Utf8Scope() {
    if (utf8_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(utf8_);
  }
  Utf8Scope(const Utf8Scope&) = delete;
  Utf8Scope& operator=(const Utf8Scope&) = delete;

 private:
  locale_t utf8_, before_;
};

}  // namespace slipway::adapter
