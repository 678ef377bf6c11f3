// Makes the remarks about a CSV file that was read: its layout, what was left out, and columns that
// are probably not data.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/formats/csv_layout.h"
#include "apps/formats/npy.h"

namespace pushforward::app {

// The place of the column names.
enum class NamesIn { nothing, first_row, comment };

// Returns "separated by commas, header in line 1" and the like.
std::string layout_text(char separator, char decimal, NamesIn names, const CsvLines& lines);

// Returns a text for each kind of content that was left out of the table: comments (except one with
// the names), separators at the ends of lines, and numbers too small for a double.
std::vector<std::string> left_out_texts(const CsvLines& lines, bool names_in_comment,
                                        bool trailing_separators, std::size_t vanished);

// Returns the marked columns as the value of a key: names as in ["a","b"], or indices as
// in [0,2] if names are missing, not unique or need quoting in a shell. Returns "" if all
// or none are marked.
std::string chosen_columns(const std::vector<bool>& marked, const std::vector<std::string>& names);

// Returns a text for each column of `table` that is probably not data, because it counts the rows
// or has the same value in all rows, and for columns with the same name. The table has the `chosen`
// ones of the `width` columns of the file. `key` is the key that sets them, or "" if there is none.
std::vector<std::string> column_warnings(const NdArray& table,
                                         const std::vector<std::size_t>& chosen, std::size_t width,
                                         const std::vector<std::string>& names,
                                         const std::string& key);

// Returns a list of names as text, "a, b, c", with at most `most` names.
std::string listed(const std::vector<std::string>& names, std::size_t most = 12);

}  // namespace pushforward::app
