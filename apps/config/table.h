// The types of the table of all config fields (fields.cpp has the rows).
//
// A section of a config is an object. Its `type` selects one of its alternatives, and only the keys
// of that alternative are allowed. A section with a single nameless alternative has no `type`.
// Checking, defaults, the JSON Schema, the reference page, the starter config and completion are
// all derived from this table.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// The kinds of values of a field.
enum class FieldKind {
  number,             // a finite number
  integer,            // a whole number: 1e3 is allowed, 3.7 is not
  boolean,            //
  text,               // a string; it may be empty only if its default is empty
  file_name,          // a string of letters, digits and . _ - that begins with a letter or digit
  choice,             // one word of a list
  numbers,            // an array of numbers
  number_or_numbers,  // one number for all columns, or an array with one for each
  number_or_auto,     // a number, or the word "auto"
  integers,           // an array of whole numbers
  columns,            // an array of column names or indices (from 0)
  texts,              // an array of strings, which may be empty
  column_types,       // an object with the kind or transform of columns, by name
  rows,               // a share of the rows, an array of row numbers (from 0), or a file's path
  matrix,             // an array of rows, arrays of numbers
  section,            // an object with a table of its own
};

// The kind of data that an alternative, key or rule of the table is for: continuous data, sequences
// of tokens, or any. The kind of a config is that of its section /data. Only the alternatives,
// keys, choices, defaults and rules for this kind apply to the config.
enum class DataKind { any, continuous, tokens };

// The range of a field, [low, high]. `open_low` and `open_high` exclude the ends.
struct Range {
  double low = -1e12, high = 1e12;
  bool open_low = false, open_high = false;
};

// One row of the table: a key of a config.
struct ConfigField {
  std::string key;
  FieldKind kind;
  Json fallback;  // the default; null: the key must be given
  std::string doc;
  Range range{};                     // the range of the number, or of each number of an array
  int multiple = 1;                  // integer: the value must be a multiple of this
  std::vector<std::string> choices;  // choice: the allowed words
  std::size_t fewest = 0;            // arrays: the least number of elements
  bool distinct = false;             // arrays: elements must differ
  bool nonzero = false;              // number_or_numbers: no number may be 0
  std::string section;               // section: the name of its table
  DataKind kinds = DataKind::any;    // the kind of config that has this key
  DataKind holds = DataKind::any;    // section: the kind of its data; any: the config's kind
  Json token_fallback = nullptr;     // the default for tokens, if it differs
  std::vector<std::string> token_choices{};  // choice: the choices for tokens, if they differ
  // The value that this key has in the configs of runs that were trained before the key existed.
  // If it is null, this is `fallback`.
  Json earlier = nullptr;
  // Describes a default that is not a fixed value. `fallback` is then only shown, and used where no
  // data file is known. The starter config leaves the key out.
  std::string default_words{};
};

// The violation of a rule: `what` names the two things that disagree, and `cure` says what to do.
struct Violation {
  std::string what, cure;
};

// The effect of a broken rule. `error`: the config is refused. `new_runs`: a new run is refused,
// but the config of an earlier run is still read. `warning`: a warning is printed, and the config
// is used.
enum class Severity { error, new_runs, warning };

// A condition on a checked section with every default.
using RuleCondition = std::function<bool(const Json& section)>;

// A rule about a combination of values, each of which is allowed by itself. The function `broken`
// or `violation` returns whether a section violates the rule.
struct ConfigRule {
  std::vector<std::string> needs;  // the keys it reads; the rule is skipped if one is faulty
  std::string key;                 // the path that its message names, such as "/warmup"
  std::string what, cure;          // the two things that disagree; the cure
  RuleCondition broken;            // gets the checked section with every default
  std::string schema;              // the rule as JSON Schema; empty if a schema cannot express it
  // Replaces `broken` in rules whose message depends on the values: returns the message if the rule
  // is violated. `what` and `cure` are then only for the reference page.
  std::optional<Violation> (*violation)(const Json& section) = nullptr;
  DataKind kinds = DataKind::any;  // the kind of config that the rule applies to
  Severity severity = Severity::error;
};

// One alternative of a section: the keys and rules that the section has if its `type` selects this
// alternative.
struct Alternative {
  std::string type;  // empty if the section has no `type`
  std::string doc;
  std::vector<ConfigField> fields;
  std::vector<ConfigRule> rules;
  DataKind kinds = DataKind::any;  // the kind of config that may select it

  const ConfigField* find(std::string_view key) const;
  std::vector<std::string> keys() const;  // in table order; `type` comes first if there is one
};

// The table of one section of a config: its alternatives and its default type.
struct SectionTable {
  std::string name;
  std::string doc;
  std::string fallback;  // the default type; empty: `type` must be given
  std::vector<Alternative> alternatives;
  std::string token_fallback{};     // `fallback` for tokens, if it differs
  std::string map_fallback{};       // `fallback` for the losses of flow maps, if it differs
  std::string manifold_fallback{};  // `fallback` for data on a manifold, if it differs
  std::string pairs_fallback{};     // `fallback` for data of type "pairs", if it differs

  bool typed() const { return !alternatives.front().type.empty(); }
  const Alternative* find(std::string_view type) const;
  std::vector<std::string> types() const;
};

// Returns the tables of all sections; the first is that of the whole document, named "config". With
// `kind` the tables have only the rows that apply to configs of that kind. DataKind::any selects
// all rows.
const std::vector<SectionTable>& config_tables(DataKind kind = DataKind::any);

// Returns the table of the section of that name. Throws if there is none.
const SectionTable& section_table(std::string_view name, DataKind kind = DataKind::any);

// Returns the table of the section that `field` holds, for configs of this kind of data.
const SectionTable& section_below(const ConfigField& field, DataKind kind);

// The words of FieldKind::column_types: the kinds of columns, and their transforms. "logit" needs
// bounds, so it is no word by itself.
const std::vector<std::string>& column_kind_words();
const std::vector<std::string>& column_transform_words();

// Returns the word for a kind of data: "continuous", "tokens", or "both" for DataKind::any.
const char* kind_name(DataKind kind);

// Returns the field of the row numbers that a field of kind `rows` may hold: whole numbers from 0,
// at least one, none twice.
ConfigField row_numbers_field();

// Returns the range of a field in words, such as "at least 0" or "from 0 to 1".
// Returns "" if there is no limit.
std::string range_words(const ConfigField& field);

// Returns in words what a field holds, such as "integer" or "array of integers".
std::string kind_words(const ConfigField& field);

// Formats a number for a message or a table: 0.001, 1e-05, 5000.
std::string number_words(double value);

}  // namespace pushforward::app
