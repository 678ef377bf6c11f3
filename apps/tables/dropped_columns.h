// The columns that the option --drop leaves out of the tables of a command.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/formats/npy.h"
#include "apps/tables/csv.h"

namespace pushforward::app {

// Reads the value of --drop: names or numbers from 0, with commas between them. A name with a comma
// stands in double quotes. A column is left out of each table that has it.
class DroppedColumns {
 public:
  DroppedColumns() = default;
  explicit DroppedColumns(const std::string& text);

  bool empty() const { return columns_.empty(); }
  // Returns the columns that a table of this width with these names (none: without names) has, and
  // notes that they were found. A number is that of a column unless a column has it as its name.
  std::vector<CsvColumn> in(const std::vector<std::string>& names, std::size_t width);
  // Returns the table of numbers without these columns. Throws Failure (exit 2) "[verb] ..." if none
  // is left.
  NdArray without(NdArray table, const std::string& verb);
  // Throws Failure (exit 2) "[verb] ..." if a column was in no table. `names` are those of the last
  // table that was asked for.
  void check_found(const std::string& verb) const;

 private:
  std::vector<std::string> columns_;
  std::vector<bool> found_;
  std::vector<std::string> known_;  // the columns of the last table
};

// Returns what is wrong with the value of --drop, or "".
std::string fault_of_drop(const std::string& text);

// Returns the words that leave these columns out, such as "--drop id" or "--drop 'id,body mass'".
std::string drop_words(const std::vector<std::string>& names);

}  // namespace pushforward::app
