// Tables of numbers as text: comma, semicolon, tab or blanks
// between cells, a header or none, "#" comment lines.
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

// Whether the first row holds names. `automatic`: it does if none of its cells is a number.
enum class CsvHeader { automatic, yes, no };

// How to read a table. `columns` are names, or indices from 0, in the order wanted; empty: all.
// Without a separator (one of , ; tab and blank) the first row decides.
struct CsvOptions {
  CsvHeader header = CsvHeader::automatic;
  std::vector<std::variant<std::string, std::size_t>> columns;
  std::optional<char> separator;
};

// A table of shape (rows, columns), and the columns' names if the file has any.
struct CsvTable : NdArray {
  std::vector<std::string> names;
};

// Reads the table in `path`. Cells of columns that are not wanted may hold
// anything; all others must be finite numbers with a decimal point,
// whatever the locale, and all rows must be equally long. Failure (exit 4)
// "[csv] <path>:<line>:<column>: <fault>; <what to do>"; FileError if the file can't be read.
CsvTable read_csv(const std::string& path, const CsvOptions& options = {},
                  FileSystem& files = posix());

// The table in `text`; `source` names the file in errors.
CsvTable parse_csv(std::string_view text, const std::string& source,
                   const CsvOptions& options = {});

// The text of a table (N, D) or a list (N,): commas, the fewest digits that read back to the same
// number (as float if the dtype is "<f4", else as double), a header if there are names.
// std::invalid_argument for another shape.
std::string csv_text(const NdArray& table, const std::vector<std::string>& names = {});

// Writes that text to `path` atomically; FileError.
void write_csv(const std::string& path, const NdArray& table,
               const std::vector<std::string>& names = {}, FileSystem& files = posix());

}  // namespace pushforward::app
