// Finds rows that are far outside of the data that a run was trained on, where its network extrapolates.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "apps/formats/npy.h"
#include "apps/run/condition_code.h"
#include "apps/run/table_code.h"
#include "apps/run/units.h"

namespace pushforward::app {

// Rows that were looked at, and how many of them are far outside. `first` describes the first of these.
struct FarRows {
  std::size_t rows = 0, count = 0;
  std::string first{};

  // Adds the rows of the next block.
  void add(const FarRows& next);
  // Returns a note, or nothing if no row is far outside.
  std::vector<std::string> notes() const;
};

// Looks at the rows of a table (N, D), whose code in the data's units is x (N, E); missing numbers are NaN.
// A row is far outside if a number is beyond the range of the training by more than the width of that
// range, or differs from the one value that its column had. `first` is the number of the first row.
// Categories and angles have no range. `code` is null if table and code are the same numbers. Units
// without ranges, as those of earlier versions of the program, have no such rows.
FarRows find_far_rows(const Units& units, const TableCode* code, const NdArray& table,
                      std::span<const double> x, std::size_t first = 0);

// Appends notes to others.
void add_notes(const std::vector<std::string>& more, std::vector<std::string>& notes);

// Returns a note if a standardized number of the conditions (n, C) is so far from the rows that the run was
// trained on that the network extrapolates, else nothing.
std::vector<std::string> notes_of_far_conditions(const ConditionCode& code,
                                                 const std::vector<double>& conditions);

}  // namespace pushforward::app
