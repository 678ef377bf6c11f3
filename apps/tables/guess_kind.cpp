#include "apps/tables/guess_kind.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "apps/formats/stored_text.h"
#include "apps/tables/odd_numbers.h"

namespace pushforward::app {
namespace {

bool is_true_or_false(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c | 0x20);
  return lower == "true" || lower == "false";
}

// Returns the text after the last digit.
std::string_view after_digits(std::string_view text) {
  const std::size_t last = text.find_last_of("0123456789");
  return last == text.npos ? text : text.substr(last + 1);
}

template <class Holds>
bool all_of(const Cells& cells, const Holds& holds) {
  return std::all_of(cells.begin(), cells.end(), holds);
}

// Returns whether the texts after the numbers are units: all the same, as in "5 kg" and "7 kg", or
// separated from the numbers, as in "5 kg" and "900 g", or directions, as in "52.5N" and "33.9S".
// They are not in names such as 1st, 2nd, 3rd.
bool are_units(const Cells& cells) {
  const auto is_separate = [](std::string_view text) {
    const std::string_view unit = after_digits(text);
    return unit.empty() || (unit[0] == ' ' && unit.find(' ', 1) == unit.npos);
  };
  const auto is_direction = [](std::string_view text) {
    const std::string_view unit = trimmed(after_digits(text));
    return unit.size() == 1 && std::string_view("NSEW").find(unit[0]) != std::string_view::npos &&
           text.find('.') != text.npos;
  };
  const auto is_same = [&](std::string_view text) {
    return after_digits(text) == after_digits(cells.front());
  };
  return all_of(cells, is_same) || all_of(cells, is_separate) || all_of(cells, is_direction);
}

// Returns whether the cells are numbers, dates, times or truth values.
bool is_regular(const Cells& cells, const NumberStyle& style) {
  return all_of(cells,
                [&](std::string_view text) {
                  return read_cell(text, style).kind == CellKind::number;
                }) ||
         all_of(cells, [](std::string_view text) { return read_date(text).has_value(); }) ||
         all_of(cells, [](std::string_view text) { return read_time(text).has_value(); }) ||
         all_of(cells, is_true_or_false);
}

}  // namespace

ColumnKind guess_kind(const Cells& cells, const NumberStyle& style) {
  if (all_of(cells, [&](std::string_view text) {
        return read_cell(text, style).kind == CellKind::number;
      })) {
    const bool whole = all_of(cells, [&](std::string_view text) {
      const CellValue cell = read_cell(text, style);
      return !cell.vanished && cell.value == std::floor(cell.value) &&
             std::abs(cell.value) < 0x1p53;
    });
    return whole ? ColumnKind::integer : ColumnKind::number;
  }
  if (all_of(cells, [](std::string_view text) { return read_date(text).has_value(); }))
    return ColumnKind::date;
  if (all_of(cells, [](std::string_view text) { return read_time(text).has_value(); }))
    return ColumnKind::time;
  return ColumnKind::category;
}

std::optional<OddNumber> find_odd_number(const Cells& cells, const NumberStyle& style) {
  if (is_regular(cells, style)) return {};
  const auto kind_of = [&](std::string_view text) { return read_cell(text, style).kind; };
  const bool has_odd = std::any_of(cells.begin(), cells.end(), [&](std::string_view text) {
    const CellKind kind = kind_of(text);
    const bool is_word = kind == CellKind::text || kind == CellKind::missing ||
                         kind == CellKind::empty || is_true_or_false(text);
    return !is_word;
  });
  const auto has_cure = [&](std::string_view text) {
    return !cure_of_cell(text, style, "").empty();
  };
  // The advice for other texts than numbers with units does not depend on what follows their digits.
  const bool units =
      std::any_of(cells.begin(), cells.end(), [](std::string_view text) { return has_unit(text); });
  if (!has_odd && (!all_of(cells, has_cure) || (units && !are_units(cells)))) return {};
  const auto wrong = std::find_if(cells.begin(), cells.end(), [&](std::string_view text) {
    return kind_of(text) != CellKind::number;
  });
  return OddNumber{static_cast<std::size_t>(wrong - cells.begin()), kind_of(*wrong)};
}

}  // namespace pushforward::app
