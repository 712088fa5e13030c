#include "adapter/journal/conditions.h"

namespace slipway::adapter {

void Conditions::add(std::string_view sql) {
  if (!sql_.empty()) sql_ += " AND ";
  sql_ += sql;
}

void Conditions::add(std::string_view sql, std::string_view text) {
  add(sql);
  also(text);
}

void Conditions::add(std::string_view sql, int64_t number) {
  add(sql);
  also(number);
}

void Conditions::bind(Statement& statement) const {
  for (const Value& value : values_) {
    value.is_number ? statement.bind(value.number) : statement.bind(value.text);
  }
}

}  // namespace slipway::adapter
