#include "apps/compare/shared_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <tuple>
#include <utility>

#include "apps/counted.h"
#include "apps/failure.h"
#include "apps/formats/stored_text.h"
#include "apps/report/files_read.h"
#include "apps/suggest.h"
#include "apps/tables/arrays.h"
#include "apps/tables/csv_rows.h"
#include "apps/tables/typed_csv.h"

namespace pushforward::app {
namespace {

// Returns the kind of column k. If the array has no kinds, all of its columns are numbers.
ColumnKind kind_of_column(const NdArray& table, std::size_t k) {
  return table.columns.empty() ? ColumnKind::number : table.columns[k].kind;
}

bool is_number(ColumnKind kind) {
  return kind == ColumnKind::number || kind == ColumnKind::integer;
}

// Throws Failure (exit 4) unless the array is a table of finite numbers.
void check_points(const NdArray& table, const char* what) {
  const auto trouble = [&](const std::string& why) {
    return Failure(Exit::file, fmt::format("[{}] {}{}", what, file_prefix(table), why));
  };
  if (table.values.empty())
    throw trouble(fmt::format("shape {} holds no points", shape_text(table.shape)));
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  if (table.shape[0] > kMost || table.shape[1] > kMost)
    throw trouble(fmt::format("shape {} is too large", shape_text(table.shape)));
  const std::size_t d = table.shape[1];
  for (std::size_t i = 0; i < table.values.size(); ++i)
    if (!std::isfinite(table.values[i]))
      throw trouble(fmt::format("row {}, column {} is {}; points must be finite", i / d, i % d,
                                table.values[i]));
}

void check_widths(const NdArray& a, const NdArray& b, const char* what) {
  if (a.shape[1] == b.shape[1]) return;
  throw Failure(Exit::usage,
                fmt::format("[{}] {} holds {} of dimension {}, but {} holds {} of dimension {}; "
                            "compare points of the same dimension",
                            what, a.file, counted(a.shape[0], "point"), a.shape[1], b.file,
                            b.shape[0], b.shape[1]));
}

// Throws Failure (exit 4) if both tables have names, and `table` lacks some of `wanted`, but not all.
void check_names(const NdArray& table, const NdArray& wanted, const char* what) {
  if (table.names.empty()) return;
  std::vector<std::string> lacking;
  for (const std::string& name : wanted.names)
    if (!std::ranges::count(table.names, name)) lacking.push_back(name);
  if (lacking.empty() || lacking.size() == wanted.names.size()) return;
  throw Failure(
      Exit::file,
      fmt::format("[{}] {}its columns are {}, but {} has {}; name the columns alike, or leave {} "
                  "out with {}",
                  what, file_prefix(table), fmt::join(table.names, ", "), wanted.file,
                  fmt::join(wanted.names, ", "), join_words(lacking, ", "), drop_words(lacking)));
}

const char* words_of(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::category: return "text";
    case ColumnKind::date: return "dates";
    case ColumnKind::time: return "times";
    default: return "numbers";
  }
}

// Returns the type that column k has in all tables. If it is a category, replaces its values in the
// tables by their numbers in this type.
TableColumn shared_type(std::vector<NdArray>& tables, std::size_t first, std::size_t k,
                        const std::string& name, const char* what) {
  TableColumn type;
  if (!tables[first].columns.empty()) type = tables[first].columns[k];
  for (NdArray& table : tables) {
    const ColumnKind kind = kind_of_column(table, k);
    if (is_number(kind) && is_number(type.kind)) {
      if (kind == ColumnKind::number) type.kind = kind;
      continue;
    }
    if (kind != type.kind)
      throw Failure(Exit::file,
                    fmt::format("[{}] {}column {} holds {}, but {} in {}; write the column alike "
                                "in all files, or leave it out with {}",
                                what, file_prefix(table), name, words_of(kind), words_of(type.kind),
                                tables[first].file, drop_words({name})));
    if (kind != ColumnKind::category) continue;
    const std::vector<std::string> theirs = table.columns[k].values;
    std::vector<double> place;
    for (const std::string& value : theirs) {
      const auto found = std::find(type.values.begin(), type.values.end(), value);
      place.push_back(static_cast<double>(found - type.values.begin()));
      if (found == type.values.end()) type.values.push_back(value);
    }
    const std::size_t d = table.shape[1];
    for (std::size_t i = k; i < table.values.size(); i += d)
      table.values[i] = place[static_cast<std::size_t>(table.values[i])];
  }
  return type;
}

// Returns the mean and the standard deviation (divisor n) of a column of the tables from `first` to
// `last`. A column with one value has the deviation 0.
std::pair<double, double> mean_and_spread(const SharedTables& shared, std::size_t k,
                                          std::size_t first, std::size_t last) {
  std::vector<double> x;
  for (std::size_t t = first; t < last; ++t) {
    const std::vector<double> more = shared.column(t, k);
    x.insert(x.end(), more.begin(), more.end());
  }
  const double n = static_cast<double>(x.size());
  double mean = 0, square = 0;
  for (const double v : x) mean += v / n;
  for (const double v : x) square += (v - mean) * (v - mean) / n;
  const auto [low, high] = std::minmax_element(x.begin(), x.end());
  return {mean, *low == *high ? 0 : std::sqrt(square)};
}

}  // namespace

PointSet SharedTables::points(std::size_t table) const {
  const NdArray& t = tables[table];
  return {static_cast<int>(t.shape[0]), static_cast<int>(t.shape[1]), t.values.data()};
}

std::vector<double> SharedTables::column(std::size_t table, std::size_t k) const {
  const std::vector<double>& values = tables[table].values;
  std::vector<double> x;
  x.reserve(values.size() / columns.size());
  for (std::size_t i = k; i < values.size(); i += columns.size()) x.push_back(values[i]);
  return x;
}

bool SharedTables::has_categories() const {
  return std::any_of(columns.begin(), columns.end(),
                     [](const SharedColumn& c) { return c.category(); });
}

double bytes_to_compare(const SharedTables& shared) {
  double numbers = 0, rows = 0;  // of a standardized row, and of all tables
  for (const SharedColumn& c : shared.columns)
    numbers += c.category() ? static_cast<double>(c.type.values.size()) : 1;
  for (const NdArray& table : shared.tables) rows += static_cast<double>(table.shape[0]);
  return 2 * sizeof(double) * numbers * rows;
}

void check_memory_to_compare(const SharedTables& shared, std::uint64_t free, const char* what) {
  const double needed = bytes_to_compare(shared);
  if (needed <= static_cast<double>(free)) return;
  std::string rows;
  for (const NdArray& table : shared.tables)
    rows += fmt::format("{}{} rows of {}", rows.empty() ? "" : ", ", table.shape[0], table.file);
  throw Failure(
      Exit::usage,
      fmt::format(
          "[{}] comparing {} needs {:.1f} GiB beside the tables, but {:.1f} GiB are free on "
          "this machine; compare a part of the rows, drawn at random",
          what, rows, needed / 0x1p30, static_cast<double>(free) / 0x1p30));
}

PointSet StandardizedTables::points(std::size_t table) const {
  const int dim = static_cast<int>(names.size());
  return {static_cast<int>(x[table].size()) / dim, dim, x[table].data()};
}

NdArray read_table_to_compare(const std::string& path, const std::string& verb,
                              DroppedColumns& drop) {
  if (is_npy_file(path)) return drop.without(read_points(path, verb), verb);
  TypedCsvOptions options;
  options.csv.has_drop = true;
  if (!drop.empty()) {
    const std::string text = read_stored_text(path, "csv").text;
    const CsvRows layout(text, path, options.csv);
    options.csv.drop = drop.in(layout.names(), layout.width());
  }
  NdArray table = read_typed_csv(path, options).table;
  files_read().add(table_report(table), false);
  return table;
}

SharedTables share_columns(std::vector<NdArray> tables, std::size_t first, const char* what) {
  SharedTables shared;
  for (const NdArray& table : tables) check_points(table, what);
  // All of the wanted table but its numbers, of which a copy could fill the memory.
  NdArray wanted{
      tables[first].shape, {}, tables[first].dtype, tables[first].file, tables[first].names};
  for (NdArray& table : tables) {
    check_names(table, wanted, what);
    table = match_columns(std::move(table), wanted.names, what, wanted.file);
    check_widths(table, wanted, what);
    if (shared.columns.empty() && !table.names.empty())
      for (const std::string& name : table.names) shared.columns.push_back({name});
  }
  shared.named = !shared.columns.empty();
  if (!shared.named)
    for (std::size_t k = 0; k < wanted.shape[1]; ++k) shared.columns.push_back({std::to_string(k)});
  for (std::size_t k = 0; k < shared.columns.size(); ++k)
    shared.columns[k].type = shared_type(tables, first, k, shared.columns[k].name, what);
  shared.tables = std::move(tables);
  return shared;
}

StandardizedTables standardized(const SharedTables& shared, std::size_t of) {
  StandardizedTables result;
  const std::size_t tables = shared.tables.size(), d = shared.columns.size();
  std::vector<double> mean(d), spread(d);
  for (std::size_t k = 0; k < d; ++k) {
    const SharedColumn& c = shared.columns[k];
    if (c.category()) {
      for (const std::string& value : c.type.values) {
        result.names.push_back(c.name + "=" + value);
        result.columns.push_back(k);
      }
      continue;
    }
    result.names.push_back(c.name);
    result.columns.push_back(k);
    std::tie(mean[k], spread[k]) = mean_and_spread(shared, k, of, of + 1);
    if (spread[k] == 0) spread[k] = mean_and_spread(shared, k, 0, tables).second;
    if (spread[k] == 0) spread[k] = 1;
  }
  // Rows with different values of a category differ by this in two numbers, so their distance is 1.
  const double one = std::numbers::sqrt2 / 2;
  for (std::size_t t = 0; t < tables; ++t) {
    std::vector<double>& x = result.x.emplace_back();
    const std::vector<double>& values = shared.tables[t].values;
    x.reserve(values.size() / d * result.names.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t k = i % d;
      const SharedColumn& c = shared.columns[k];
      if (!c.category()) x.push_back((values[i] - mean[k]) / spread[k]);
      for (std::size_t v = 0; v < c.type.values.size(); ++v)
        x.push_back(values[i] == static_cast<double>(v) ? one : 0);
    }
  }
  return result;
}

}  // namespace pushforward::app
