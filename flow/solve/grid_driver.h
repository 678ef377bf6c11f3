// The base class of drivers (solvers) that take fixed steps on a path alpha(t) x1 + sigma(t) x0. It
// goes along the time grid with all rows at the same time, and saves points.
//
// A saved point on the grid is exact; between two grid times, it is linearly interpolated.
#pragma once

#include <concepts>
#include <utility>
#include <vector>

#include "flow/solve/denoise_step.h"
#include "flow/solve/driver.h"

namespace pushforward::inline PF_REAL {

// A driver (solver) whose right-hand side returns the model's output: a velocity, data, noise or
// score, as the parameterization says.
class GridDriver : public Driver {
 public:
  void run(const Rhs& rhs, int rows, std::span<const double> grid, real* x,
           const SaveRequest& saves = {}, int first_sample = 0) final;
  std::span<const RowCost> costs() const final {
    return {costs_.data(), static_cast<std::size_t>(rows_)};
  }

 protected:
  GridDriver(Parameterization parameterization, int rows, int dim);

  // One end of a step: its time and the path's coefficients there.
  struct End {
    double t;
    Coefficients c;
  };
  // Takes step i: reads x() at `from` and writes x1() at `to`.
  virtual void step(int i, const End& from, const End& to) = 0;

  // Return the block of points (rows, dim) at the two ends of the step: x() before it, x1() after
  // it.
  const real* x() const { return x_.data(); }
  real* x1() { return x1_.data(); }
  // The count of numbers in the rows: rows * dim.
  std::size_t size() const { return static_cast<std::size_t>(rows_) * dim_; }
  int rows() const { return rows_; }
  int dim() const { return dim_; }
  int first_sample() const { return samples_.front(); }
  const Parameterization& parameterization() const { return parameterization_; }
  AlignedVector<real> memory() const { return AlignedVector<real>(x_.size()); }

  // Writes to `out` the model's output at the points `at` (rows, dim), all at time t. This counts
  // as one evaluation for each row.
  void predict(const real* at, double t, real* out);
  // A weight times the numbers of all rows of the run.
  struct Term {
    double weight;
    const real* numbers;
  };
  // Sets out to the sum of the terms, added from left to right. The numbers of a term may be `out`
  // itself.
  template <std::same_as<Term>... Terms>
  void combine(real* out, const Terms&... terms) const {
    combine_weighted(out, std::pair(static_cast<real>(terms.weight), terms.numbers)...);
  }
  // Sets out = c.a x + c.b output.
  void combine(real* out, const Conversion& c, const real* x, const real* output) const {
    combine(out, Term{c.a, x}, Term{c.b, output});
  }

 private:
  template <class... Weighted>
  void combine_weighted(real* out, const Weighted&... w) const {
    const std::size_t n = size();
    for (std::size_t e = 0; e < n; ++e) out[e] = (... + (w.first * w.second[e]));
  }
  void save(const SaveRequest& saves, int index);
  void check_finite(const real* at, int steps, double t) const;

  Parameterization parameterization_;
  int dim_, rows_ = 0, next_save_ = 0, evaluations_ = 0;
  const Rhs* rhs_ = nullptr;
  AlignedVector<real> x_, x1_;
  std::vector<int> samples_;
  std::vector<double> t_;
  std::vector<RowCost> costs_;
};

}  // namespace pushforward::inline PF_REAL
