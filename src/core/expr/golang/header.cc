#include "core/expr/golang/golang.h"

namespace slipway::expr {
namespace {

bool is_token(unsigned char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != 0 &&
         std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
}

}  // namespace

std::string canonical_header(std::string_view name) {
  std::string out(name);
  for (const char c : name) {
    if (!is_token(static_cast<unsigned char>(c))) return out;  // Go leaves such names alone
  }
  bool start = true;
  for (char& c : out) {
    if (start && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (!start && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    start = c == '-';
  }
  return out;
}

}  // namespace slipway::expr
