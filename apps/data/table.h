// Builds the distribution of a csv section: the rows of its table, encoded if its columns are not
// all plain numbers.
#pragma once

#include <string>

#include "apps/data/data.h"

namespace pushforward::app::inline PF_REAL {

// Where a csv section stands: the path of its key, the type of the data set that wraps it ("" if it
// is all of /data), and the rows to hold out.
struct TablePlace {
  std::string key, around;
  const Holdout& holdout;
};

// Builds the data set of a section of type csv. Reports the file (files_read.h), and fills
// `traits`. Throws Failure (exit 4) if the file cannot be read or a value has no code, and Failure
// (exit 2) if a column's kind does not fit its transform or `around`.
DistributionPtr build_table(const Json& section, const TablePlace& place, DataTraits& traits);

// The rows of a table, encoded (TableCode) with new noise for each draw. `finish` encodes any row of
// the table by its number.
class CodedRows final : public Distribution {
 public:
  // `table` is the finite set of the table's rows (n, D).
  CodedRows(DistributionPtr table, TableCodePtr code);

  int dim() const override { return static_cast<int>(code_->width()); }
  int classes() const override { return table_->classes(); }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  void draw_core(Stream stream, std::uint32_t first_row, int rows, real* out,
                 int* labels) const override;
  void finish(const RowAt& at, int first_column, int columns, double* x, RowUnits) const override;
  bool wide() const override { return true; }
  std::span<const std::string> names() const override { return names_; }
  int index(Stream stream, std::uint32_t row) const override { return table_->index(stream, row); }
  // The held-out rows of the table, encoded in the same way.
  std::shared_ptr<const Distribution> held_out() const override;
  int row_count() const override { return table_->row_count(); }
  // The labels of the rows of the table.
  std::span<const int> all_labels() const override { return table_->all_labels(); }

 private:
  DistributionPtr table_;
  TableCodePtr code_;
  std::vector<std::string> names_;
};

// Returns uniform numbers on (0, 1) for the code (E) of a row: the noise that CodedRows gives row
// `row` of the stream. The stream of this noise differs from the stream of the rows only in the
// purpose.
std::vector<double> code_noise(Stream stream, std::uint32_t row, std::size_t columns);

}  // namespace pushforward::app::inline PF_REAL
