// Keys of a config that are members of an options struct: the default of such a key is the struct's,
// and a checked section sets the members.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "apps/config/makers.h"
#include "nn/choice.h"

namespace pushforward::app {

// A row of the table of fields whose value is a part of Options.
template <class Options>
struct Member : ConfigField {
  using Set = std::function<void(const Json& value, Options& options)>;
  // A key without `set`, such as a section within the options, is read elsewhere.
  Member(ConfigField row, Set set_part = {})
      : ConfigField(std::move(row)), set(std::move(set_part)) {}
  Set set;  // sets the part to a checked value
};
template <class Options>
using Members = std::vector<Member<Options>>;

// Returns the keys as rows of the table.
template <class Options>
std::vector<ConfigField> fields_of(const Members<Options>& members) {
  return {members.begin(), members.end()};
}

// Sets the members whose keys the checked section has.
template <class Options>
void read(const Members<Options>& members, const Json& section, Options& options) {
  for (const Member<Options>& member : members)
    if (const Json* value = section.find(member.key); value && member.set)
      member.set(*value, options);
}

// Makes a key of a number, a whole number, true or false, or one or more whole numbers. `part` is a
// pointer to a member of Options, or returns a reference to a part of it.
template <class Options, class Part>
Member<Options> part_field(const char* key, Part part, Range range, const char* doc) {
  using Value = std::remove_cvref_t<std::invoke_result_t<Part, Options&>>;
  Options defaults;
  ConfigField row{
      .key = key, .kind = {}, .fallback = std::invoke(part, defaults), .doc = doc, .range = range};
  if constexpr (std::is_same_v<Value, bool>) {
    row.kind = FieldKind::boolean;
  } else if constexpr (std::is_integral_v<Value>) {
    row.kind = FieldKind::integer;
  } else if constexpr (std::is_floating_point_v<Value>) {
    row.kind = FieldKind::number;
  } else {
    row.kind = FieldKind::integers;
    row.fewest = 1;
  }
  return {std::move(row), [part](const Json& value, Options& options) {
            std::invoke(part, options) = value.get<Value>();
          }};
}
template <class Options, class Value>
Member<Options> field(const char* key, Value Options::*member, Range range, const char* doc) {
  return part_field<Options>(key, member, range, doc);
}
template <class Options>
Member<Options> field(const char* key, bool Options::*member, const char* doc) {
  return part_field<Options>(key, member, {}, doc);
}

// Makes a key of a number, or of the word "auto", which leaves the member as it is.
template <class Options>
Member<Options> auto_field(const char* key, double Options::*member, Range range, const char* doc) {
  return {number_or_auto(key, range, doc), [member](const Json& value, Options& options) {
            if (value != "auto") options.*member = value.get<double>();
          }};
}

// Makes a key of a word, which is the name of a value of the member: from a table of choices, whose
// indices are the values, or of each of the values.
template <class Options, class Value>
Member<Options> field(const char* key, Value Options::*member, std::span<const Choice> words,
                      const char* doc) {
  Options defaults;
  std::vector<std::string> names;
  for (const Choice& word : words) names.emplace_back(word.name);
  const std::string fallback = names[static_cast<std::size_t>(defaults.*member)];
  return {choice(key, fallback.c_str(), std::move(names), doc),
          [key, member, words](const Json& value, Options& options) {
            options.*member = static_cast<Value>(choose(key, value.text(), words));
          }};
}
template <class Options, class Value>
Member<Options> field(const char* key, Value Options::*member, std::vector<Value> values,
                      const char* doc) {
  Options defaults;
  return {choice(key, std::string(name_of(defaults.*member)).c_str(), names_of(values), doc),
          [member, values](const Json& word, Options& options) {
            for (const Value value : values)
              if (word == name_of(value)) options.*member = value;
          }};
}

// Makes a key of one of two words; the second one sets the part to true.
template <class Options, class Part>
Member<Options> word_field(const char* key, const char* word, const char* true_word,
                           const char* doc, Part part) {
  Options defaults;
  return {choice(key, part(defaults) ? true_word : word, {word, true_word}, doc),
          [part, true_word](const Json& chosen, Options& options) {
            part(options) = chosen == true_word;
          }};
}

// Makes the key of a whole number one of even numbers.
template <class Row>
Row even(Row row) {
  row.multiple = 2;
  return row;
}

// Gives a key another default than that of the struct.
template <class Row>
Row with_default(Row row, Json fallback) {
  row.fallback = std::move(fallback);
  return row;
}

// Makes the row of one kind of Options: its keys are `members`, and it makes Options of this kind with
// these members. The type is the name of the kind in the table of choices.
template <class Options, class Kind>
typename Makers<Options>::Row kind_row(Kind kind, std::span<const Choice> kinds, const char* doc,
                                       Members<Options> members, Rules rules = {}) {
  return {
      row(kinds[static_cast<std::size_t>(kind)].name, doc, fields_of(members), std::move(rules)),
      [kind, members = std::move(members)](const Section& section) {
        Options options;
        options.kind = kind;
        read(members, section.json(), options);
        return options;
      }};
}

}  // namespace pushforward::app
