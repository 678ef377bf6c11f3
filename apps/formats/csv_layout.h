// The layout of a CSV file, found from its lines: the separator, and whether the first row holds names.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pushforward::app {

// A line of a file, without its end, and its number, from 1.
struct FileLine {
  std::string_view text;
  std::size_t number = 0;
};

// The lines of a CSV file. Blank lines and comments, which begin with "#", are no rows.
struct CsvLines {
  std::vector<FileLine> rows, comments;
};
CsvLines csv_lines(std::string_view text);

// Finds the separator of rows: the one of ; tab , | and blanks that cuts the rows into equally many
// cells, at least two, most of which are numbers. kNoSeparator: there is none, so each row is one
// cell. `decimal`: the decimal sign, which separates no cells if it is a comma.
char find_separator(const std::vector<FileLine>& rows, char decimal);

// What the first row is. `asked` means that it may be either, so the user has to say.
enum class FirstRow { names, data, asked };
struct FirstRowFinding {
  FirstRow is = FirstRow::data;
  std::string why = {};  // for `asked`: what the row looks like
};

// Judges the first row by its cells and by those below. It holds names if none of its cells is a
// number and some cell is a name: a text that is no missing value, or a number in quotes above one
// without. Numbers that look like names above other numbers are asked about: increasing years above
// no year, and 0, 1, 2, ... above numbers of which none is whole. Throws CsvQuoteFault.
FirstRowFinding judge_first_row(const std::vector<FileLine>& rows, char separator, char decimal);

// Returns the names in a comment above the first row, "# x,y": as many names as the row has cells, at
// least two. Else returns an empty list.
std::vector<std::string> names_in_comment(const CsvLines& lines, char separator, char decimal);

// What suggests that a table read with ',' as separator and without a header has decimal commas.
enum class DecimalDoubt { none, possible, likely };
// Each pair of cells could be one number: no cell has a decimal point, and each second cell is digits
// alone. `likely` if such digits begin with a zero and go on, as in 3,05.
DecimalDoubt doubt_decimals(const std::vector<FileLine>& rows);

}  // namespace pushforward::app
