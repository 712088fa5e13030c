#include <algorithm>

#include "core/expr/jsonpath/path.h"

namespace slipway::expr::jsonpath {
namespace {

using Values = std::vector<const json::value*>;

class Selector {
 public:
  explicit Selector(const json::value& root) : root_(root) {}

  Result<Values> run(const Path& path, const json::value& current) {
    Values at{path.from_root ? &root_ : &current};
    for (const Step& step : path.steps) {
      Values next;
      for (const json::value* value : at) TRY(one(step, *value, next));
      at = std::move(next);
    }
    return at;
  }

 private:
  Status add(const json::value& value, Values& out) {
    if (++selected_ > kMaxSelected) {
      return Error{ErrorCode::kLimit, "JSONPath selects more than 100000 values", ""};
    }
    out.push_back(&value);
    return {};
  }

  Status one(const Step& step, const json::value& value, Values& out) {
    switch (step.kind) {
      case Step::Kind::kUnion:
        for (const Step::Choice& choice : step.choices) TRY(pick(choice, value, out));
        return {};
      case Step::Kind::kWildcard:
        return children(value, [&](const json::value& child) { return add(child, out); });
      case Step::Kind::kRecursive:
        return everything(value, out);
      case Step::Kind::kSlice:
        return slice(step, value, out);
      case Step::Kind::kFilter:
        return children(value, [&](const json::value& child) -> Status {
          TRY_ASSIGN(const bool passes, holds(*step.filter, child));
          if (passes) return add(child, out);
          return {};
        });
    }
    return {};
  }

  template <class Visit>
  static Status children(const json::value& value, Visit&& visit) {
    if (const auto* array = value.if_array()) {
      for (const auto& item : *array) TRY(visit(item));
    } else if (const auto* object = value.if_object()) {
      for (const auto& member : *object) TRY(visit(member.value()));
    }
    return {};
  }

  Status pick(const Step::Choice& choice, const json::value& value, Values& out) {
    if (const auto* object = value.if_object(); object != nullptr && !choice.is_index) {
      if (const json::value* member = object->if_contains(choice.key)) return add(*member, out);
    }
    if (const auto* array = value.if_array(); array != nullptr && choice.is_index) {
      const auto size = static_cast<int64_t>(array->size());
      const int64_t index = choice.index < 0 ? choice.index + size : choice.index;
      if (index >= 0 && index < size) return add((*array)[static_cast<size_t>(index)], out);
    }
    return {};
  }

  Status everything(const json::value& value, Values& out) {
    TRY(add(value, out));
    return children(value, [&](const json::value& child) { return everything(child, out); });
  }

  Status slice(const Step& step, const json::value& value, Values& out) {
    const auto* array = value.if_array();
    if (array == nullptr) return {};
    const auto size = static_cast<int64_t>(array->size());
    const auto bound = [&](std::optional<int64_t> given, int64_t otherwise) {
      const int64_t index = given.value_or(otherwise);
      return std::clamp<int64_t>(index < 0 ? index + size : index, 0, size);
    };
    const int64_t to = bound(step.to, size);
    const int64_t stride = std::min(step.step.value_or(1), size + 1);
    for (int64_t i = bound(step.from, 0); i < to; i += stride) {
      TRY(add((*array)[static_cast<size_t>(i)], out));
    }
    return {};
  }

  Result<bool> holds(const Filter& filter, const json::value& current) {
    switch (filter.op) {
      case Filter::Op::kOr:
      case Filter::Op::kAnd: {
        TRY_ASSIGN(const bool left, holds(*filter.left, current));
        if (left == (filter.op == Filter::Op::kOr)) return left;
        return holds(*filter.right, current);
      }
      case Filter::Op::kNot: {
        TRY_ASSIGN(const bool inner, holds(*filter.left, current));
        return !inner;
      }
      case Filter::Op::kExists: {
        TRY_ASSIGN(const json::value* found, operand(filter.a, current));
        return found != nullptr && !(found->is_bool() && !found->get_bool());
      }
      case Filter::Op::kCompare: {
        TRY_ASSIGN(const json::value* a, operand(filter.a, current));
        if (filter.b.regex != nullptr) {
          return a != nullptr && a->is_string() &&
                 RE2::PartialMatch(str(a->get_string()), *filter.b.regex);
        }
        TRY_ASSIGN(const json::value* b, operand(filter.b, current));
        if (a == nullptr || b == nullptr) {
          return filter.comparison == "!=" && a != b;
        }
        return compare(filter.comparison, *a, *b);
      }
    }
    return false;
  }

  // The first value of a path, nullptr when it selects nothing.
  Result<const json::value*> operand(const Filter::Operand& operand, const json::value& current) {
    if (!operand.path) return &operand.literal;
    TRY_ASSIGN(const Values found, run(*operand.path, current));
    return found.empty() ? nullptr : found.front();
  }

  static bool compare(std::string_view op, const json::value& a, const json::value& b) {
    std::optional<int> order;
    if (a.is_number() && b.is_number()) {
      const double x = a.to_number<double>();
      const double y = b.to_number<double>();
      order = x < y ? -1 : y < x ? 1 : 0;
    } else if (a.is_string() && b.is_string()) {
      order = a.get_string().compare(b.get_string());
    }
    if (op == "==") return order ? *order == 0 : a == b;
    if (op == "!=") return order ? *order != 0 : !(a == b);
    if (!order) return false;
    if (op == "<") return *order < 0;
    if (op == "<=") return *order <= 0;
    return op == ">" ? *order > 0 : *order >= 0;
  }

  const json::value& root_;
  size_t selected_ = 0;
};

}  // namespace

Result<std::vector<const json::value*>> select(const Path& path, const json::value& root,
                                               const json::value& current) {
  return Selector(root).run(path, current);
}

}  // namespace slipway::expr::jsonpath
