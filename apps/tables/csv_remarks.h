// Makes the remarks about a CSV file after reading: its layout, the content that was left out, and
// columns that are probably not data.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "apps/formats/npy.h"
#include "apps/tables/csv_layout.h"

namespace pushforward::app {

// The place of the column names: nowhere, in the first row, or in a comment.
enum class NamesIn { nothing, first_row, comment };

// Describes a separator: "separated by commas".
std::string separator_text(char separator);

// Describes the layout, such as "separated by commas, header in line 1".
std::string layout_text(char separator, const NumberStyle& style, NamesIn names,
                        const CsvLines& lines);

// Returns a text for each kind of content that the table leaves out: comments (except one that
// holds the column names), separators at the ends of lines, and numbers too small for a double.
std::vector<std::string> left_out_texts(const CsvLines& lines, bool names_in_comment,
                                        bool trailing_separators, std::size_t vanished);

// Returns the numbers of lines as text, "line 4" or "lines 4, 9, 14, 19, 24, ...".
std::string lines_text(const std::vector<std::size_t>& numbers);

// Returns a value of the config key that selects columns (such as data.columns), with which it
// selects the marked columns. The value has names, as in ["a","b"]. If names are missing, not
// unique or need escapes in a shell, it has indices, as in [0,2]. Returns "" if all columns or none
// are marked.
std::string chosen_columns(const std::vector<bool>& marked, const std::vector<std::string>& names);

// Returns a text for each column of `table` that is probably not data, because it counts the rows,
// has a different text in each row, or has the same value in all rows. Also returns a text for
// columns with equal names. `chosen` are the table's columns among the `width` columns of the file,
// and `rows` the numbers of its rows in the file, or empty if it has all of them. `key` is the key
// that selects columns, or "" if there is none.
std::vector<std::string> column_warnings(const NdArray& table,
                                         const std::vector<std::size_t>& chosen, std::size_t width,
                                         const std::vector<std::string>& names,
                                         const std::string& key,
                                         std::span<const std::size_t> rows = {});

// Returns a name as it is shown in a list: in quotes if it has signs of a list, and "(no name)" if it
// is empty.
std::string shown_name(const std::string& name);
// Returns a list of texts, "a, b, c", with at most `most` of them.
std::string joined(const std::vector<std::string>& texts, std::size_t most);
// Returns a list of names as text, "a, b, c", with at most `most` names.
std::string listed(const std::vector<std::string>& names, std::size_t most = 12);

}  // namespace pushforward::app
