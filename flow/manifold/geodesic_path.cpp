#include "flow/manifold/geodesic_path.h"

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <stdexcept>
#include <string>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "flow/manifold/tape.h"

namespace pushforward::inline PF_REAL {

using detail::check;
using detail::fail;

namespace {

// Returns a point in words: "(0, 0.6, 0.8)".
std::string words_of(const real* x, std::size_t dim) {
  std::ostringstream words;
  words << std::setprecision(6);
  for (std::size_t j = 0; j < dim; ++j) words << (j == 0 ? "(" : ", ") << x[j];
  return words.str() + ")";
}

// Writes log_x0(x1) of each row.
void write_logs(const Manifold& manifold, const PathEnds& ends, int rows, real* to) {
  const std::size_t d = static_cast<std::size_t>(manifold.dim());
  for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) {
    try {
      log_row(manifold, ends.x0 + r * d, ends.x1 + r * d, to + r * d);
    } catch (const std::invalid_argument& e) {
      const std::string why = e.what();
      fail("geodesic", "row ", r, " of the batch, from ", words_of(ends.x0 + r * d, d), " to ",
           words_of(ends.x1 + r * d, d), ": ", why.substr(why.find("] ") + 2));
    }
  }
}

}  // namespace

PathSample follow_geodesics(const Manifold& manifold, const PathEnds& ends) {
  check(ends.t && ends.x0 && ends.x1, "geodesic", "there are no endpoints; make them by make_ends");
  const Shape shape = ends.sample.x0.shape();
  const int rows = shape[0];
  check(shape[1] == manifold.dim(), "geodesic", "endpoints of ", shape[1],
        " coordinates for a manifold of ", manifold.dim(), "; give points of the manifold");
  for (int r = 0; r < rows; ++r)
    check(ends.t[r] >= 0 && ends.t[r] <= 1, "geodesic", "row ", r, " has time ", ends.t[r],
          "; times are in [0, 1]");
  PathSample sample = ends.sample;
  Tape& tape = *sample.x0.tape;
  std::span<real> points, velocities;
  sample.xt = tape.uninitialised(shape, points, "xt");
  sample.dxt = tape.uninitialised(shape, velocities, "dxt");
  Scope scope(tape);
  std::span<real> logs;
  const Var v = tape.uninitialised(shape, logs, "log");
  write_logs(manifold, ends, rows, logs.data());
  const Var moved = v * broadcast_cols(sample.t, manifold.dim());
  const Var xt = exp(manifold, sample.x0, moved);
  const Var dxt = jvp(xt, sample.t, tape.full(sample.t.shape(), 1));
  std::copy(xt.values().begin(), xt.values().end(), points.begin());
  std::copy(dxt.values().begin(), dxt.values().end(), velocities.begin());
  return sample;
}

}  // namespace pushforward::inline PF_REAL
