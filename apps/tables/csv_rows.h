// The rows of a CSV file as cells of text: finds the layout and the names, and selects columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tables/csv.h"
#include "apps/tables/csv_cells.h"
#include "apps/tables/csv_layout.h"
#include "apps/tables/csv_remarks.h"

namespace pushforward::app {

// Returns the signs of numbers that the options name. A decimal sign that is to be found is a point.
NumberStyle number_style(const CsvOptions& options);

// The rows of a CSV file. The cells point into the text that the constructor gets.
class CsvRows {
 public:
  // Finds the layout. Throws Failure (exit 4) "[csv] <source>:<line>:<column>: <fault>; <what to
  // do>" if the text has no rows, if its layout is ambiguous, or if a wanted column is missing.
  CsvRows(std::string_view text, std::string source, CsvOptions options);

  const CsvOptions& options() const { return options_; }
  const NumberStyle& style() const { return style_; }
  bool has_header() const { return header_; }
  char separator() const { return separator_; }
  NamesIn names_in() const {
    return header_ ? NamesIn::first_row : in_comment_ ? NamesIn::comment : NamesIn::nothing;
  }
  std::size_t width() const { return width_; }  // the number of columns of the file
  const std::vector<std::string>& names() const {
    return names_;
  }  // of all columns; empty if the file has no names
  // The columns that the options select, in the order of the result.
  const std::vector<std::size_t>& chosen() const { return chosen_; }
  std::vector<std::string> chosen_names() const;
  // Returns the column of that name or number. Throws Failure (exit 4) if there is none, or if
  // several have the name.
  std::size_t find(const CsvColumn& column) const;

  std::size_t size() const { return lines_.rows.size() - (header_ ? 1 : 0); }  // rows of data
  // Returns the cells of a row of data. Throws Failure (exit 4) if their number is not width().
  std::vector<CsvCell> row(std::size_t k) const;
  // Returns the number of the line in which a row of data begins.
  std::size_t line_of(std::size_t k) const { return lines_.rows[k + (header_ ? 1 : 0)].number; }
  // Returns the cells of a row of data without checks.
  std::vector<CsvCell> row_leniently(std::size_t k) const;

  // Throws a fault of the file, or of the cell in column `column` of a row of data.
  [[noreturn]] void fault_in_file(const std::string& what, const std::string& cure) const;
  [[noreturn]] void fault_in_row(std::size_t row, std::size_t text_column, const std::string& what,
                                 const std::string& cure) const;
  // Throws the Failure for a cell that should be a number but is of the given kind. `note` is added
  // to the advice if the cell is a text.
  [[noreturn]] void fault_in_cell(std::size_t row, std::size_t column, CellKind kind,
                                  const std::string& note = "") const;
  // Returns the full name of a key, such as "data.header", or "" if the user cannot set it.
  std::string setting(const std::string& key) const;
  // Returns the words for a column in messages: "column \"x\"" or "column 3".
  std::string column_words(std::size_t column) const;

  // Returns the remarks about the layout and about what was left out. `vanished` numbers were too
  // small for a double.
  ReadingNotes notes(std::size_t vanished) const;

 private:
  [[noreturn]] void fault(std::size_t line, std::size_t column, const std::string& what,
                          const std::string& cure) const;
  std::vector<CsvCell> split(const FileLine& line) const;
  void check_format() const;
  [[noreturn]] void fault_of_width() const;
  bool ends_in_separators() const;
  void read_names(const std::vector<CsvCell>& first);
  bool first_row_is_header(const std::vector<CsvCell>& first) const;
  std::string shown_row() const;
  void check_names_of_rows(std::size_t cells) const;
  void check_decimals() const;
  void remove_repeated_headers();
  std::vector<bool> nothing_in_columns() const;
  void choose_columns();
  std::string cure_of_width(const FileLine& line, std::size_t cells) const;
  std::string cure_of_row(std::size_t row) const;
  bool is_text(std::size_t column) const;
  std::vector<bool> numbers_below(std::size_t first_row) const;
  std::string choice_of_numbers() const;
  std::string cure_of_fault(std::size_t row, std::size_t column, std::string_view text,
                            CellKind kind, const std::string& note) const;

  CsvLines lines_;
  const std::string source_;
  const CsvOptions options_;
  const NumberStyle style_;
  char separator_ = kNoSeparator;
  bool header_ = false;      // true if the first row holds names
  bool in_comment_ = false;  // true if a comment above the first row holds names
  bool trailing_ = false;    // true if each row ends in a separator without a cell after it
  std::size_t width_ = 0;
  std::vector<std::size_t> repeated_;  // the lines of rows that repeat the header
  std::vector<std::size_t> nothing_;   // columns without a name and without cells, left out
  std::vector<std::string> names_;
  std::vector<std::size_t> chosen_;
};

}  // namespace pushforward::app
