#include "flow/oracle/oracle.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kOracleLn2Pi = 1.8378770664093454836;

// Checks a mixture and returns the logarithms of its weights, which are normalised to a sum of 1.
std::vector<double> log_weights(const Mixture& m, const char* which) {
  const std::size_t k = m.weights.size();
  check(m.dim > 0 && k > 0 && m.stds.size() == k &&
            m.means.size() == k * static_cast<std::size_t>(m.dim),
        "oracle", "the ", which, " has ", k, " weights, ", m.stds.size(), " stds and ",
        m.means.size(), " numbers for means of dimension ", m.dim,
        "; give one of each for every component");
  double total = 0;
  for (std::size_t i = 0; i < k; ++i) {
    check(std::isfinite(m.weights[i]) && m.weights[i] > 0, "oracle", "weight ", i, " of the ",
          which, " is ", m.weights[i], "; weights are positive and finite");
    check(std::isfinite(m.stds[i]) && m.stds[i] >= 0, "oracle", "std ", i, " of the ", which,
          " is ", m.stds[i], "; it must be finite and not negative");
    total += m.weights[i];
  }
  for (double x : m.means)
    check(std::isfinite(x), "oracle", "a mean of the ", which, " is ", x, "; means are finite");
  std::vector<double> logs;
  for (double w : m.weights) logs.push_back(std::log(w / total));
  return logs;
}

bool has_points(const Mixture& m) { return std::ranges::count(m.stds, 0) > 0; }

}  // namespace

// A pair p of components, mu1, s1 of the data and mu0, s0 of the source, at one time t of the path
// xt = alpha x1 + sigma x0.
struct Oracle::ComponentPair {
  const double *mean1, *mean0;  // (dim)
  double std1, std0;
  double alpha, sigma, dalpha, dsigma;
  double variance;  // v = alpha^2 s1^2 + sigma^2 s0^2
  double rate;      // v' / (2 v) with v' = dv/dt; 0 where v is 0

  // Returns coordinate j of x - m, where m is the mean of xt given the pair.
  double from_mean(const double* x, int j) const {
    return x[j] - (alpha * mean1[j] + sigma * mean0[j]);
  }
  // Returns coordinate j of u_p(x) = E[dxt | p, xt = x], the velocity given the pair p.
  double velocity(const double* x, int j) const {
    return dalpha * mean1[j] + dsigma * mean0[j] + rate * from_mean(x, j);
  }
  // Return the regression coefficients of x1 (gain1) and of x0 (gain0) on x - m, where m is the
  // mean of xt given the pair. They are 0 if the variance of xt given the pair is 0.
  double gain1() const { return variance > 0 ? alpha * std1 * std1 / variance : 0; }
  double gain0() const { return variance > 0 ? sigma * std0 * std0 / variance : 0; }
};

Oracle::Oracle(Mixture source, Mixture data)
    : source_(std::move(source)),
      data_(std::move(data)),
      log_source_(log_weights(source_, "source")),
      log_data_(log_weights(data_, "data")),
      centred_source_(std::ranges::all_of(source_.means, [](double m) { return m == 0; })) {
  check(source_.dim == data_.dim, "oracle", "the source has dimension ", source_.dim,
        " and the data ", data_.dim, "; both must agree");
  check(!has_points(source_) || !has_points(data_), "oracle",
        "source and data both have components of std 0, and p_t then has "
        "no density; give every component of one of them a std above 0");
  check(log_source_.size() <= std::numeric_limits<int>::max() / log_data_.size(), "oracle",
        log_source_.size(), " components of the source times ", log_data_.size(),
        " of the data are too many pairs; give fewer");
}

Oracle::ComponentPair Oracle::pair(const Coefficients& c, int p) const {
  const int k = p / source_.components(), i = p % source_.components();
  const double s1 = data_.stds[k], s0 = source_.stds[i];
  const double v = c.alpha * c.alpha * s1 * s1 + c.sigma * c.sigma * s0 * s0;
  const double rate = v > 0 ? (c.alpha * c.dalpha * s1 * s1 + c.sigma_dsigma * s0 * s0) / v : 0;
  // dsigma may be infinite, but it is only multiplied by the source's mean. If that mean is 0, the
  // product counts as 0.
  const double dsigma = centred_source_ ? 0 : c.dsigma;
  return {data_.mean(k), source_.mean(i), s1, s0, c.alpha, c.sigma, c.dalpha, dsigma, v, rate};
}

void Oracle::check_velocity(const Coefficients& c) const {
  check(std::isfinite(c.dalpha) && std::isfinite(c.sigma_dsigma), "oracle", "alpha is ", c.alpha,
        " with slope ", c.dalpha, ", sigma ", c.sigma, " with slope ", c.dsigma,
        ": the velocity is infinite; evaluate it a little inside the path");
  check(std::isfinite(c.dsigma) || centred_source_, "oracle", "dsigma is ", c.dsigma,
        " and the source's mean is not 0: the velocity is infinite; "
        "evaluate it a little inside the path");
}

double Oracle::weigh(const Coefficients& c, const double* x, double* r) const {
  const int sources = source_.components(), n = pairs(), d = dim();
  double top = -kInfinity, volume = 0, squares = 0;
  double std1 = -1, std0 = -1;
  for (int p = 0; p < n; ++p) {
    const ComponentPair q = pair(c, p);
    if (q.std1 != std1 || q.std0 != std0) volume = d * (kOracleLn2Pi + std::log(q.variance)) / 2;
    std1 = q.std1, std0 = q.std0;
    squares = 0;
    for (int j = 0; j < d; ++j) squares += q.from_mean(x, j) * q.from_mean(x, j);
    if (q.variance > 0)
      r[p] = log_data_[p / sources] + log_source_[p % sources] - volume - squares / q.variance / 2;
    else
      r[p] = squares == 0 ? kInfinity : -kInfinity;
    top = std::max(top, r[p]);
  }
  const auto weight = [&](int p) {
    return data_.weights[p / sources] * source_.weights[p % sources];
  };
  double sum = 0;
  if (std::isfinite(top)) {
    for (int p = 0; p < n; ++p) sum += r[p] = std::exp(r[p] - top);
  } else if (top > 0) {  // x is on a point, whose copies share the probability
    for (int p = 0; p < n; ++p) sum += r[p] = r[p] > 0 ? weight(p) : 0;
    // Away from all data points, or where every density underflows, the nearest component gets the
    // probability. The distance from x to a component's mean is measured in standard deviations of
    // that component, unless all components are points.
  } else {
    bool points = true;
    for (int p = 0; p < n; ++p) points = points && pair(c, p).variance == 0;
    double min_distance = kInfinity;
    for (int p = 0; p < n; ++p) {
      const ComponentPair q = pair(c, p);
      squares = 0;
      for (int j = 0; j < d; ++j) squares = std::hypot(squares, q.from_mean(x, j));
      r[p] = points ? squares : q.variance > 0 ? squares / std::sqrt(q.variance) : kInfinity;
      min_distance = std::min(min_distance, r[p]);
    }
    for (int p = 0; p < n; ++p) sum += r[p] = r[p] == min_distance ? weight(p) : 0;
  }
  for (int p = 0; p < n; ++p) r[p] /= sum;
  return std::isfinite(top) ? top + std::log(sum) : top;
}

double Oracle::pairs_given(const Coefficients& c, std::span<const double> x,
                           std::span<double> out) const {
  check_coefficients(c);
  check(x.size() == static_cast<std::size_t>(dim()) &&
            out.size() == static_cast<std::size_t>(pairs()),
        "oracle", x.size(), " numbers and room for ", out.size(), " for a point of dimension ",
        dim(), " and ", pairs(), " pairs");
  return weigh(c, x.data(), out.data());
}

void Oracle::check_coefficients(const Coefficients& c) {
  check(std::isfinite(c.alpha) && std::isfinite(c.sigma) && c.alpha >= 0 && c.sigma >= 0, "oracle",
        "alpha is ", c.alpha, " and sigma ", c.sigma, "; both are finite and not negative");
}

template <class PerRow>
void Oracle::answer(const Coefficients& c, std::span<const double> x, int width,
                    std::span<double> out, const PerRow& per_row) const {
  check_coefficients(c);
  const std::size_t d = static_cast<std::size_t>(dim());
  check(x.size() % d == 0, "oracle", x.size(), " numbers for points of dimension ", d,
        "; give whole rows");
  for (std::size_t i = 0; i < x.size(); ++i)
    check(!std::isnan(x[i]), "oracle", "coordinate ", i % d, " of point ", i / d,
          " is not a number");
  const std::size_t n = x.size() / d;
  check(out.size() == n * static_cast<std::size_t>(width), "oracle", "room for ", out.size(),
        " numbers of an answer of ", n, " rows of ", width, "; give a span of its size");
  std::ranges::fill(out, 0);
  std::vector<double> r(pairs());
  for (std::size_t i = 0; i < n; ++i) {
    const double log_density = weigh(c, x.data() + i * d, r.data());
    per_row(x.data() + i * d, r.data(), log_density, out.data() + i * width);
  }
}

Mixture Oracle::marginal(const Coefficients& c) const {
  check_coefficients(c);
  Mixture m{.dim = dim()};
  for (int p = 0; p < pairs(); ++p) {
    const ComponentPair q = pair(c, p);
    m.weights.push_back(
        std::exp(log_data_[p / source_.components()] + log_source_[p % source_.components()]));
    m.stds.push_back(std::sqrt(q.variance));
    for (int j = 0; j < m.dim; ++j) m.means.push_back(c.alpha * q.mean1[j] + c.sigma * q.mean0[j]);
  }
  return m;
}

void Oracle::log_density(const Coefficients& c, std::span<const double> x,
                         std::span<double> out) const {
  answer(c, x, 1, out,
         [](const double*, const double*, double log_density, double* y) { *y = log_density; });
}

void Oracle::posterior(const Coefficients& c, std::span<const double> x,
                       std::span<double> out) const {
  answer(c, x, pairs(), out, [n = pairs()](const double*, const double* r, double, double* y) {
    std::copy_n(r, n, y);
  });
}

void Oracle::data_mean(const Coefficients& c, std::span<const double> x,
                       std::span<double> out) const {
  answer(c, x, dim(), out, [&](const double* row, const double* r, double, double* y) {
    for (int p = 0; p < pairs(); ++p) {
      const ComponentPair q = pair(c, p);
      for (int j = 0; j < dim(); ++j) y[j] += r[p] * (q.mean1[j] + q.gain1() * q.from_mean(row, j));
    }
  });
}

void Oracle::source_mean(const Coefficients& c, std::span<const double> x,
                         std::span<double> out) const {
  answer(c, x, dim(), out, [&](const double* row, const double* r, double, double* y) {
    for (int p = 0; p < pairs(); ++p) {
      const ComponentPair q = pair(c, p);
      for (int j = 0; j < dim(); ++j) y[j] += r[p] * (q.mean0[j] + q.gain0() * q.from_mean(row, j));
    }
  });
}

void Oracle::add_velocity(const Coefficients& c, const double* x, const double* r,
                          double* u) const {
  for (int p = 0; p < pairs(); ++p) {
    if (r[p] == 0) continue;
    const ComponentPair q = pair(c, p);
    for (int j = 0; j < dim(); ++j) u[j] += r[p] * q.velocity(x, j);
  }
}

void Oracle::velocity(const Coefficients& c, std::span<const double> x,
                      std::span<double> out) const {
  check_velocity(c);
  answer(c, x, dim(), out, [&](const double* row, const double* r, double, double* y) {
    add_velocity(c, row, r, y);
  });
}

void Oracle::score(const Coefficients& c, std::span<const double> x, std::span<double> out) const {
  answer(c, x, dim(), out, [&](const double* row, const double* r, double, double* y) {
    for (int p = 0; p < pairs(); ++p) {
      if (r[p] == 0) continue;
      const ComponentPair q = pair(c, p);
      for (int j = 0; j < dim(); ++j) {
        const double away = q.from_mean(row, j);
        if (away != 0) y[j] -= r[p] * (away / q.variance);
      }
    }
  });
}

void Oracle::divergence(const Coefficients& c, std::span<const double> x,
                        std::span<double> out) const {
  check_velocity(c);
  std::vector<double> u(dim()), score(dim());
  answer(c, x, 1, out, [&](const double* row, const double* r, double, double* y) {
    std::ranges::fill(u, 0);
    std::ranges::fill(score, 0);
    add_velocity(c, row, r, u.data());
    for (int p = 0; p < pairs(); ++p) {
      const ComponentPair q = pair(c, p);
      if (r[p] == 0 || q.variance == 0) continue;
      for (int j = 0; j < dim(); ++j) score[j] -= r[p] * q.from_mean(row, j) / q.variance;
    }
    for (int p = 0; p < pairs(); ++p) {
      const ComponentPair q = pair(c, p);
      if (r[p] == 0 || q.variance == 0) continue;
      double sum = dim() * q.rate;
      for (int j = 0; j < dim(); ++j) {
        sum += (-q.from_mean(row, j) / q.variance - score[j]) * (q.velocity(row, j) - u[j]);
      }
      *y += r[p] * sum;
    }
  });
}

void Oracle::velocity_variance(const Coefficients& c, std::span<const double> x,
                               std::span<double> out) const {
  check_velocity(c);
  std::vector<double> u(dim());
  answer(c, x, 1, out, [&](const double* row, const double* r, double, double* y) {
    std::ranges::fill(u, 0);
    add_velocity(c, row, r, u.data());
    for (int p = 0; p < pairs(); ++p) {
      if (r[p] == 0) continue;
      const ComponentPair q = pair(c, p);
      // The standard deviation, per coordinate, of dalpha x1 + dsigma x0 given that alpha x1 +
      // sigma x0 = x. If the variance of xt given the pair is 0, x carries no information, and it
      // is the standard deviation without a condition.
      const double one = q.variance > 0 ? (c.dalpha * c.sigma - c.alpha * c.dsigma) * q.std1 *
                                              q.std0 / std::sqrt(q.variance)
                                        : std::hypot(c.dalpha * q.std1, c.dsigma * q.std0);
      double sum = dim() * one * one;
      for (int j = 0; j < dim(); ++j) sum += std::pow(q.velocity(row, j) - u[j], 2);
      *y += r[p] * sum;
    }
  });
}

}  // namespace pushforward
