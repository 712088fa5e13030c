#include <cmath>

#include "core/expr/jq/value.h"

namespace slipway::expr::jq {
namespace {

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

// NaN sorts below every number, itself included.
int compare_numbers(const Value& a, const Value& b) {
  if (a.if_int() != nullptr && b.if_int() != nullptr) return order(*a.if_int(), *b.if_int());
  const double x = a.number(), y = b.number();
  if (x < y || std::isnan(x)) return -1;
  return x == y ? 0 : 1;
}

int compare_arrays(const Items& a, const Items& b, Budget& budget) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (const int found = compare(a[i], b[i], budget); found != 0) return found;
  }
  return order(a.size(), b.size());
}

// By the sorted keys first, then value by value.
int compare_objects(const Members& a, const Members& b, Budget& budget) {
  auto left = a.begin(), right = b.begin();
  for (; left != a.end() && right != b.end(); ++left, ++right) {
    if (!budget.spend()) return 0;
    if (const int found = left->first.compare(right->first); found != 0) return found;
  }
  if (a.size() != b.size()) return order(a.size(), b.size());
  for (left = a.begin(), right = b.begin(); left != a.end(); ++left, ++right) {
    if (const int found = compare(left->second, right->second, budget); found != 0) return found;
  }
  return 0;
}

}  // namespace

int compare(const Value& a, const Value& b, Budget& budget) {
  const Kind kind = a.kind();
  if (!budget.spend()) return 0;
  if (kind != b.kind()) return order(kind, b.kind());
  switch (kind) {
    case Kind::kNumber:
      return compare_numbers(a, b);
    case Kind::kString:
      budget.spend(std::min(a.if_string()->size(), b.if_string()->size()) / 256);
      return a.if_string()->compare(*b.if_string());
    case Kind::kArray:
      return a.if_array() == b.if_array() ? 0
                                          : compare_arrays(*a.if_array(), *b.if_array(), budget);
    case Kind::kObject:
      return a.if_object() == b.if_object()
                 ? 0
                 : compare_objects(*a.if_object(), *b.if_object(), budget);
    default:
      return 0;
  }
}

}  // namespace slipway::expr::jq
