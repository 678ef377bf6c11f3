#include "apps/config_table.h"

#include <cmath>
#include <cstdio>

#include "apps/suggest.h"
#include "autograd/check.h"

namespace pushforward {

const Field* Alternative::find(std::string_view key) const {
  for (const Field& field : fields) {
    if (field.key == key) return &field;
  }
  return nullptr;
}

std::vector<std::string> Alternative::keys() const {
  std::vector<std::string> all;
  if (!type.empty()) all.push_back("type");
  for (const Field& field : fields) all.push_back(field.key);
  return all;
}

const Alternative* SectionTable::find(std::string_view type) const {
  for (const Alternative& alternative : alternatives) {
    if (alternative.type == type) return &alternative;
  }
  return nullptr;
}

std::vector<std::string> SectionTable::types() const {
  std::vector<std::string> all;
  for (const Alternative& alternative : alternatives) all.push_back(alternative.type);
  return all;
}

const SectionTable& section_table(std::string_view name) {
  for (const SectionTable& table : config_tables()) {
    if (table.name == name) return table;
  }
  fail("config", "there is no section table \"", std::string(name),
       "\"; add it to apps/config_fields.cpp");
}

std::string number_words(double value) {
  char text[40];
  if (value == std::floor(value) && std::fabs(value) < 1e16) {
    std::snprintf(text, sizeof text, "%.0f", value);
  } else {
    for (int digits = 6; digits <= 17; ++digits) {
      std::snprintf(text, sizeof text, "%.*g", digits, value);
      if (std::strtod(text, nullptr) == value) break;
    }
  }
  return text;
}

std::string range_words(const Field& field) {
  const Range all;
  const Range& range = field.range;
  std::vector<std::string> parts;
  const bool low = range.low != all.low, high = range.high != all.high;
  if (range.low == range.high) {
    parts.push_back(number_words(range.low));
  } else if (low && high && !range.open_low && !range.open_high) {
    parts.push_back("from " + number_words(range.low) + " to " + number_words(range.high));
  } else {
    if (low) parts.push_back((range.open_low ? "above " : "at least ") + number_words(range.low));
    if (high) parts.push_back((range.open_high ? "below " : "at most ") + number_words(range.high));
  }
  if (field.multiple > 1) parts.push_back("a multiple of " + std::to_string(field.multiple));
  if (field.nonzero) parts.push_back("not 0");
  if (field.fewest > 0) {
    parts.push_back("at least " + std::to_string(field.fewest) +
                    (field.fewest == 1 ? " entry" : " entries"));
  }
  if (field.distinct) parts.push_back("none twice");
  return join(parts, ", ");
}

std::string kind_words(const Field& field) {
  switch (field.kind) {
    case Kind::number: return "number";
    case Kind::integer: return "integer";
    case Kind::boolean: return "true or false";
    case Kind::text: return "string";
    case Kind::file_name: return "string of letters, digits and . _ -";
    case Kind::choice: return "one of " + join(field.choices);
    case Kind::numbers: return "array of numbers";
    case Kind::number_or_numbers: return "number, or array of one number a column";
    case Kind::integers: return "array of integers";
    case Kind::columns: return "array of column names or indices";
    case Kind::matrix: return "array of rows of numbers";
    case Kind::section: return "object";
  }
  return "";
}

}  // namespace pushforward
