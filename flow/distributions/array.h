// A finite data set: an array of rows, drawn with replacement or in epochs.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "flow/distributions/distribution.h"
#include "flow/distributions/stored_rows.h"

namespace pushforward {

// The order in which the rows of a finite set are drawn.
struct RowOrder {
  // If 0, rows are drawn with replacement. Otherwise this is the number of rows drawn per step: row
  // k of step s is position s batch + k of an endless sequence of random permutations. So each
  // epoch (n consecutive positions, for a set of n rows) has every row once.
  int batch = 0;
};

// A table of numbers as it was read from a file: values (n, columns) row-major, and the names of
// its columns, if it has any.
struct TableRows {
  std::vector<double> values{};
  int columns = 0;
  std::vector<std::string> names{};
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

class ArrayData final : public Distribution {
 public:
  // values (n, D) must be finite, with n > 0. labels (n) must be non-negative, or
  // empty. Throws otherwise, and on an order with a negative batch.
  explicit ArrayData(Tensor values, std::vector<int> labels = {}, RowOrder order = {});
  // Takes doubles, which are kept if `real` does not hold all of them exactly. A number beyond the
  // range of `real` is infinite in all() and in the rows of `draw`, but a distribution that wraps
  // this one scales the double. Throws as the other constructor does, and if the number of names is
  // neither 0 nor the number of columns.
  explicit ArrayData(TableRows table, std::vector<int> labels = {}, RowOrder order = {});

  // Takes rows that stay where they are stored, and reads each when it is drawn. The numbers are those of
  // the constructor from doubles, bit for bit. `names` are those of the columns, or none. Reads all rows
  // once, and throws as it does.
  explicit ArrayData(std::shared_ptr<const StoredRows> rows, std::vector<int> labels = {},
                     RowOrder order = {}, std::vector<std::string> names = {});

  // Returns the set of the rows with these numbers, in the order of `rows`. Rows of the set are
  // drawn according to `order`. Their classes() are those of this set, even if no row of a class is
  // among them. Throws if a number is not that of a row, and on an order with a negative batch.
  ArrayData select(std::span<const int> rows, RowOrder order = {}) const;
  // Replaces the numbers of all rows by `values` (n, D), which must be finite. Not while another
  // thread draws rows. Throws if the rows are stored elsewhere.
  void replace(std::vector<double> values);
  // Keeps the numbers as doubles, also if `real` holds them exactly. Throws as `replace` does.
  void keep_doubles();
  // Sets the rows that held_out() returns. Throws unless they have as many columns as this set.
  void hold_out(std::shared_ptr<const Distribution> rows);

  int dim() const override { return stored_ ? stored_->columns() : values_.cols(); }
  int classes() const override { return classes_; }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  // A point mass of weight 1 / n at every row.
  std::optional<Mixture> mixture() const override;
  const Tensor* all() const override;
  bool is_finite() const override { return true; }
  bool is_stored() const override { return stored_ != nullptr; }
  int row_count() const override { return stored_ ? stored_->rows() : values_.rows(); }
  std::span<const int> all_labels() const override { return labels_; }
  int index(Stream stream, std::uint32_t row) const override;
  std::span<const std::string> names() const override { return names_; }
  std::shared_ptr<const Distribution> held_out() const override { return held_out_; }
  void finish(const RowAt& at, int first_column, int columns, double* x, RowUnits) const override;
  bool wide() const override { return stored_ ? stored_wide_ : !exact_.empty(); }

 private:
  ArrayData select_stored(std::span<const int> rows, RowOrder order) const;

  // Stored rows, of which `copy` is made when all() is called.
  struct Copy {
    std::once_flag once;
    Tensor values;
  };
  std::shared_ptr<const StoredRows> stored_;
  std::shared_ptr<Copy> copy_;
  bool stored_wide_ = false;
  Tensor values_;
  std::vector<double> exact_;  // (n, D); empty if `real` holds all of them
  std::vector<std::string> names_;
  std::vector<int> labels_;
  RowOrder order_;
  int classes_ = 0;
  std::shared_ptr<const Distribution> held_out_;
};

}  // namespace pushforward::inline PF_REAL
