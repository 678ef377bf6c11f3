#include "apps/page/crossings.h"

#include <cstddef>

#include "autograd/tensor/check.h"

namespace pushforward::app {
namespace {

// Returns twice the signed area of the triangle a, b, c: positive if it turns left.
double turn(const double* a, const double* b, const double* c) {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

}  // namespace

int count_crossings(std::span<const double> x0, std::span<const double> x1) {
  detail::check(x0.size() == x1.size() && x0.size() % 2 == 0, "crossings", "lines from ", x0.size(),
                " to ", x1.size(), " coordinates; both need the same even number");
  int count = 0;
  for (std::size_t i = 0; i < x0.size(); i += 2) {
    const double *a = &x0[i], *b = &x1[i];
    for (std::size_t j = i + 2; j < x0.size(); j += 2) {
      const double *c = &x0[j], *d = &x1[j];
      if (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0) ++count;
    }
  }
  return count;
}

}  // namespace pushforward::app
