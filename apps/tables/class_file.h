// Reads files with the class of each row of a data set.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pushforward::app {

// The class of each row, as a place in the list of the classes' names. The names are in the order
// of numbers if all are numbers, else in alphabetical order.
struct RowClasses {
  std::vector<int> labels;
  std::vector<std::string> names;
};

// Makes the classes from the text of each row.
RowClasses make_classes(const std::vector<std::string>& texts);

// Reads the classes of `rows` rows from an NPY file (N,) or (N, 1) of whole numbers, or a table of
// text, whose cells are the names of classes: in its only column, or in `column`, which is a name, or
// a number if the table has no names. If it has one row more than `rows`, the first holds names. The
// number of classes is not compared with
// `rows` otherwise, so the result may have another number of rows. Throws Failure (exit 4)
// "[labels] <path>: ..." for another shape or other numbers, or FileError if the file cannot be
// read.
RowClasses read_class_file(const std::string& path, std::size_t rows,
                           const std::string& column = "");

// Reads the classes of a data set of `rows` rows, or returns none if `file` is empty. `data` is the
// name of the data set. Throws Failure (exit 4) if the file has another number of rows.
RowClasses read_row_classes(const std::string& file, const std::string& column, std::size_t rows,
                            const std::string& data);

// Returns the error that the classes of held-out rows in a file of their own are not known. `key` is
// the key that holds them out.
std::string classes_of_held_out(const std::string& data, const std::string& labels,
                                const std::string& held_out, const std::string& key);

}  // namespace pushforward::app
