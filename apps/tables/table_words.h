// The words for the layout of a table of text, in configs and in what a run remembers of its tables.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "apps/tables/csv_cells.h"
#include "apps/tables/csv_remarks.h"

namespace pushforward::app {

inline constexpr std::array<std::pair<const char*, char>, 6> kSeparatorWords{
    {{"comma", ','},
     {"semicolon", ';'},
     {"tab", '\t'},
     {"bar", '|'},
     {"blank", ' '},
     {"none", kNoSeparator}}};

inline constexpr std::array<std::pair<const char*, NamesIn>, 3> kNamesWords{
    {{"first row", NamesIn::first_row},
     {"comment", NamesIn::comment},
     {"nowhere", NamesIn::nothing}}};

// Returns the value of that word, or nothing.
template <class T, std::size_t N>
std::optional<T> value_of_word(const std::array<std::pair<const char*, T>, N>& words,
                               std::string_view word) {
  for (const auto& [name, value] : words)
    if (word == name) return value;
  return {};
}

// Returns the word of that value, which must have one.
template <class T, std::size_t N>
std::string word_of_value(const std::array<std::pair<const char*, T>, N>& words, T value) {
  for (const auto& [name, of] : words)
    if (value == of) return name;
  return "";
}

}  // namespace pushforward::app
