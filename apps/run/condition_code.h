// The columns of a table that are given to a network instead of flowing, and the numbers by which the
// network gets them.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "apps/formats/npy.h"
#include "apps/run/table_code.h"

namespace pushforward::app {

// The code of the C columns that are conditions: C values become E numbers, without noise.
//
// - A number, date or time x becomes T(x), with the transform of its column, and is then standardized
//   by the rows that are trained on, unless the transform is "none". A whole number is taken in the
//   middle of its bin, x + 1/2, as far from 0 as the code of a table keeps it.
// - Value c of a category of K values becomes K numbers: 1 for c and 0 for the others.
// - An angle a becomes (cos a, sin a).
class ConditionCode {
 public:
  // `columns` are the conditions, `places` their places among all columns of the table, in order,
  // and scale and shift (E) turn a number z of their code into scale z + shift. Throws
  // std::invalid_argument if the lengths disagree.
  ConditionCode(TableCodePtr columns, std::vector<std::size_t> places, std::vector<double> scale,
                std::vector<double> shift);

  const TableCode& table() const { return *columns_; }
  const std::vector<std::size_t>& places() const { return places_; }
  std::size_t columns() const { return places_.size(); }  // C
  std::size_t width() const { return scale_.size(); }     // E
  const std::vector<double>& scale() const { return scale_; }
  const std::vector<double>& shift() const { return shift_; }
  // Returns the names of the columns; numbers from 0 if the table has no names.
  std::vector<std::string> names() const;

  // Encodes rows (N, C) to (N, E). Throws Failure (exit 4) "[condition] row ..." if a value is
  // missing or has no code.
  std::vector<double> encode(const std::vector<double>& rows) const;

 private:
  TableCodePtr columns_;
  std::vector<std::size_t> places_;
  std::vector<double> scale_, shift_;
};

using ConditionCodePtr = std::shared_ptr<const ConditionCode>;

// Returns the code of these columns. `rows` (N, C) are the rows that are trained on, by which numbers
// are standardized. Throws Failure (exit 2) if a column has one value in all rows.
ConditionCodePtr make_condition_code(std::vector<CodedColumn> columns, bool named,
                                     std::vector<std::size_t> places,
                                     const std::vector<double>& rows);

// A table (N, D) as its conditions (N, C) and the other columns.
struct SplitTable {
  NdArray rest;
  std::vector<double> conditions;
};
// split_table takes the columns with the numbers `places`, which are in order, out of a table, and
// join_table puts them back. `code` says what the conditions are; their names are left out if the
// table has none.
SplitTable split_table(const NdArray& table, const std::vector<std::size_t>& places);
NdArray join_table(const NdArray& rest, const ConditionCode& code,
                   const std::vector<double>& conditions);

// Returns all columns of a table in order: those of its code, and its conditions if there are any.
std::vector<CodedColumn> all_columns(const TableCode& code, const ConditionCodePtr& condition);

// write_condition_code and read_condition_code store the code as "data.condition" of the metadata.
// Reading returns null if there is none, and throws Failure (exit 4), naming the file, if it is
// damaged.
void write_condition_code(const ConditionCodePtr& code, Metadata& metadata);
ConditionCodePtr read_condition_code(const Metadata& metadata, const std::string& file);

}  // namespace pushforward::app
