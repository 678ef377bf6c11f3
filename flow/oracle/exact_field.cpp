#include "flow/oracle/exact_field.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "autograd/ops.h"
#include "autograd/tensor/tensor.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// A variance below this number counts as 0, because its inverse would overflow.
constexpr double kTiny = sizeof(real) == 4 ? 1e-30 : 1e-290;
constexpr real kNever = real(-1e30);  // the logit of a pair of probability 0

bool all_equal(const std::vector<double>& v) {
  return std::ranges::all_of(v, [&](double x) { return x == v.front(); });
}

// The means of a mixture's components minus the mean of the whole mixture (`origin`), repeated for
// each pair of a data component and a source component.
struct Means {
  std::vector<double> origin;   // (D)
  std::vector<double> centred;  // (pairs, D)
  Tensor table;                 // the same values as a tensor
  bool still = true;            // all entries of `centred` are 0

  // Pair p has the component p / stride % (number of components) of mixture m.
  Means(const Mixture& m, int pairs, int stride) : origin(m.dim, 0), table({pairs, m.dim}) {
    for (int k = 0; k < m.components(); ++k) {
      for (int j = 0; j < m.dim; ++j) origin[j] += m.weights[k] * m.mean(k)[j];
    }
    if (m.components() == 1) origin = m.means;  // exact, without a division
    for (int p = 0; p < pairs; ++p) {
      const double* mean = m.mean(p / stride % m.components());
      for (int j = 0; j < m.dim; ++j) centred.push_back(mean[j] - origin[j]);
    }
    still = std::ranges::all_of(centred, [](double x) { return x == 0; });
    std::ranges::transform(centred, table.data(), [](double x) { return static_cast<real>(x); });
  }

  const double* of(int p) const { return centred.data() + p * origin.size(); }
};

// A tensor of constants on the tape, filled row by row. It is made without rows if the velocity
// does not need it.
struct Block {
  std::span<real> values;
  Var var;
  int cols;

  Block(Tape& tape, Shape shape, const char* name)
      : var(tape.uninitialised(shape, values, name)), cols(shape.cols()) {}
  real& operator()(std::int64_t row, std::int64_t col) { return values[row * cols + col]; }
};

class ExactVelocity {
 public:
  ExactVelocity(std::shared_ptr<const Oracle> oracle, Scheduler scheduler)
      : oracle_(std::move(oracle)),
        scheduler_(std::move(scheduler)),
        dim_(oracle_->dim()),
        pairs_(oracle_->pairs()),
        data_(oracle_->data(), pairs_, oracle_->source().components()),
        source_(oracle_->source(), pairs_, 1),
        even_(all_equal(oracle_->data().stds) && all_equal(oracle_->source().stds)),
        products_(even_ && dim_ > 4 && pairs_ > 32) {
    const int sources = oracle_->source().components();
    for (int p = 0; p < pairs_; ++p) {
      log_weights_.push_back(std::log(oracle_->data().weights[p / sources]) +
                             std::log(oracle_->source().weights[p % sources]));
      Squares s;
      for (int j = 0; j < dim_; ++j) {
        const double m1 = data_.of(p)[j], m0 = source_.of(p)[j];
        s.data += m1 * m1, s.both += m1 * m0, s.source += m0 * m0;
      }
      squares_.push_back(s);
    }
  }

  Var operator()(Var x, Var t) const {
    const Shape shape = x.shape();
    check(shape.rank == 2 && shape.cols() == dim_ && t.shape() == Shape({shape.rows(), 1}),
          "oracle_field", "points ", shape, " and times ", t.shape(), "; they must be (B, ", dim_,
          ") and (B, 1)");
    Label label(*x.tape, "oracle");
    Constants c(*x.tape, *this, shape.rows());
    for (int b = 0; b < shape.rows(); ++b) fill(c, b, x.values().data() + b * dim_, t.values()[b]);

    const Var from_origin = x - c.origin.var;
    const Var r = softmax(logits(c, from_origin));
    // The velocity is sum_p r_p u_p over the pairs p of components, with r_p the probability of the
    // pair given x, and u_p = offset + rate_p (x - origin) + lever1_p mu1_p + lever0_p mu0_p. The
    // component means mu1_p (data) and mu0_p (source) are relative to the mean of their mixture,
    // and `origin` is the mean of xt.
    Var u = c.offset.var;
    if (even_) {
      u = u + wide(c.rate) * from_origin + wide(c.lever1) * matmul(r, c.table1.var);
      if (!source_.still) u = u + wide(c.lever0) * matmul(r, c.table0.var);
    } else {
      u = u + broadcast_cols(sum_cols(r * c.rate.var), dim_) * from_origin +
          matmul(r * c.lever1.var, c.table1.var);
      if (!source_.still) u = u + matmul(r * c.lever0.var, c.table0.var);
    }
    return u;
  }

 private:
  struct Squares {
    double data = 0, both = 0, source = 0;  // |mu1|^2, mu1 . mu0, |mu0|^2 of one pair of means
  };

  // The coefficients of the formulas for the velocity and the logits, for B rows (each with its own
  // time), D columns and P pairs of components. They are constants for the tape. W is P, or 1 if
  // all pairs have the same width.
  struct Constants {
    Block origin, offset;                                     // (B, D)
    Block bias;                                               // (B, P)
    Block precision, rate, lever1, lever0, weight1, weight0;  // (B, W)
    Block table1, table0;                                     // (P, D)
    Block means, ones;  // (B D, P) and (B, 1, D), used for differences only

    Constants(Tape& t, const ExactVelocity& v, int rows)
        : origin(t, {rows, v.dim_}, "origin"),
          offset(t, {rows, v.dim_}, "offset"),
          bias(t, {rows, v.pairs_}, "bias"),
          precision(t, {rows, v.width()}, "precision"),
          rate(t, {rows, v.width()}, "rate"),
          lever1(t, {rows, v.width()}, "lever1"),
          lever0(t, {rows, v.width()}, "lever0"),
          weight1(t, {rows, v.width()}, "weight1"),
          weight0(t, {rows, v.width()}, "weight0"),
          table1(t, v.data_.table.shape(), "data means"),
          table0(t, v.source_.still ? Shape{0, v.dim_} : v.source_.table.shape(), "source means"),
          means(t, {v.products_ ? 0 : rows * v.dim_, v.pairs_}, "means"),
          ones(t, {v.products_ ? 0 : rows, 1, v.dim_}, "ones") {
      std::ranges::copy(v.data_.table.values(), table1.values.begin());
      if (!v.source_.still) std::ranges::copy(v.source_.table.values(), table0.values.begin());
      std::ranges::fill(ones.values, real(1));
    }
  };

  int width() const { return even_ ? 1 : pairs_; }
  Var wide(const Block& column) const { return broadcast_cols(column.var, dim_); }

  // Fills row b of the constants, for the point x (D) at time t.
  void fill(Constants& to, int b, const real* x, real t) const {
    const Coefficients c = scheduler_(static_cast<double>(t));
    oracle_->check_velocity(c);
    const auto slope0 = [&](double mean) { return mean == 0 ? 0 : c.dsigma * mean; };
    for (int j = 0; j < dim_; ++j) {
      const double o1 = data_.origin[j], o0 = source_.origin[j];
      to.origin(b, j) = static_cast<real>(c.alpha * o1 + c.sigma * o0);
      to.offset(b, j) = static_cast<real>(c.dalpha * o1 + slope0(o0));
    }
    bool points = false;
    const int sources = oracle_->source().components();
    double s1 = -1, s0 = -1, v = 0, volume = 0;
    for (int p = 0; p < pairs_; ++p) {
      const double std1 = oracle_->data().stds[p / sources],
                   std0 = oracle_->source().stds[p % sources];
      if (std1 != s1 || std0 != s0) {
        s1 = std1, s0 = std0;
        v = c.alpha * c.alpha * s1 * s1 + c.sigma * c.sigma * s0 * s0;
        volume = dim_ * std::log(v) / 2;
      }
      const bool point = v < kTiny;
      points = points || point;
      const Squares& s = squares_[p];
      const double square = c.alpha * c.alpha * s.data + 2 * c.alpha * c.sigma * s.both +
                            c.sigma * c.sigma * s.source;
      to.bias(b, p) = point ? kNever
                            : static_cast<real>(log_weights_[p] - (even_ ? 0 : volume) -
                                                (products_ ? square / v / 2 : 0));
      if (!products_) {
        for (int j = 0; j < dim_; ++j)
          to.means(b * dim_ + j, p) =
              static_cast<real>(c.alpha * data_.of(p)[j] + c.sigma * source_.of(p)[j]);
      }
      if (even_ && p > 0) continue;
      const double rate = point ? 0 : (c.alpha * c.dalpha * s1 * s1 + c.sigma_dsigma * s0 * s0) / v;
      to.precision(b, p) = point ? real(0) : static_cast<real>(1 / v);
      to.weight1(b, p) = point ? real(0) : static_cast<real>(c.alpha / v);
      to.weight0(b, p) = point ? real(0) : static_cast<real>(c.sigma / v);
      to.rate(b, p) = static_cast<real>(rate);
      to.lever1(b, p) = static_cast<real>(c.dalpha - c.alpha * rate);
      to.lever0(b, p) = source_.still ? real(0) : static_cast<real>(c.dsigma - c.sigma * rate);
    }
    if (points) settle_points(to, b, x, c);
  }

  // Sets the logits of row b for a point x at sigma = 0. If x is a data point, the logits become
  // constants. If it is not, nothing changes.
  void settle_points(Constants& to, int b, const real* x, const Coefficients& c) const {
    Arena& arena = to.bias.var.tape->arena();
    double* row = arena.array<double>(dim_);
    double* r = arena.array<double>(pairs_);
    std::copy_n(x, dim_, row);
    oracle_->pairs_given(c, {row, static_cast<std::size_t>(dim_)},
                         {r, static_cast<std::size_t>(pairs_)});
    const auto is_point = [&](int p) { return to.precision(b, even_ ? 0 : p) == 0; };
    bool met = false;
    for (int p = 0; p < pairs_; ++p) met = met || (is_point(p) && r[p] > 0);
    if (!met) return;
    for (int p = 0; p < pairs_; ++p) {
      to.bias(b, p) = is_point(p) && r[p] > 0 ? static_cast<real>(std::log(r[p])) : kNever;
      if (!even_) to.precision(b, p) = 0;
    }
  }

  // Returns the logits ln r_p (B, P), where r_p is the probability of pair p of components given x,
  // up to an additive constant for each row.
  Var logits(const Constants& c, Var x) const {
    if (products_) {
      const Var logit = c.bias.var + matmul(wide(c.weight1) * x, c.table1.var, false, true);
      return source_.still ? logit : logit + matmul(wide(c.weight0) * x, c.table0.var, false, true);
    }
    const int rows = x.shape().rows();
    const Var away = broadcast_cols(reshape(x, {rows * dim_, 1}), pairs_) - c.means.var;
    const Var squares =
        reshape(matmul(c.ones.var, reshape(square(away), {rows, dim_, pairs_})), {rows, pairs_});
    const Var precision = even_ ? broadcast_cols(c.precision.var, pairs_) : c.precision.var;
    return c.bias.var - real(0.5) * precision * squares;
  }

  std::shared_ptr<const Oracle> oracle_;
  Scheduler scheduler_;
  int dim_, pairs_;
  Means data_, source_;
  bool even_;      // all pairs have the same two standard deviations
  bool products_;  // squared distances come from matrix products, as these are cheaper
  std::vector<double> log_weights_;
  std::vector<Squares> squares_;
};

Mixture require_mixture(const Distribution& distribution, const char* which) {
  std::optional<Mixture> m = distribution.mixture();
  check(m.has_value(), "oracle", "the ", which,
        " is not a mixture of isotropic Gaussians, so its flow has no closed form; "
        "exact answers exist for gaussian, 8gaussians, mixture and finite data sets");
  return std::move(*m);
}

}  // namespace

std::shared_ptr<const Oracle> make_oracle(const Distribution& source, const Distribution& data) {
  return std::make_shared<const Oracle>(require_mixture(source, "source"),
                                        require_mixture(data, "data"));
}

Field oracle_field(std::shared_ptr<const Oracle> oracle, Scheduler scheduler) {
  check(oracle != nullptr, "oracle_field", "no oracle given; make_oracle makes one");
  const auto velocity =
      std::make_shared<const ExactVelocity>(std::move(oracle), std::move(scheduler));
  return [velocity](Var x, Var t) { return (*velocity)(x, t); };
}

}  // namespace pushforward::inline PF_REAL
