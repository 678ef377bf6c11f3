// Encodes conditions: the columns of a table that the network is given, and that the flow does not
// generate, become numbers for the network.
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
//   by the rows that are trained on, unless the transform is "none". A whole number x is first
//   replaced by x + 1/2, the middle of its bin. In the code of a table (table_code.h) it is x + u,
//   with u uniform on (0, 1).
// - Value c of a category of K values becomes K numbers: 1 for c and 0 for the others.
// - An angle a becomes (cos a, sin a).
class ConditionCode {
 public:
  // `columns` are the conditions, and `places` their places among all columns of the table, in
  // ascending order. With `scale` and `shift` (E), a number z of the code becomes scale z + shift.
  // Throws std::invalid_argument if the lengths disagree.
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

// Returns the code of these columns. `rows` (N, C) are the rows that are trained on, whose means
// and standard deviations standardize the numbers. Throws Failure (exit 2) if a column has one
// value in all rows.
ConditionCodePtr make_condition_code(std::vector<CodedColumn> columns, bool named,
                                     std::vector<std::size_t> places,
                                     const std::vector<double>& rows);

// A table (N, D) as its conditions (N, C) and the other columns.
struct SplitTable {
  NdArray rest;
  std::vector<double> conditions;
};
// split_table divides a table into the columns with the numbers `places`, which ascend, and the
// other columns. join_table joins the two parts again. `code` describes the conditions. If the
// table has no names, the names of the conditions are left out.
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
