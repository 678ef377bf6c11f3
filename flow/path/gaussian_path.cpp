#include "flow/path/gaussian_path.h"

#include "autograd/ops.h"
#include "autograd/sweep.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// A function of t and its derivative.
struct Moving {
  Var value, slope;
};

Moving at(const std::function<Var(Var, Var)>& f, Var x1, Var t) {
  check(bool(f), "gaussian_path", "mu and sigma must both be given, as functions of x1 and t");
  check(t.shape() == Shape{x1.shape().rows(), 1}, "gaussian_path", "t is ", t.shape(), " and x1 ",
        x1.shape(), "; t must be a column of as many rows");
  const Var value = f(x1, t);
  check(value && value.shape() == x1.shape(), "gaussian_path", "mu or sigma is ",
        value ? value.shape() : Shape{}, " for x1 ", x1.shape(), "; both must have its shape");
  return {value, jvp(value, t, t.tape->full(t.shape(), 1), Record::yes)};
}

}  // namespace

Var conditional_velocity(const GaussianPath& path, Var x, Var x1, Var t) {
  const Moving mu = at(path.mu, x1, t), sigma = at(path.sigma, x1, t);
  check(x.shape() == x1.shape(), "gaussian_path", "x is ", x.shape(), " and x1 ", x1.shape(),
        "; both are (B, D)");
  return sigma.slope / sigma.value * (x - mu.value) + mu.slope;
}

PathSample follow_path(const GaussianPath& path, const PathEnds& ends) {
  PathSample s = ends.sample;
  check(s.t && s.x0 && s.x1, "gaussian_path", "the ends have no memory; make_ends gives them some");
  const Moving mu = at(path.mu, s.x1, s.t), sigma = at(path.sigma, s.x1, s.t);
  s.xt = sigma.value * s.x0 + mu.value;
  s.dxt = sigma.slope * s.x0 + mu.slope;
  return s;
}

}  // namespace pushforward::inline PF_REAL
