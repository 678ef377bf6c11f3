// Splits the rows of a table into those that are trained on and those that are held out, and fills
// their missing cells for the beginning of a training.
#pragma once

#include <memory>
#include <vector>

#include "apps/data/data.h"
#include "apps/tables/typed_csv.h"
#include "flow/distributions/array.h"

namespace pushforward::app::inline PF_REAL {

// The numbers of a table's rows, ascending in each list. `seen` are those that are not held out, by
// which columns are scaled. `trained` are those of them that the data set has, and `held_out` the
// held-out ones that it has. Both lack rows with missing cells, except that `trained` has them if
// they are to be filled.
struct TableSplit {
  std::vector<int> seen, trained, held_out;
};
// Splits the rows of the table that was read. Throws Failure (exit 2) as held_out_rows does, and if a
// row is held out, but none of the held-out rows is complete.
TableSplit split_rows(const TypedTable& read, const Holdout& holdout, bool fill);

// Returns the rows of a table with these numbers.
NdArray rows_of(const NdArray& table, const std::vector<int>& rows);

// The columns of a table that flow (N, D), with NaN for missing cells. It has no rows if no cell is
// missing.
struct MissingTable {
  NdArray known{};
};
// Replaces each missing cell of the table by a known cell of the same column among split.seen, drawn
// with equal probabilities by `seed`. Returns the table from before.
MissingTable fill_missing(TypedTable& read, const TableSplit& split, std::uint64_t seed);

// The options by which a config asks for a table, and what its run remembers of it, or null
// (table_memory.h).
struct AskedTable {
  const TypedCsvOptions& options;
  const Json& memory;
};

// Returns the rows split.trained of the table, whose held_out() are the rows split.held_out or those
// of the file of `holdout`. The conditions of a file of held-out rows are appended to `given`.
// `asked` is what the table was read by. `filled` says that the missing cells of rows will change.
// The numbers of a large table are removed from `read`, since they are in a file then.
std::shared_ptr<ArrayData> training_rows(TypedTable& read, const AskedTable& asked,
                                         const TableCode& code, const Holdout& holdout,
                                         const TableSplit& split, bool filled,
                                         RowConditions& given);

// Returns rows with missing cells, whose `known` cells are the others. They keep doubles from now on,
// since cells that are drawn have any digits. It is empty if no cell of these rows is missing.
IncompleteRows incomplete_rows(std::shared_ptr<ArrayData> rows, NdArray known);

// Returns the conditions of the table's rows: first those of split.trained, then those of
// split.held_out.
RowConditions row_conditions(const TypedTable& read, std::vector<CodedColumn> columns,
                             const TableSplit& split);

}  // namespace pushforward::app::inline PF_REAL
