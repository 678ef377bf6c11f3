// The interface of sources and data sets: a distribution on R^D whose rows can be drawn by number.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "autograd/tensor/rng.h"
#include "autograd/tensor/tensor.h"
#include "flow/distributions/mixture.h"
#include "flow/distributions/shared.h"

namespace pushforward::inline PF_REAL {

// raw = scale x + shift for each column.
struct ColumnUnits {
  std::vector<double> scale, shift;
};

// A distribution whose rows are drawn by number. Row k of a stream depends only on k and on the
// stream's seed, purpose and step, not on the other rows of the call. Drawing allocates nothing,
// and several threads may draw at the same time. Constructors check their arguments. The functions
// below do not: pointers must have room for `rows` rows, and `rows` must be 0 or more.
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
  // Converts rows x (rows, dim()) to the units of the raw data in place:
  // undoes standardize and affine.
  virtual void restore(int rows, real* x) const;
  // The map that `restore` applies, in full precision.
  virtual ColumnUnits units() const;
  // All rows (n, dim()) of a finite set; null for any other distribution.
  virtual const Tensor* all() const { return nullptr; }
  // The labels of all() (n); empty if there are no classes.
  virtual std::span<const int> all_labels() const { return {}; }
  // The distribution as a mixture of round Gaussians, if it is one. A finite set is
  // a mixture of point masses.
  virtual std::optional<Mixture> mixture() const { return std::nullopt; }
  // Writes ln p(x) of rows x (rows, dim()) to out (rows) and returns true. Returns false and writes
  // nothing if the density has no closed form. ln p is -inf outside the support. With 0 rows, the
  // call only tests whether there is a density. By default it is the density of mixture().
  virtual bool log_density(int rows, const real* x, double* out) const;
  // ln of the factor by which a volume in raw units grows in this distribution's units: ln
  // p_raw(restore(x)) = ln p(x) + log_scale(). 0 for data in raw units.
  virtual double log_scale() const { return 0; }
};

using DistributionPtr = SharedDistribution<Distribution>;

// Returns rows 0 .. n - 1 of a stream, (n, dim), and writes their labels (n) unless `labels`
// is null. Throws if n < 0.
Tensor draw_rows(const Distribution& distribution, Stream stream, int n,
                 std::vector<int>* labels = nullptr);

}  // namespace pushforward::inline PF_REAL
