#include "apps/config/table.h"

#include <cmath>
#include <cstdio>

#include "apps/config/rows.h"
#include "apps/suggest.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::fail;

const ConfigField* Alternative::find(std::string_view key) const {
  for (const ConfigField& field : fields) {
    if (field.key == key) return &field;
  }
  return nullptr;
}

std::vector<std::string> Alternative::keys() const {
  std::vector<std::string> all;
  if (!type.empty()) all.push_back("type");
  for (const ConfigField& field : fields) all.push_back(field.key);
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

namespace {

bool suits(DataKind kinds, DataKind kind) { return kinds == DataKind::any || kinds == kind; }

// Returns the part of a section's table that is valid for configs of one kind of data.
SectionTable view(SectionTable table, DataKind kind) {
  const bool tokens = kind == DataKind::tokens;
  if (tokens && !table.token_fallback.empty()) table.fallback = table.token_fallback;
  std::erase_if(table.alternatives, [&](const Alternative& a) { return !suits(a.kinds, kind); });
  for (Alternative& alternative : table.alternatives) {
    std::erase_if(alternative.fields, [&](const ConfigField& f) { return !suits(f.kinds, kind); });
    std::erase_if(alternative.rules, [&](const ConfigRule& r) { return !suits(r.kinds, kind); });
    for (ConfigField& field : alternative.fields) {
      if (tokens && !field.token_fallback.is_null()) field.fallback = field.token_fallback;
      if (tokens && !field.token_choices.empty()) field.choices = field.token_choices;
    }
  }
  return table;
}

// Returns the table of a section for both kinds of data: it has all rows, and each choice allows
// its words for continuous data and its words for tokens.
SectionTable whole(SectionTable table) {
  for (Alternative& alternative : table.alternatives) {
    for (ConfigField& field : alternative.fields)
      field.choices.insert(field.choices.end(), field.token_choices.begin(),
                           field.token_choices.end());
  }
  return table;
}

std::vector<SectionTable> make_tables(DataKind kind) {
  std::vector<SectionTable> tables = config_rows();
  for (SectionTable& table : tables)
    table = kind == DataKind::any ? whole(std::move(table)) : view(std::move(table), kind);
  return tables;
}

}  // namespace

const std::vector<SectionTable>& config_tables(DataKind kind) {
  static const std::vector<SectionTable> all = make_tables(DataKind::any),
                                         continuous = make_tables(DataKind::continuous),
                                         tokens = make_tables(DataKind::tokens);
  return kind == DataKind::any ? all : kind == DataKind::continuous ? continuous : tokens;
}

const SectionTable& section_below(const ConfigField& field, DataKind kind) {
  return section_table(field.section, field.holds == DataKind::any ? kind : field.holds);
}

const char* kind_name(DataKind kind) {
  return kind == DataKind::any ? "both" : kind == DataKind::continuous ? "continuous" : "tokens";
}

const SectionTable& section_table(std::string_view name, DataKind kind) {
  for (const SectionTable& table : config_tables(kind)) {
    if (table.name == name) return table;
  }
  fail("config", "there is no section table \"", std::string(name),
       "\"; add it to apps/config/fields.cpp");
}

const std::vector<std::string>& column_kind_words() {
  static const std::vector<std::string> words{"number",  "integer", "category", "degrees",
                                              "radians", "date",    "time"};
  return words;
}
const std::vector<std::string>& column_transform_words() {
  static const std::vector<std::string> words{"none", "standardize", "log", "sqrt", "quantile"};
  return words;
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

ConfigField row_numbers_field() {
  ConfigField field{.key = "", .kind = FieldKind::integers, .fallback = nullptr, .doc = ""};
  field.range = {.low = 0, .high = 2147483646};
  field.fewest = 1;
  field.distinct = true;
  return field;
}

std::string range_words(const ConfigField& field) {
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
  if (field.nonzero) parts.push_back("nonzero");
  if (field.fewest > 0) {
    parts.push_back("at least " + std::to_string(field.fewest) +
                    (field.fewest == 1 ? " entry" : " entries"));
  }
  if (field.distinct) parts.push_back("none twice");
  return join_words(parts, ", ");
}

std::string kind_words(const ConfigField& field) {
  switch (field.kind) {
    case FieldKind::number: return "number";
    case FieldKind::integer: return "integer";
    case FieldKind::boolean: return "true or false";
    case FieldKind::text: return "string";
    case FieldKind::file_name: return "string of letters, digits and . _ -";
    case FieldKind::choice: return "one of " + join_words(field.choices);
    case FieldKind::numbers: return "array of numbers";
    case FieldKind::number_or_numbers: return "number, or array of one number a column";
    case FieldKind::number_or_auto: return "number, or \"auto\"";
    case FieldKind::integers: return "array of integers";
    case FieldKind::columns: return "array of column names or indices";
    case FieldKind::texts: return "array of strings";
    case FieldKind::column_types:
      return "object of a kind, a transform, bounds [low, high], or an object of `kind`, "
             "`transform` and `bounds` for each column";
    case FieldKind::rows: return "path of a file, array of row numbers, or share of the rows";
    case FieldKind::matrix: return "array of rows of numbers";
    case FieldKind::section: return "object";
  }
  return "";
}

}  // namespace pushforward::app
