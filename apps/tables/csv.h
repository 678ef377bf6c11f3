// Reads and writes tables of numbers as text. Cells are separated by comma, semicolon, tab, bar or
// blanks. A header and comment lines that start with "#" are optional. docs/tables.md lists the
// tables that are read, the remarks that are printed, and the tables that are refused.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "apps/formats/npy.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

// Says whether the first row holds names, or the comment above it. For `automatic`, judge_first_row
// (csv_layout.h) decides.
enum class CsvHeader { automatic, yes, no, comment };
// The decimal sign. `automatic` means a point; numbers that seem to have commas are refused.
enum class CsvDecimal { automatic, point, comma };

// A column of a file: its name, or its number from 0.
using CsvColumn = std::variant<std::string, std::size_t>;

// Options for reading a table. `columns` are names or indices from 0, in the order of the result;
// an empty list means all. The separator is comma, semicolon, tab, bar or space. If it is not
// given, it is found from the rows.
struct CsvOptions {
  CsvHeader header = CsvHeader::automatic;
  std::vector<CsvColumn> columns = {};
  std::optional<char> separator = {};  // kNoSeparator (csv_cells.h): the table has one column
  // The number of columns that the file had when a run was trained on it; 0: there is no such run.
  std::size_t remembered_columns = 0;
  CsvDecimal decimal = CsvDecimal::automatic;
  // Signs of numbers, as in NumberStyle (csv_cells.h).
  std::optional<char> thousands = {};
  double percent = 0;
  bool currency = false;
  // The prefix of the keys for these options in messages: "data." for data.header, or "" if the
  // user cannot set them.
  std::string keys = {};
  std::vector<CsvColumn> drop = {};  // columns that are left out, after `columns` was applied
  bool has_drop = false;      // whether the command has the option --drop, which messages then name
  std::string comment = "#";  // the beginning of lines that are comments; "": none are
};

// A table of shape (rows, columns) and the names of its columns, if the file has names. Its member
// `reading` holds remarks about the layout and about what was left out.
using CsvTable = NdArray;

// Reads the table in `path`, compressed by gzip or not. The cells of the wanted columns must be
// finite numbers; the user's locale does not matter. Other columns may hold anything. All rows must
// have the same number of cells. Throws Failure (exit 4)
// "[csv] <path>:<line>:<column>: <fault>; <what to do>", or FileError if the file cannot be read.
CsvTable read_csv(const std::string& path, const CsvOptions& options = {},
                  FileSystem& files = posix());

// Parses a table; `source` names the file in errors.
CsvTable parse_csv(std::string_view text, const std::string& source,
                   const CsvOptions& options = {});

// Return one cell of a written table. name_cell quotes a name that could be read as a number, a comment,
// a missing value or a byte-order mark. text_cell gives a text the form that it has in the table that
// was read: one that looks like a number or a missing value gets no quotes. cell_in_quotes always
// quotes. value_cell is that of a number of a table's column, as csv_text writes it.
std::string name_cell(const std::string& name);
std::string text_cell(const std::string& text);
std::string cell_in_quotes(const std::string& text);
std::string value_cell(const NdArray& table, std::size_t column, double value);

// Returns the text of a table (N, D) or a list (N,), with a header if there are names. A number has
// the fewest digits that read back as the same number (as float if the dtype is "<f4", else as
// double). Throws std::invalid_argument for another shape.
std::string csv_text(const NdArray& table, const std::vector<std::string>& names = {},
                     char separator = ',');

// Writes csv_text to `path` atomically. Throws FileError.
void write_csv(const std::string& path, const NdArray& table,
               const std::vector<std::string>& names = {}, FileSystem& files = posix(),
               char separator = ',');

}  // namespace pushforward::app
