#include "base/json.h"
#include "core/expr/jq/civil.h"

namespace slipway::expr::jq {
namespace {

Error cannot_parse(char directive) {
  return invalid(std::string("cannot parse \"%") + directive + "\"");
}
Error expected(char c) { return invalid(std::string("expected '") + c + "'"); }

class Parser {
 public:
  Parser(std::string_view text, std::string_view format) : text_(text), format_(format) {}

  Result<Moment> run() {
    for (size_t i = 0; i < format_.size(); ++i) {
      if (format_[i] != '%') {
        TRY(literal(format_[i]));
        continue;
      }
      if (++i == format_.size()) return invalid("stray \"%\"");
      while (i + 1 < format_.size() && format_[i] == ':') ++i;  // %:z reads what %z does
      TRY(directive(format_[i]));
    }
    if (at_ < text_.size()) {
      return invalid("unparsed string " + quote_json(text_.substr(at_)));
    }
    return finish();
  }

 private:
  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  Status literal(char c) {
    if (at_ >= text_.size() || here() != c) return expected(c);
    ++at_;
    return {};
  }

  Status number(int64_t& into, size_t width, int64_t least, int64_t most, char directive) {
    const size_t from = at_;
    int64_t value = 0;
    while (at_ < text_.size() && at_ < from + width && here() >= '0' && here() <= '9') {
      value = value * 10 + (text_[at_++] - '0');
    }
    if (at_ == from || value < least || value > most) return cannot_parse(directive);
    into = value;
    return {};
  }

  static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

  // Of a name of the month or weekday; `least` is the number of the first.
  Status name(int64_t& into, std::string_view (*name_of)(int64_t), int64_t least, int64_t most,
              size_t length, char directive) {
    for (int64_t i = least; i <= most; ++i) {
      const std::string_view wanted = name_of(i).substr(0, length);
      const std::string_view found = text_.substr(at_, wanted.size());
      if (found.size() != wanted.size()) continue;
      bool same = true;
      for (size_t j = 0; j < wanted.size(); ++j) same &= lower(found[j]) == lower(wanted[j]);
      if (!same) continue;
      at_ += wanted.size();
      into = i;
      return {};
    }
    return cannot_parse(directive);
  }

  Status zone() {
    if (here() == 'Z') return ++at_, Status();
    if (here() != '+' && here() != '-') return cannot_parse('z');
    const int64_t sign = here() == '-' ? -1 : 1;
    int64_t hours = 0, minutes = 0;
    const size_t from = ++at_;
    if (!number(hours, 2, 0, 23, 'z').ok() || at_ != from + 2) return cannot_parse('z');
    const bool colon = here() == ':';
    if (colon) ++at_;
    const size_t minute_at = at_;
    if (!number(minutes, 2, 0, 59, 'z').ok() || at_ != minute_at + 2) {
      if (colon) return cannot_parse('z');
      at_ = minute_at;
      minutes = 0;
    }
    offset_ = sign * (hours * 3600 + minutes * 60);
    return {};
  }

  // A zone's name: those that mean UTC.
  Status zone_name() {
    const size_t from = at_;
    while (here() >= 'A' && here() <= 'Z') ++at_;
    const std::string_view name = text_.substr(from, at_ - from);
    if (name.size() < 3) {
      return invalid("cannot parse " + quote_json(name) + " with \"%Z\"");
    }
    return {};
  }

  Status directive(char c) {
    if (const std::string_view parts = composition_of(c); !parts.empty()) {
      for (const char part : parts) {
        const bool letter = (part >= 'a' && part <= 'z') || (part >= 'A' && part <= 'Z');
        TRY(letter ? directive(part) : literal(part));
      }
      return {};
    }
    if ((c == 'e' || c == 'k' || c == 'l') && here() == ' ') ++at_;
    switch (c) {
      case 'Y':
        return number(year_, 4, 0, 9999, c);
      case 'y':
        TRY(number(year_, 2, 0, 99, c));
        year_ += year_ < 69 ? 2000 : 1900;
        return {};
      case 'C':
        return number(century_, 2, 0, 99, c);
      case 'm':
        return number(month_, 2, 1, 12, c);
      case 'B':
        return name(month_, month_name_of, 1, 12, 99, c);
      case 'b':
      case 'h':
        return name(month_, month_name_of, 1, 12, 3, c);
      case 'A':
        return name(weekday_, weekday_name_of, 0, 6, 99, c);
      case 'a':
        return name(weekday_, weekday_name_of, 0, 6, 3, c);
      case 'w':
        return number(weekday_, 1, 0, 6, c);
      case 'u':
        return number(weekday_, 1, 1, 7, c);
      case 'd':
      case 'e':
        return number(day_, 2, 1, 31, c);
      case 'j':
        return number(year_day_, 3, 1, 366, c);
      default:
        return clock_directive(c);
    }
  }

  Status clock_directive(char c) {
    switch (c) {
      case 'H':
      case 'k':
        return number(hour_, 2, 0, 23, c);
      case 'I':
      case 'l':
        TRY(number(hour_, 2, 1, 12, c));
        hour_ %= 12;
        return {};
      case 'p':
      case 'P':
        return name(
            half_, [](int64_t i) { return std::string_view(i == 0 ? "AM" : "PM"); }, 0, 1, 2, c);
      case 'M':
        return number(minute_, 2, 0, 59, c);
      case 'S':
        return number(second_, 2, 0, 60, c);
      case 's':
        TRY(number(epoch_, 10, 0, 9'999'999'999, c));
        has_epoch_ = true;
        return {};
      case 'f':
        return fraction();
      case 'Z':
        return zone_name();
      case 'z':
        return zone();
      case 't':
      case 'n': {
        const size_t from = at_;
        while (at_ < text_.size() && (here() == ' ' || (here() >= '\t' && here() <= '\r'))) ++at_;
        if (at_ == from) return invalid(std::string("expected a space for \"%") + c + "\"");
        return {};
      }
      case '%':
        return literal('%');
      default:
        return invalid(std::string("unexpected format \"%") + c + "\"");
    }
  }

  Status fraction() {
    const size_t from = at_;
    int64_t micros = 0;
    TRY(number(micros, 6, 0, 999'999, 'f'));
    for (size_t digits = at_ - from; digits < 6; ++digits) micros *= 10;
    nanoseconds_ = micros * 1000;
    return {};
  }

  Result<Moment> finish() {
    if (has_epoch_) return Moment{epoch_ - offset_, nanoseconds_};
    if (half_ == 1) hour_ += 12;
    if (century_ >= 0) year_ = century_ * 100 + year_ % 100;
    int64_t days = 0;
    if (day_ == 0 && year_day_ > 0) {
      days = days_of(year_, 1, year_day_);
    } else {
      days = days_of(year_, month_, std::max<int64_t>(day_, 1));
    }
    return Moment{days * 86400 + hour_ * 3600 + minute_ * 60 + second_ - offset_, nanoseconds_};
  }

  std::string_view text_, format_;
  size_t at_ = 0;
  int64_t year_ = 1900, month_ = 1, day_ = 0, year_day_ = 0, weekday_ = -1, century_ = -1;
  int64_t hour_ = 0, minute_ = 0, second_ = 0, nanoseconds_ = 0, half_ = 0, offset_ = 0;
  int64_t epoch_ = 0;
  bool has_epoch_ = false;
};

}  // namespace

Result<Moment> parse_time(std::string_view text, std::string_view format) {
  auto moment = Parser(text, format).run();
  if (moment.ok()) return moment;
  return invalid("failed to parse " + quote_json(text) + " with " + quote_json(format) + ": " +
                 moment.error().message);
}

}  // namespace slipway::expr::jq
