// Short functions that make the rows of the table of fields.
#pragma once

#include <algorithm>

#include "apps/config/table.h"

namespace pushforward::app {

// The functions below make ranges of numbers. An end that is not given is -1e12 or 1e12.
inline Range at_least(double low) { return {.low = low}; }
inline Range above(double low) { return {.low = low, .open_low = true}; }
inline Range from_to(double low, double high) { return {low, high}; }
inline Range from_below(double low, double high) { return {low, high, false, true}; }
inline Range above_to(double low, double high) { return {low, high, true}; }
inline Range any() { return {}; }

// Each of the functions below makes one row of the table, a key of a config, from its name,
// default, range and description.
inline ConfigField number(const char* key, double fallback, Range range, const char* doc) {
  return {.key = key, .kind = FieldKind::number, .fallback = fallback, .doc = doc, .range = range};
}
inline ConfigField number_or_auto(const char* key, Range range, const char* doc) {
  return {.key = key,
          .kind = FieldKind::number_or_auto,
          .fallback = "auto",
          .doc = doc,
          .range = range};
}
inline ConfigField integer(const char* key, std::int64_t fallback, Range range, const char* doc,
                           int multiple = 1) {
  return {.key = key,
          .kind = FieldKind::integer,
          .fallback = fallback,
          .doc = doc,
          .range = range,
          .multiple = multiple};
}
inline ConfigField boolean(const char* key, bool fallback, const char* doc) {
  return {.key = key, .kind = FieldKind::boolean, .fallback = fallback, .doc = doc};
}
inline ConfigField choice(const char* key, const char* fallback, std::vector<std::string> choices,
                          const char* doc) {
  return {.key = key,
          .kind = FieldKind::choice,
          .fallback = fallback,
          .doc = doc,
          .choices = std::move(choices)};
}
// A null default makes the text, or the matrix, one that must be given.
inline ConfigField text_field(const char* key, Json fallback, const char* doc) {
  return {.key = key, .kind = FieldKind::text, .fallback = std::move(fallback), .doc = doc};
}
inline ConfigField numbers_field(const char* key, Range range, const char* doc) {
  return {.key = key,
          .kind = FieldKind::numbers,
          .fallback = Json::array(),
          .doc = doc,
          .range = range};
}
inline ConfigField matrix_field(const char* key, const char* doc, std::size_t fewest = 1,
                                Range range = {}) {
  return {.key = key,
          .kind = FieldKind::matrix,
          .fallback = nullptr,
          .doc = doc,
          .range = range,
          .fewest = fewest};
}
// Returns the names of all values of a list, such as kPredictions.
template <class Values>
std::vector<std::string> names_of(const Values& values) {
  std::vector<std::string> names;
  for (const auto value : values) names.emplace_back(name_of(value));
  return names;
}
inline ConfigField columns_field(const char* key, const char* doc) {
  return {.key = key,
          .kind = FieldKind::columns,
          .fallback = Json::array(),
          .doc = doc,
          .range = from_to(0, 65535),
          .distinct = true};
}
inline ConfigField section(const char* key, const char* table, const char* doc) {
  return {.key = key,
          .kind = FieldKind::section,
          .fallback = Json::object(),
          .doc = doc,
          .section = table};
}
// Makes the key one that has no default and must be given.
inline ConfigField required(ConfigField field) {
  field.fallback = nullptr;
  return field;
}

// Makes one alternative of a section. A section without `type` has a single alternative.
inline Alternative row(const char* type, const char* doc, std::vector<ConfigField> fields = {},
                       std::vector<ConfigRule> rules = {}) {
  return {type, doc, std::move(fields), std::move(rules)};
}
inline Alternative only(std::vector<ConfigField> fields, std::vector<ConfigRule> rules = {}) {
  return row("", "", std::move(fields), std::move(rules));
}
inline ConfigRule rule(std::vector<std::string> needs, const char* key, const char* what,
                       const char* cure, RuleCondition broken, const char* schema = "") {
  return {std::move(needs), key, what, cure, std::move(broken), schema};
}

// Return conditions on a section: the value at the path is this one, is another one, a condition does
// not hold, or all of them hold. A path that the section does not have is neither this nor another.
inline RuleCondition is(const char* path, Json value) {
  return [path, value = std::move(value)](const Json& section) {
    const Json* found = section.find_path(path);
    return found && *found == value;
  };
}
inline RuleCondition is_not(const char* path, Json value) {
  return [path, value = std::move(value)](const Json& section) {
    const Json* found = section.find_path(path);
    return found && *found != value;
  };
}
inline RuleCondition is_any(const char* path, std::vector<std::string> words) {
  return [path, words = std::move(words)](const Json& section) {
    const Json* found = section.find_path(path);
    return found && std::find(words.begin(), words.end(), found->text()) != words.end();
  };
}
// The number at the key `low` is not below that at `high`.
inline RuleCondition reaches(const char* low, const char* high) {
  return [=](const Json& section) { return section.at(low) >= section.at(high); };
}
inline RuleCondition negated(RuleCondition condition) {
  return [condition = std::move(condition)](const Json& section) { return !condition(section); };
}
template <class... More>
RuleCondition when(RuleCondition first, More... more) {
  return [=](const Json& section) { return (first(section) && ... && more(section)); };
}

// The path of a whole config is the straight line from x0 to x1.
inline RuleCondition straight_path() {
  return when(is("/path/type", "cond_ot"), is("/path/sigma_min", 0));
}

// Makes a rule one that only warns when it is broken.
inline ConfigRule warning(ConfigRule rule) {
  rule.severity = Severity::warning;
  return rule;
}

// Marks an alternative, key or rule of the table as valid for one kind of data.
template <class Row>
Row for_kind(DataKind kind, Row row) {
  row.kinds = kind;
  return row;
}
template <class Row>
std::vector<Row> for_kind(DataKind kind, std::vector<Row> rows) {
  for (Row& row : rows) row.kinds = kind;
  return rows;
}
template <class Row>
Row for_continuous(Row row) {
  return for_kind(DataKind::continuous, std::move(row));
}
template <class Row>
Row for_tokens(Row row) {
  return for_kind(DataKind::tokens, std::move(row));
}
template <class Row, class... Others>
std::vector<Row> joined(std::vector<Row> rows, const std::vector<Row>& more,
                        const Others&... others) {
  rows.insert(rows.end(), more.begin(), more.end());
  (rows.insert(rows.end(), others.begin(), others.end()), ...);
  return rows;
}

// Returns the tables of all sections (fields.cpp), each with its rows for continuous data and for
// tokens.
std::vector<SectionTable> config_rows();

// Return fields that several networks and losses share.
ConfigField array_field();
// The fields of a file with the class of each row, and of its column of classes. `none` says what
// holds without a file. class_column_rule refuses a column without a file.
ConfigField class_file_field(const std::string& none);
ConfigField class_column_field();
ConfigRule class_column_rule();
ConfigField time_distribution_field();
ConfigField label_dropout_field();
// Return fields and a rule that all samplers share. time_range_fields returns `begin` and `end`,
// and steering_fields returns `guidance` and `ema`.
ConfigField steps_field(std::int64_t fallback);
ConfigField grid_field();
std::vector<ConfigField> time_range_fields();
std::vector<ConfigField> steering_fields();
ConfigRule time_range_rule();

// Return warnings about settings that have no effect (fields_without_effect.cpp).
// settings_without_effect returns the warnings about the whole config. Each of the other functions
// returns the warnings about one section.
std::vector<ConfigRule> settings_without_effect();
std::vector<ConfigRule> loss_without_effect();
std::vector<ConfigRule> average_without_effect();
std::vector<ConfigRule> checkpoints_without_effect();
std::vector<ConfigRule> tolerances_without_effect();
std::vector<ConfigRule> listed_times_without_effect();
std::vector<ConfigRule> choice_without_effect();

// Return the losses of flow maps, and the rules about them (fields_maps.cpp).
std::vector<Alternative> map_losses();
std::vector<ConfigRule> map_rules();

// Return data sets and sources on manifolds, and the rules about them (fields_manifold.cpp). `wrapped`
// is the field of a wrapped data set.
std::vector<Alternative> manifold_data_rows(ConfigField wrapped);
std::vector<Alternative> manifold_source_rows();
std::vector<ConfigRule> manifold_rules();

// Return the loss of bridges, and the rules about it (fields_bridge.cpp).
std::vector<Alternative> bridge_losses();
std::vector<ConfigRule> bridge_rules();

// Returns the rules about data of type "pairs" and about training at t = 0 alone (fields_pairs.cpp).
std::vector<ConfigRule> pair_rules();

// Returns rules about the held-out rows (fields_holdout.cpp).
std::vector<ConfigRule> holdout_rules();

// Return the rows of the table for configs of tokens (fields_tokens.cpp, fields_token_models.cpp).
std::vector<Alternative> token_data_rows();
std::vector<Alternative> token_source_rows();
std::vector<Alternative> token_paths();
std::vector<Alternative> token_losses();
std::vector<ConfigRule> token_rules();

// Makes a rule whose function writes the message. `what` and `cure` are only for the reference
// page.
inline ConfigRule found_rule(std::vector<std::string> needs, const char* key, const char* what,
                             const char* cure, std::optional<Violation> (*violation)(const Json&)) {
  return {std::move(needs), key, what, cure, nullptr, "", violation};
}

// built_rules returns rules that check a config by building its parts. table_violation checks the
// points of a probability path of type "table". These functions are defined in
// apps/from_config/rules.cpp and only declared here, so that this folder does not include the code
// that builds parts.
using Rules = std::vector<ConfigRule>;
Rules built_rules();
std::optional<Violation> table_violation(const Json& path);
// distance_violation checks the distances of a token_distance section of type "table".
std::optional<Violation> distance_violation(const Json& distance);

// Return the tables of the sections. The comment beside a function names the file in which this
// function and the ones below it are defined.
SectionTable data_section();  // fields_data.cpp
SectionTable source_section();
SectionTable model_section();  // fields_model.cpp
SectionTable input_features_section();
SectionTable time_features_section();
SectionTable label_features_section();
SectionTable path_section();  // fields_path.cpp
SectionTable sampler_path_section();
SectionTable path_noise_section();
SectionTable coupling_section();
SectionTable kappa_section();  // fields_tokens.cpp
SectionTable token_distance_section();
SectionTable remasking_section();  // fields_token_models.cpp
SectionTable corrector_section();
SectionTable loss_section();  // fields_training.cpp
SectionTable time_distribution_section();
SectionTable pair_time_section();    // fields_maps.cpp
SectionTable bridge_time_section();  // fields_bridge.cpp
SectionTable optimizer_section();    // fields_training.cpp
SectionTable schedule_section();
SectionTable ema_section();
SectionTable train_section();
SectionTable sampler_section();  // fields_sampler.cpp
SectionTable time_grid_section();
SectionTable guidance_section();
SectionTable diffusion_section();
SectionTable eval_section();  // fields_training.cpp
SectionTable output_section();

}  // namespace pushforward::app
