// The interface of sources and data sets: a distribution on R^D whose rows can be drawn by number.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "autograd/tensor/rng.h"
#include "autograd/tensor/tensor.h"
#include "flow/distributions/mixture.h"
#include "flow/distributions/shared.h"

namespace pushforward {

// The units of a distribution's rows. `own`: the numbers that `draw` writes and a flow learns.
// `data`: the units of the data, to which `restore` converts.
enum class RowUnits { own, data };

// One row of a distribution: row `row` of the random stream or, if index >= 0, row `index` of a
// finite set.
struct RowAt {
  Stream stream{};
  std::uint32_t row = 0;
  int index = -1;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The map from a distribution's own numbers x to the units of the data: data = scale x + shift in
// each column.
struct ColumnUnits {
  std::vector<double> scale, shift;
};

// A distribution whose rows are drawn by number. Row k of a stream depends only on k and on the
// stream's seed, purpose and step, not on the other rows of the call. Drawing allocates nothing,
// and several threads may draw at the same time. Constructors check their arguments. The member
// functions do not: pointers must have room for `rows` rows, and `rows` must be 0 or more.
class Distribution {
 public:
  virtual ~Distribution() = default;

  virtual int dim() const = 0;
  // The number of classes; 0 if the rows have no labels.
  virtual int classes() const { return 0; }
  // Writes rows first_row .. first_row + rows - 1 to out (rows, dim()). Writes their labels, 0 ..
  // classes() - 1, unless `labels` is null. Without classes every label is 0.
  virtual void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                    int* labels = nullptr) const = 0;
  // Converts rows x (rows, dim()) to the units of the data in place. It undoes changes that only
  // the flow sees, such as standardize. Data that is declared in other units (AffineUnits::own)
  // stays in those units. Rounds to `real` after each change; the map that units() returns is in
  // double.
  virtual void restore(int rows, real* x) const;
  // The map that `restore` applies, in full precision.
  virtual ColumnUnits units() const;
  // Returns all rows (n, dim()) of a finite set; null for any other distribution.
  virtual const Tensor* all() const { return nullptr; }
  // Returns whether all() is not null, without making it.
  virtual bool is_finite() const { return all() != nullptr; }
  // Returns whether the rows are read from where they are stored when they are needed. all() then
  // makes a copy of all of them, so use each_wide_row if it is enough.
  virtual bool is_stored() const { return false; }
  // Returns the index in all() of the row that a random stream draws as its row of the given
  // number. It is -1 unless the distribution is a finite set.
  virtual int index(Stream, std::uint32_t) const { return -1; }
  // Returns the names of the columns of a row; empty if they have none.
  virtual std::span<const std::string> names() const { return {}; }
  // Returns the labels (n) of the rows of all(); empty if there are no classes.
  virtual std::span<const int> all_labels() const { return {}; }
  // Returns the rows of a finite set that are held out from training, in the units of this
  // distribution. all() and `draw` do not contain them. It is null if no rows are held out.
  virtual std::shared_ptr<const Distribution> held_out() const { return nullptr; }
  // Returns the number of rows of the finite set that `draw` takes rows of, even if it adds noise
  // to them; 0 if there is no such set.
  virtual int row_count() const { return all() ? all()->rows() : 0; }
  // The distribution as a mixture of round Gaussians, if it is one. A finite set is
  // a mixture of point masses.
  virtual std::optional<Mixture> mixture() const { return std::nullopt; }
  // Writes ln p(x) of rows x (rows, dim()) to out (rows) and returns true. Returns false and writes
  // nothing if the density has no closed form. ln p is -inf outside the support. With 0 rows, the
  // call only tests whether there is a density. By default it is the density of mixture().
  virtual bool log_density(int rows, const real* x, double* out) const;
  // Returns ln of the factor by which a volume grows when it is converted from the data's units to
  // this distribution's units: ln p_data(restore(x)) = ln p(x) + log_scale(). It is 0 for data in
  // its own units.
  virtual double log_scale() const { return 0; }

  // Rows in double. A float rounds a table's 12345678901 to 12345678848, and scaling the rounded
  // number cannot restore the digits. So distributions that wrap others scale in double and round
  // once, at the end. draw_core writes the core of each row, the numbers (rows, dim()) from which
  // the row is computed. `finish` computes a row's final numbers from its core.
  virtual void draw_core(Stream stream, std::uint32_t first_row, int rows, real* out,
                         int* labels) const {
    draw(stream, first_row, rows, out, labels);
  }
  // Converts the columns [first_column, first_column + columns) of one row in place, from its core
  // (see draw_core) to its final numbers in `units`. first_column is a multiple of 4. If at.index
  // >= 0, x need not hold the core.
  virtual void finish(const RowAt& at, int first_column, int columns, double* x,
                      RowUnits units) const;
  // Returns whether rows in double have digits that matter and that `draw` rounds off.
  virtual bool wide() const { return false; }
};

using DistributionPtr = SharedDistribution<Distribution>;

// Returns rows 0 .. n - 1 of a stream, (n, dim), and writes their labels (n) unless `labels`
// is null. Throws if n < 0.
Tensor draw_rows(const Distribution& distribution, Stream stream, int n,
                 std::vector<int>* labels = nullptr);

// draw_wide_rows returns the rows of draw_rows in double, and all_wide_rows returns all n rows of a
// finite set in double. Both results are in `units`, (n, dim) row-major. The functions throw if n <
// 0 or the set is not finite.
std::vector<double> draw_wide_rows(const Distribution& distribution, Stream stream, int n,
                                   RowUnits units, std::vector<int>* labels = nullptr);
std::vector<double> all_wide_rows(const Distribution& distribution, RowUnits units);

// Calls visit(row, x) for each row x (dim) of a finite set, in double and in their order, until it returns
// false. Throws if the set is not finite.
void each_wide_row(const Distribution& distribution, RowUnits units,
                   const std::function<bool(int row, std::span<const double> x)>& visit);

// Replaces the core x (dim) of one row (see draw_core) by the row's final numbers, rounded to
// `real`. If at.index >= 0, x need not hold the core.
void finish_row(const Distribution& distribution, const RowAt& at, real* x);

}  // namespace pushforward::inline PF_REAL
