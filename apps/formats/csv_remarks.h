// What is said of a CSV file that was read: its layout, what was left out, and columns that are likely
// not meant as data.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/formats/csv_layout.h"
#include "apps/formats/npy.h"

namespace pushforward::app {

// Where the names of the columns stand.
enum class NamesIn { nothing, first_row, comment };

// Returns "separated by commas, header in line 1" and the like.
std::string layout_text(char separator, char decimal, NamesIn names, const CsvLines& lines);

// Returns a text for each kind of thing that a file has and its table has not: comments (but for one
// that holds the names), separators at the ends of lines, numbers below the least double.
std::vector<std::string> left_out_texts(const CsvLines& lines, bool names_in_comment,
                                        bool trailing_separators, std::size_t vanished);

// Returns the marked columns as the value of a key: ["a","b"] by their names, or [0,2] where the
// columns have none, share them or the names would need quoting in a shell. "" if all or none are
// marked.
std::string chosen_columns(const std::vector<bool>& marked, const std::vector<std::string>& names);

// Returns a text for each column of `table` that likely is no data: it counts the rows, or it has one
// value in all rows. The columns are `chosen` of the `width` of the file; `key` sets them, "": none.
// Another text is about columns that share a name.
std::vector<std::string> column_warnings(const NdArray& table,
                                         const std::vector<std::size_t>& chosen, std::size_t width,
                                         const std::vector<std::string>& names,
                                         const std::string& key);

// Returns names for people, "a, b, c", of which at most `most` are written out.
std::string listed(const std::vector<std::string>& names, std::size_t most = 12);

}  // namespace pushforward::app
