#include "flow/path/gaussian_path.h"

#include "autograd/ops.h"
#include "autograd/sweep.h"

namespace pushforward::inline PF_REAL {
namespace {

// A function of t and its derivative.
struct Moving {
  Var value, slope;
};

Moving at(const std::function<Var(Var, Var)>& f, Var x1, Var t) {
  const Var value = f(x1, t);
  check(value && value.shape() == x1.shape(), "gaussian_path", "mu or sigma is ",
        value ? value.shape() : Shape{}, " for x1 ", x1.shape(), "; both must have its shape");
  return {value, jvp(value, t, t.tape->full(t.shape(), 1), Record::yes)};
}

}  // namespace

Var conditional_velocity(const GaussianPath& path, Var x, Var x1, Var t) {
  const Moving mu = at(path.mu, x1, t), sigma = at(path.sigma, x1, t);
  return sigma.slope / sigma.value * (x - mu.value) + mu.slope;
}

PathSample follow(const GaussianPath& path, const PathEnds& ends) {
  PathSample s = ends.sample;
  const Moving mu = at(path.mu, s.x1, s.t), sigma = at(path.sigma, s.x1, s.t);
  s.xt = sigma.value * s.x0 + mu.value;
  s.dxt = sigma.slope * s.x0 + mu.slope;
  return s;
}

}  // namespace pushforward::inline PF_REAL
