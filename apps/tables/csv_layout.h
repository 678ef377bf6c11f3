// Finds the layout of a CSV file: the separator, and whether the first row holds names.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/formats/paged_list.h"
#include "apps/tables/csv_cells.h"

namespace pushforward::app {

// A line of a file without its line end, and its number (from 1). If a cell in quotes contains line
// ends, it is all lines of the row, and the number of the first.
struct FileLine {
  std::string_view text;
  std::size_t number = 0;
};

// The lines of a CSV file. Blank lines and comments, which begin with `comment`, are not rows. A first
// line such as "sep=;" is not a row either: with it, a spreadsheet names the separator.
struct CsvLines {
  PagedList<FileLine> rows{};
  std::vector<FileLine> comments{};
  PagedList<std::size_t> blank{};      // the numbers of blank lines
  std::optional<char> separator = {};  // the separator named by the file
};
CsvLines csv_lines(std::string_view text, const std::string& comment = "#");

// Returns the separator of the rows: ; tab , | or blanks. A separator must split the rows into the
// same number of cells, at least two, most of which are numbers. kNoSeparator means that each row is
// one cell. `decimal` is the decimal sign; a decimal comma is not a separator.
char find_separator(std::span<const FileLine> rows, const NumberStyle& style);

// The content of the first row. `asked` means that it may be names or data, so the user must
// decide.
enum class FirstRow { names, data, asked };
struct FirstRowFinding {
  FirstRow is = FirstRow::data;
  std::string why = {};  // for `asked`: why the row may hold names
};

// Decides about the first row from its cells and those below. It holds names if no cell is a number
// and some cell is a name. A name is a text that is not a missing value, or a number in quotes above
// a number without quotes. Beside names that stand above other kinds of cells, cells may be missing,
// and beside an empty first cell, all names may stand above texts. Numbers that look like names,
// alone or beside texts, give `asked`: increasing years above numbers that are not years, and 0, 1,
// 2, ... above numbers that are not whole. Throws CsvQuoteFault.
FirstRowFinding judge_first_row(std::span<const FileLine> rows, char separator,
                                const NumberStyle& style);

// Returns the names in a comment above the first row, such as "# x,y". If their number is below two
// or differs from the number of cells of the row, the list is empty. `comment` is the beginning of
// comments.
std::vector<std::string> names_in_comment(const CsvLines& lines, char separator,
                                          const NumberStyle& style,
                                          const std::string& comment = "#");

// The likelihood that a table has decimal commas, after it was read with ',' as separator and
// without a header.
enum class DecimalDoubt { none, possible, likely };
// Returns `possible` if each pair of cells could be one number: no cell has a decimal
// point, and each second cell has only digits. Returns `likely` if such digits also begin with a
// zero, as in 3,05. Also returns `likely` for at least three rows of two cells each whose second
// cells all have the same number of digits, at least two, as in 3,14 2,72 1,41.
DecimalDoubt doubt_decimals(std::span<const FileLine> rows);

}  // namespace pushforward::app
