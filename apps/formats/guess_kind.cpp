#include "apps/formats/guess_kind.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace pushforward::app {
namespace {

bool is_true_or_false(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c | 0x20);
  return lower == "true" || lower == "false";
}

// Returns whether the text after the digits of `text` is that of the first cell, as in "5 kg" and
// "7 kg", or if it is a date.
bool one_unit(const std::vector<std::string_view>& cells, std::string_view text) {
  const auto unit = [](std::string_view cell) {
    const std::size_t last = cell.find_last_of("0123456789");
    return last == std::string_view::npos ? cell : cell.substr(last + 1);
  };
  return unit(text) == unit(cells.front());
}

template <class Holds>
bool all_of(const std::vector<std::string_view>& cells, const Holds& holds) {
  return std::all_of(cells.begin(), cells.end(), holds);
}

// Returns whether the cells are numbers, dates, times or truth values.
bool is_regular(const std::vector<std::string_view>& cells, const NumberStyle& style) {
  return all_of(cells,
                [&](std::string_view text) {
                  return read_cell(text, style).kind == CellKind::number;
                }) ||
         all_of(cells, [](std::string_view text) { return read_date(text).has_value(); }) ||
         all_of(cells, [](std::string_view text) { return read_time(text).has_value(); }) ||
         all_of(cells, is_true_or_false);
}

}  // namespace

ColumnKind guess_kind(const std::vector<std::string_view>& cells, const NumberStyle& style) {
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

std::optional<OddNumber> find_odd_number(const std::vector<std::string_view>& cells,
                                         const NumberStyle& style) {
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
  if (!has_odd && (!all_of(cells, has_cure) ||
                   !all_of(cells, [&](std::string_view text) { return one_unit(cells, text); })))
    return {};
  const auto wrong = std::find_if(cells.begin(), cells.end(), [&](std::string_view text) {
    return kind_of(text) != CellKind::number;
  });
  return OddNumber{static_cast<std::size_t>(wrong - cells.begin()), kind_of(*wrong)};
}

}  // namespace pushforward::app
