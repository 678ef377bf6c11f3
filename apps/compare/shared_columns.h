// Brings tables to the same columns: in the same order, of the same kinds, and with the same
// categories.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "apps/formats/columns.h"
#include "apps/formats/npy.h"
#include "apps/tables/dropped_columns.h"
#include "flow/measure/point_set.h"

namespace pushforward::app {

// A column that all tables have. `type.values` of a category are the values of all tables.
struct SharedColumn {
  std::string name;  // its number from 0 if no table has names
  TableColumn type{};
  bool category() const { return type.kind == ColumnKind::category; }
};

// Tables (n, D) with the same columns. Values of categories are numbers of `columns`.
struct SharedTables {
  std::vector<SharedColumn> columns;
  std::vector<NdArray> tables;
  bool named = false;  // whether the columns have names

  PointSet points(std::size_t table) const;
  // Returns the values of a column.
  std::vector<double> column(std::size_t table, std::size_t k) const;
  bool has_categories() const;
};

// Reads a table: a table of text by the kinds of its columns, which are guessed, without the rows
// that have missing cells; or the numbers of an NPY file. Reports the file (report/files_read.h).
// Leaves out the columns of `drop` that it has. Throws Failure (exit 4) with `verb` in its message, or
// FileError.
NdArray read_table_to_compare(const std::string& path, const std::string& verb,
                              DroppedColumns& drop);

// Returns the tables with the columns of the table number `first`, in its order. If two tables have
// names, columns are matched by name. Other columns are left out, and a message on stderr says so.
// Throws Failure (exit 4) "[what] ..." if a column is missing, or if it is text in one table and
// numbers in another. Throws Failure (exit 2) if tables without names differ in their number of
// columns.
SharedTables share_columns(std::vector<NdArray> tables, std::size_t first, const char* what);

// Returns the memory in bytes that the measures of compare_tables need beside the tables: two copies of all
// rows, in standard deviations, with a number for each value of a category.
double bytes_to_compare(const SharedTables& shared);
// Throws Failure (exit 2) if that is more than `free` bytes.
void check_memory_to_compare(const SharedTables& shared, std::uint64_t free, const char* what);

// Points (n, E) whose Euclidean distances are in standard deviations. A column of numbers is
// divided by its standard deviation (divisor n) in the table number `of`. Different values of a
// category are at distance 1. A column that is constant in table number `of` is divided by its
// standard deviation in all tables.
struct StandardizedTables {
  std::vector<std::vector<double>> x;
  std::vector<std::string> names;    // of the E columns, such as "mass" and "species=Adelie"
  std::vector<std::size_t> columns;  // the column of the tables that each belongs to
  PointSet points(std::size_t table) const;
};
StandardizedTables standardized(const SharedTables& shared, std::size_t of);

}  // namespace pushforward::app
