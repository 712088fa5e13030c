// A WHERE clause and what is bound to it, in order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/journal/sqlite.h"

namespace slipway::adapter {

class Conditions {
 public:
  void add(std::string_view sql);
  void add(std::string_view sql, std::string_view text);
  void add(std::string_view sql, int64_t number);
  // For the next ? of what was added last.
  void also(std::string_view text) { values_.push_back({false, 0, std::string(text)}); }
  void also(int64_t number) { values_.push_back({true, number, {}}); }

  std::string where() const { return sql_.empty() ? "" : " WHERE " + sql_; }
  // Outlives the statement's steps.
  void bind(Statement& statement) const;

 private:
  struct Value {
    bool is_number;
    int64_t number;
    std::string text;
  };
  std::string sql_;
  std::vector<Value> values_;
};

}  // namespace slipway::adapter
