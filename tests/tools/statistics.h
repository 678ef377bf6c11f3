// Tests of goodness of fit: chi-square and Kolmogorov-Smirnov statistics with their probabilities.
//
// Tests use fixed seeds, so a statistic has the same value each time. For correct samples it is
// within the accepted range in all but one of 10,000 cases.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace pushforward {

// Returns P(X > x) for a chi-square variable X with n degrees of freedom, by the cube-root
// approximation of Wilson and Hilferty (1931). The relative error is a few percent for n >= 10.
inline double chi_square_tail(double x, double n) {
  const double z = (std::cbrt(x / n) - (1 - 2 / (9 * n))) / std::sqrt(2 / (9 * n));
  return 0.5 * std::erfc(z / std::sqrt(2.0));
}

// Returns P(X > x) where x is the chi-square statistic of counts and expected counts, and X has one
// degree of freedom less than there are counts.
inline double chi_square_tail(const std::vector<double>& counts,
                              const std::vector<double>& expected) {
  double x = 0;
  for (std::size_t k = 0; k < counts.size(); ++k)
    x += (counts[k] - expected[k]) * (counts[k] - expected[k]) / expected[k];
  return chi_square_tail(x, static_cast<double>(counts.size()) - 1);
}

// Returns P(D > d) for the largest distance d between the empirical distribution function of the
// samples and the true one, `cdf` (Kolmogorov's limit distribution with Stephens's correction).
template <class Cdf>
double kolmogorov_tail(std::vector<double> samples, Cdf cdf) {
  std::sort(samples.begin(), samples.end());
  const double n = static_cast<double>(samples.size());
  double d = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double p = cdf(samples[i]), at = static_cast<double>(i);
    d = std::max({d, (at + 1) / n - p, p - at / n});
  }
  const double x = d * (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n));
  if (x < 0.2) return 1;  // the true value to 12 digits; the series below converges too slowly
  double tail = 0;
  for (int k = 1; k <= 100; ++k) tail += (k % 2 ? 2 : -2) * std::exp(-2.0 * k * k * x * x);
  return std::clamp(tail, 0.0, 1.0);
}

// Returns whether the probability is in a range that contains all but one in 10,000 correct
// samples. A fit that is too good is also rejected.
inline bool plausible(double tail) { return tail > 5e-5 && tail < 1 - 5e-5; }

// Returns the correlation of two samples times the square root of their number. It is standard
// normal if they are independent.
inline double correlation_score(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size());
  double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sa += a[i], sb += b[i];
    saa += a[i] * a[i], sbb += b[i] * b[i], sab += a[i] * b[i];
  }
  const double cov = sab - sa * sb / n;
  return cov / std::sqrt((saa - sa * sa / n) * (sbb - sb * sb / n)) * std::sqrt(n);
}

}  // namespace pushforward
