// The types of the one table that the config's fields stand in (fields.cpp holds the rows).
//
// A section is an object. Its `type` picks one of its alternatives, and only
// that alternative's keys are legal; a section with a single nameless
// alternative has no `type`. Checking, defaults, the JSON Schema, the reference
// page, the starter config and completion all read this table and nothing else.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// What a field holds.
enum class FieldKind {
  number,             // a finite number
  integer,            // a whole number; 1e3 is one, 3.7 is none
  boolean,            //
  text,               // a string; not empty, unless its default is
  file_name,          // a string of letters, digits and . _ - that begins with a letter or digit
  choice,             // one of some words
  numbers,            // an array of numbers
  number_or_numbers,  // one number for all columns, or an array with one for each
  integers,           // an array of whole numbers
  columns,            // an array of column names or indices (from 0)
  matrix,             // an array of rows, arrays of numbers
  section,            // an object with a table of its own
};

// Which data something is for: continuous data, sequences of tokens, or both. A config is of the
// kind of its /data, and sees the alternatives, keys, words, defaults and rules of that kind alone.
enum class DataKind { any, continuous, tokens };

// The numbers a field may hold: [low, high], or without an end.
struct Range {
  double low = -1e12, high = 1e12;
  bool open_low = false, open_high = false;
};

// One row of the table.
struct ConfigField {
  std::string key;
  FieldKind kind;
  Json fallback;  // the default; null: the key must be given
  std::string doc;
  Range range{};                     // of a number, or of each number of an array
  int multiple = 1;                  // integer: a multiple of this
  std::vector<std::string> choices;  // choice
  std::size_t fewest = 0;            // arrays: the least length
  bool distinct = false;             // arrays: no element twice
  bool nonzero = false;              // number_or_numbers: none is 0
  std::string section;               // section: the name of its table
  DataKind kinds = DataKind::any;    // configs that have this key
  DataKind holds = DataKind::any;    // section: the kind of what it holds; any: the config's
  Json token_fallback = nullptr;     // the default for tokens, where it differs
  std::vector<std::string> token_choices{};  // choice: the words for tokens, where they differ
};

// What a rule that builds something found out: which two things disagree, and what to do.
struct Violation {
  std::string what, cure;
};

// A combination of values that is refused although each value is legal.
struct ConfigRule {
  std::vector<std::string> needs;  // the keys it reads; passed over while one of them is faulty
  std::string key;                 // where its message points: a path below the section, "/warmup"
  std::string what, cure;          // which two things disagree; what to do
  bool (*broken)(const Json& section);  // sees the section checked and with every default
  std::string schema;  // the same as JSON Schema; empty where a schema cannot compare two values
  // In the place of `broken`, for rules whose words depend on the values; `what` and `cure` are
  // then those of the reference page.
  std::optional<Violation> (*violation)(const Json& section) = nullptr;
  DataKind kinds = DataKind::any;  // configs it is looked at in
};

// One alternative of a section.
struct Alternative {
  std::string type;  // empty in a section without `type`
  std::string doc;
  std::vector<ConfigField> fields;
  std::vector<ConfigRule> rules;
  DataKind kinds = DataKind::any;  // configs that may pick it

  const ConfigField* find(std::string_view key) const;
  std::vector<std::string> keys() const;  // in table order, `type` first if there is one
};

// One section.
struct SectionTable {
  std::string name;
  std::string doc;
  std::string fallback;  // the type where none is given; empty: `type` must be given
  std::vector<Alternative> alternatives;
  std::string token_fallback{};  // `fallback` of tokens, where it differs

  bool typed() const { return !alternatives.front().type.empty(); }
  const Alternative* find(std::string_view type) const;
  std::vector<std::string> types() const;
};

// Every section, the whole document ("config") first: all rows, or what a config of one kind sees.
const std::vector<SectionTable>& config_tables(DataKind kind = DataKind::any);

// The section of that name; fails on an unknown one.
const SectionTable& section_table(std::string_view name, DataKind kind = DataKind::any);

// The table of a section field of a config of this kind.
const SectionTable& section_below(const ConfigField& field, DataKind kind);

// "continuous" or "tokens"; "both" for any.
const char* kind_name(DataKind kind);

// The range of a field in words: "at least 0", "between
// 0 and 1, 1 excluded"; empty if anything goes.
std::string range_words(const ConfigField& field);

// What a field holds in words: "number", "integer", "array of integers".
std::string kind_words(const ConfigField& field);

// A number as a message or a table shows it: 0.001, 1e-05, 5000.
std::string number_words(double value);

}  // namespace pushforward::app
