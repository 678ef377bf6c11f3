#include "apps/data/table_rows.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "apps/data/held_out_table.h"
#include "apps/data/paged_rows.h"
#include "apps/data/table_memory.h"
#include "apps/failure_text.h"
#include "apps/report/files_read.h"
#include "apps/run/units.h"
#include "autograd/tensor/rng.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// The step of the random stream that draws the first values of missing cells. No training step has
// this number.
constexpr std::uint32_t kFirstFill = 0xfffffff1;

bool is_complete(const NdArray& table, int row) {
  const auto first = table.values.begin() + row * static_cast<std::ptrdiff_t>(table.shape[1]);
  return std::none_of(first, first + static_cast<std::ptrdiff_t>(table.shape[1]),
                      [](double x) { return std::isnan(x); });
}

// Returns the rows of the table. Those of a large one are put into a file, and its numbers are removed from
// `read`, unless they are to be `filled`, which changes them.
ArrayData as_array_data(TypedTable& read, bool filled = false) {
  if (auto rows = filled ? nullptr : paged_rows(read.table, read.conditions)) {
    read.table.values = {};
    std::vector<std::string> names;
    for (std::size_t k = 0; k < read.table.names.size(); ++k)
      if (!std::ranges::binary_search(read.conditions, k)) names.push_back(read.table.names[k]);
    return ArrayData(std::move(rows), read.labels, {}, std::move(names));
  }
  const NdArray table = split_table(read.table, read.conditions).rest;
  return ArrayData(TableRows{table.values, static_cast<int>(table.shape[1]), table.names},
                   read.labels);
}

// Returns the options for reading another file with the same columns, categories and classes. Columns
// with names may be in any order there.
TypedCsvOptions same_columns(TypedCsvOptions options, const TypedTable& read) {
  options.guess = false;
  if (options.missing_rows == MissingRows::model) options.missing_rows = MissingRows::drop;
  options.remembered.clear();
  options.values.clear();
  for (std::size_t k = 0; k < read.keys.size(); ++k) {
    const std::string& name = read.keys[k];
    options.kinds[name] = read.table.columns[k].kind;
    if (read.table.columns[k].kind == ColumnKind::category)
      options.values[name] = read.table.columns[k].values;
  }
  if (!options.label.empty()) options.values[read.label] = read.classes;
  std::vector<std::string> names = read.keys;
  if (!options.label.empty())
    names.insert(names.begin() + static_cast<std::ptrdiff_t>(std::min(read.label_at, names.size())),
                 read.label);
  const bool distinct = std::set<std::string>(names.begin(), names.end()).size() == names.size();
  if (read.table.names.empty() || !distinct) return options;
  // A number of the config is that of a column in the other file, so the names are taken.
  options.csv.columns.assign(names.begin(), names.end());
  options.csv.drop.clear();
  options.label = read.label;
  options.conditions.clear();
  for (const std::size_t place : read.conditions) options.conditions.emplace_back(read.keys[place]);
  return options;
}

// Throws Failure (exit 2) if a column has no known cell in the rows that are not held out.
[[noreturn]] void fail_of_unknown_column(const TypedTable& read, std::size_t k) {
  throw usage_error(
      "[data] {}: all cells of column {} are missing in the rows that are not held out, so they "
      "cannot be drawn; leave the column out, or hold out other rows",
      read.table.file, column_name(read.table.names, k));
}

}  // namespace

TableSplit split_rows(const TypedTable& read, const Holdout& holdout, bool fill) {
  const auto n = static_cast<int>(read.table.shape[0]);
  TableSplit split;
  if (!holdout.empty() && !holdout.choice.is_string())
    split.held_out = held_out_rows(holdout, n, read.table.file);
  split.seen.reserve(static_cast<std::size_t>(n));
  for (int row = 0; row < n; ++row)
    if (!std::binary_search(split.held_out.begin(), split.held_out.end(), row))
      split.seen.push_back(row);
  split.trained = split.seen;
  const auto incomplete = [&](int row) { return !is_complete(read.table, row); };
  if (!fill) std::erase_if(split.trained, incomplete);
  const bool holds_out = !split.held_out.empty();
  std::erase_if(split.held_out, incomplete);
  if (holds_out && split.held_out.empty())
    throw usage_error(
        "[data] {}: each held-out row (/train/holdout) has a missing cell, and the loss is "
        "measured on complete ones; hold out more rows, or other ones",
        read.table.file);
  if (split.trained.empty())
    throw usage_error(
        "[data] {}: no complete row is left, and only the training draws missing cells; give a table "
        "with complete rows, such as one that `pushforward impute` has filled",
        read.table.file);
  return split;
}

NdArray rows_of(const NdArray& table, const std::vector<int>& rows) {
  if (rows.size() == table.shape[0]) return table;
  NdArray chosen{table.shape, {},         table.dtype,   table.file,
                 table.names, table.mark, table.reading, table.columns};
  chosen.values.reserve(rows.size() * table.shape[1]);
  for (const int row : rows) {
    const auto first = table.values.begin() + row * static_cast<std::ptrdiff_t>(table.shape[1]);
    chosen.values.insert(chosen.values.end(), first,
                         first + static_cast<std::ptrdiff_t>(table.shape[1]));
  }
  chosen.shape[0] = rows.size();
  return chosen;
}

MissingTable fill_missing(TypedTable& read, const TableSplit& split, std::uint64_t seed) {
  NdArray& table = read.table;
  const auto is_nan = [](double x) { return std::isnan(x); };
  if (std::none_of(table.values.begin(), table.values.end(), is_nan)) return {};
  MissingTable missing{split_table(table, read.conditions).rest};
  const std::size_t columns = table.shape[1];
  const Stream stream{seed, Purpose::data, kFirstFill};
  for (std::size_t k = 0; k < columns; ++k) {
    std::vector<double> known;
    for (const int row : split.seen) {
      const double x = table.values[static_cast<std::size_t>(row) * columns + k];
      if (!std::isnan(x)) known.push_back(x);
    }
    if (known.empty()) fail_of_unknown_column(read, k);
    for (std::size_t i = k; i < table.values.size(); i += columns)
      if (std::isnan(table.values[i]))
        table.values[i] = known[static_cast<std::size_t>(
            stream.integer(static_cast<int>(known.size()), static_cast<std::uint32_t>(i)))];
  }
  return missing;
}

std::shared_ptr<ArrayData> training_rows(TypedTable& read, const AskedTable& asked,
                                         const TableCode& code, const Holdout& holdout,
                                         const TableSplit& split, bool filled,
                                         RowConditions& given) {
  ArrayData all = as_array_data(read, filled);
  if (holdout.choice.is_string())
    return without_held_out(
        all.select(split.trained), holdout, read.table.file, [&](const std::string& path) {
          TypedCsvOptions same = same_columns(asked.options, read);
          const Json* memory = asked.memory.find("holdout");
          const TrainedTable trained = trained_table(read);
          same.csv = layout_of_held_out(path, "/train/holdout", same.csv, trained,
                                        memory ? *memory : Json());
          TypedTable other = read_typed_csv(path, same);
          if (memory) check_rows_remembered(*memory, other.table);
          if (const std::string remark = remark_on_style(other.layout, trained); !remark.empty())
            other.table.reading.left_out.push_back(remark);
          files_read().add(remembered_report(other, "/train/holdout"));
          const SplitTable parts = split_table(other.table, other.conditions);
          code.check(parts.rest, "data");
          given.rows.insert(given.rows.end(), parts.conditions.begin(), parts.conditions.end());
          return as_array_data(other);
        });
  if (split.trained.size() == read.table.shape[0])
    return std::make_shared<ArrayData>(std::move(all));  // a copy could fill the memory
  auto rows = std::make_shared<ArrayData>(all.select(split.trained));
  if (!split.held_out.empty())
    rows->hold_out(
        std::make_shared<ArrayData>(all.select(split.held_out, {.batch = holdout.batch})));
  return rows;
}

IncompleteRows incomplete_rows(std::shared_ptr<ArrayData> rows, NdArray known) {
  if (std::none_of(known.values.begin(), known.values.end(),
                   [](double x) { return std::isnan(x); }))
    return {};
  rows->keep_doubles();
  return {std::move(rows), std::move(known)};
}

RowConditions row_conditions(const TypedTable& read, std::vector<CodedColumn> columns,
                             const TableSplit& split) {
  RowConditions given;
  if (columns.empty()) return given;
  const auto conditions_of = [&](const std::vector<int>& rows) {
    return split_table(rows_of(read.table, rows), read.conditions).conditions;
  };
  given.trained = static_cast<int>(split.trained.size());
  given.rows = conditions_of(split.trained);
  given.code = make_condition_code(std::move(columns), !read.table.names.empty(), read.conditions,
                                   conditions_of(split.seen));
  const std::vector<double> held_out = conditions_of(split.held_out);
  given.rows.insert(given.rows.end(), held_out.begin(), held_out.end());
  return given;
}

}  // namespace pushforward::app::inline PF_REAL
