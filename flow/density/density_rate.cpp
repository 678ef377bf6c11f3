#include "flow/density/density_rate.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/derivatives.h"
#include "autograd/inspect/listing.h"
#include "autograd/ops.h"
#include "autograd/tensor/random_fill.h"

namespace pushforward::inline PF_REAL {

using detail::check;

DensityRate::DensityRate(Field field, int dim, const DivergenceOptions& options, int rows,
                         std::function<int(int sample)> label_of, bool each_probe)
    : field_(std::move(field)),
      dim_(dim),
      rows_(rows),
      options_(options),
      label_of_(std::move(label_of)),
      each_probe_(each_probe && options.by != DivergenceBy::exact) {
  check(bool(field_), "divergence", "no field is given");
  check(rows > 0 && dim > 0, "divergence", rows, " rows of ", dim,
        " numbers; both must be at least 1");
  options_.check_valid();
  labels_.resize(static_cast<std::size_t>(rows));
  if (options_.by == DivergenceBy::exact) options_.probes = 0;
  by_probe_.reserve(static_cast<std::size_t>(options_.probes));
  probes_.resize(static_cast<std::size_t>(options_.probes) * rows_ * dim_);
}

void DensityRate::start(int first, int rows) {
  check(rows >= 0 && rows <= rows_, "divergence", rows, " rows for a right-hand side made for ",
        rows_);
  first_ = first;
  begun_ = rows;
  not_finite_.clear();
  for (int k = 0; k < options_.probes; ++k) {
    const Stream stream{options_.seed, Purpose::probe, static_cast<std::uint32_t>(k)};
    real* to = probes_.data() + static_cast<std::size_t>(k) * rows_ * dim_;
    const auto fill = options_.by == DivergenceBy::rademacher ? fill_rademacher : fill_normal;
    fill(stream, static_cast<std::uint32_t>(first), rows, dim_, to);
  }
}

Labels DensityRate::labels(std::span<const int> samples) {
  if (!label_of_) return {};
  for (std::size_t i = 0; i < samples.size(); ++i) labels_[i] = label_of_(samples[i]);
  return {labels_.data(), samples.size()};
}

// Returns -div u (n, 1), the negative divergence of the velocity u with respect to the points x.
Var DensityRate::rate(Var u, Var x, std::span<const int> samples) {
  if (options_.by == DivergenceBy::exact) return -divergence(u, x);
  Var total;
  by_probe_.clear();
  for (int k = 0; k < options_.probes; ++k) {
    std::span<real> numbers;
    const Var probe = tape_.uninitialised(x.shape(), numbers, "probe");
    const real* drawn = probes_.data() + static_cast<std::size_t>(k) * rows_ * dim_;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      std::copy_n(drawn + static_cast<std::size_t>(samples[i] - first_) * dim_, dim_,
                  numbers.data() + i * dim_);
    }
    const Var one = hutchinson_divergence(u, x, probe);
    by_probe_.push_back(one);
    total = total ? total + one : one;
  }
  return scale(total, real(-1) / static_cast<real>(options_.probes));
}

void DensityRate::operator()(std::span<const int> samples, const real* y, const double* t,
                             real* dy) {
  const int n = static_cast<int>(samples.size());
  check(n <= rows_, "divergence", n, " rows for a right-hand side made for ", rows_);
  for (const int sample : samples)
    check(sample >= first_ && sample < first_ + begun_, "divergence", "sample ", sample,
          " was not begun; start was told of ", first_, " to ", first_ + begun_ - 1);
  Scope scope(tape_);
  const std::size_t d = static_cast<std::size_t>(dim_), w = static_cast<std::size_t>(width());
  std::span<real> points, times;
  const Var x = tape_.uninitialised({n, dim_}, points, "x");
  const Var at = tape_.uninitialised({n, 1}, times, "t");
  for (int i = 0; i < n; ++i) {
    std::copy_n(y + i * w, d, points.data() + i * d);
    times[i] = static_cast<real>(t[i]);
  }
  const Var u = field_(x, at, labels(samples));
  check(u && u.shape() == x.shape(), "field", "the velocity at points ", x.shape(), " has shape ",
        u ? u.shape() : Shape{}, "; a field must return the shape of its points");
  const std::span<const real> velocity = u.values();
  bool finite = true;
  {
    Scope inner(tape_);
    const std::span<const real> change = rate(u, x, samples).values();
    for (int i = 0; i < n; ++i) {
      real* row = dy + i * w;
      std::copy_n(velocity.data() + i * d, d, row);
      row[d] = change[i];
      for (std::size_t k = d + 1; k < w; ++k) row[k] = -by_probe_[k - d - 1].values()[i];
      finite = finite && std::all_of(row, row + d + 1, [](real v) { return std::isfinite(v); });
    }
  }
  if (finite || !not_finite_.empty()) return;
  // Records all operations on the tape again, so that the first non-finite value among their
  // results can be found.
  divergence(u, x, Record::yes);
  not_finite_ = first_nonfinite(tape_).text;
}

}  // namespace pushforward::inline PF_REAL
