#include "apps/tables/class_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "apps/failure.h"
#include "apps/formats/stored_text.h"
#include "apps/tables/arrays.h"
#include "apps/tables/csv_cells.h"
#include "apps/tables/csv_rows.h"

namespace pushforward::app {
namespace {

[[noreturn]] void fault(const std::string& path, const std::string& what, const char* cure) {
  throw Failure(Exit::file, fmt::format("[labels] {}: {}; {}", path, what, cure));
}

std::vector<std::string> texts_of_array(const std::string& path) {
  const NdArray array = read_npy(path);
  const bool list = array.shape.size() == 1 || (array.shape.size() == 2 && array.shape[1] == 1);
  if (!list)
    fault(path, "it has shape " + shape_text(array.shape), "give one class for each row, (N,)");
  std::vector<std::string> texts;
  for (std::size_t k = 0; k < array.values.size(); ++k) {
    const double value = array.values[k];
    if (value != std::floor(value) || std::abs(value) >= 0x1p53)
      fault(path, fmt::format("row {} is {}", k, value), "classes are whole numbers");
    texts.push_back(fmt::format("{}", static_cast<long long>(value)));
  }
  return texts;
}

}  // namespace

RowClasses make_classes(const std::vector<std::string>& texts) {
  const std::set<std::string> distinct(texts.begin(), texts.end());
  RowClasses classes{{}, {distinct.begin(), distinct.end()}};
  const auto number = [](const std::string& text) { return read_cell(text); };
  if (std::all_of(distinct.begin(), distinct.end(),
                  [&](const std::string& text) { return number(text).kind == CellKind::number; }))
    std::stable_sort(classes.names.begin(), classes.names.end(),
                     [&](const std::string& a, const std::string& b) {
                       return number(a).value < number(b).value;
                     });
  for (const std::string& text : texts)
    classes.labels.push_back(static_cast<int>(
        std::find(classes.names.begin(), classes.names.end(), text) - classes.names.begin()));
  return classes;
}

RowClasses read_class_file(const std::string& path, std::size_t count, const std::string& column) {
  if (has_ending(path, ".npy") || has_ending(path, ".npy.gz")) {
    if (!column.empty())
      fault(path, fmt::format("an NPY file has no column \"{}\"", column),
            "give a table of text, or leave the column out");
    return make_classes(texts_of_array(path));
  }
  const std::string text = read_stored_text(path, "labels").text;
  CsvOptions options;
  options.header = CsvHeader::no;
  if (CsvRows(text, path, options).size() == count + 1) options.header = CsvHeader::yes;
  const CsvRows rows(text, path, options);
  if (rows.width() != 1 && column.empty())
    fault(path, fmt::format("it has {} columns", rows.width()),
          "name that of the classes with the key label, or give a file with one column");
  const std::size_t at = column.empty() ? 0 : rows.find(column);
  std::vector<std::string> texts;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    texts.push_back(unquoted(rows.row(k)[at].text));
    if (texts.back().empty())
      fault(path, fmt::format("the class in line {} is empty", rows.line_of(k)),
            "give each row a class");
  }
  return make_classes(texts);
}

RowClasses read_row_classes(const std::string& file, const std::string& column, std::size_t rows,
                            const std::string& data) {
  if (file.empty()) return {};
  RowClasses classes = read_class_file(file, rows, column);
  if (classes.labels.size() != rows)
    throw Failure(
        Exit::file,
        fmt::format("[labels] {}: it has {} classes, but {} has {} rows; give one class for "
                    "each row",
                    file, classes.labels.size(), data, rows));
  return classes;
}

std::string classes_of_held_out(const std::string& data, const std::string& labels,
                                const std::string& held_out, const std::string& key) {
  return fmt::format(
      "[data] the classes of {} are in {}, but those of the held-out rows in {} ({}) "
      "are not known; hold out a share of the rows, or row numbers",
      data, labels, held_out, key);
}

}  // namespace pushforward::app
