#include "flow/discrete/metric.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

TokenMetric::TokenMetric(Distance distance, int vocabulary, double c, double a)
    : distance_(distance), vocabulary_(vocabulary), c_(c), a_(a) {
  check(distance != Distance::table, "token metric",
        "the distance is a table, but none is given; give the table, or take absolute or squared");
  check_valid();
}

TokenMetric::TokenMetric(std::vector<double> table, double c, double a)
    : distance_(Distance::table),
      vocabulary_(static_cast<int>(std::lround(std::sqrt(static_cast<double>(table.size()))))),
      c_(c),
      a_(a),
      table_(std::move(table)) {
  check_valid();
  const auto v = static_cast<std::size_t>(vocabulary_);
  check(table_.size() == v * v, "token metric", "the table has ", table_.size(),
        " distances, which is no square; give a row of V for each of V tokens");
  for (int x1 = 0; x1 < vocabulary_; ++x1) {
    for (int x = 0; x < vocabulary_; ++x) {
      const double d = this->distance(x, x1);
      check(x == x1 ? d == 0 : d > 0 && std::isfinite(d), "token metric", "row ", x1, ", column ",
            x, " of the table is ", d,
            "; a token has the distance 0 from itself and a positive one from every other");
    }
  }
}

void TokenMetric::check_valid() const {
  check(vocabulary_ > 0, "token metric", "the vocabulary has ", vocabulary_,
        " tokens; it must have at least one");
  check(std::isfinite(c_) && c_ > 0 && std::isfinite(a_) && a_ > 0, "token metric", "c is ", c_,
        " and a is ", a_, "; beta = c (t / (1 - t))^a needs positive and finite ones");
}

double TokenMetric::beta(double t) const {
  check(t >= 0 && t <= 1, "token metric", "t is ", t, "; times of a discrete flow lie in [0, 1]");
  if (t == 1) return INFINITY;
  return c_ * std::pow(t / (1 - t), a_);
}

double TokenMetric::slope(double t) const {
  check(t >= 0 && t <= 1, "token metric", "t is ", t, "; times of a discrete flow lie in [0, 1]");
  if (t == 1) return INFINITY;
  return c_ * a_ * std::pow(t / (1 - t), a_ - 1) / ((1 - t) * (1 - t));
}

double TokenMetric::time(double beta) const {
  check(beta >= 0, "token metric", "beta is ", beta, "; it rises from 0 at t = 0");
  if (std::isinf(beta)) return 1;
  const double odds = std::pow(beta / c_, 1 / a_);
  return std::isinf(odds) ? 1 : odds / (1 + odds);
}

double TokenMetric::weight(double beta, int x, int x1) const {
  // At beta = infinity, the product at x = x1 would be NaN.
  return x == x1 ? 1 : std::exp(-beta * distance(x, x1));
}

double TokenMetric::normaliser(double beta, int x1) const {
  double sum = 0;
  for (int x = 0; x < vocabulary_; ++x) sum += weight(beta, x, x1);
  return sum;
}

void TokenMetric::normalisers(double beta, std::span<double> z) const {
  check(static_cast<int>(z.size()) == vocabulary_, "token metric", "room for ", z.size(),
        " sums of ", vocabulary_, " tokens; give a span of their number");
  if (distance_ == Distance::table) {
    for (int x1 = 0; x1 < vocabulary_; ++x1) z[static_cast<std::size_t>(x1)] = normaliser(beta, x1);
    return;
  }
  // Distances by formula depend on |x - x1| alone, so Z(x1) = S(x1) + S(V - 1 - x1) - 1, where S(k)
  // is the sum of the weights at the differences 0 .. k.
  double sum = 0;
  for (int k = 0; k < vocabulary_; ++k) z[static_cast<std::size_t>(k)] = sum += weight(beta, k, 0);
  for (int low = 0, high = vocabulary_ - 1; low <= high; ++low, --high) {
    double &a = z[static_cast<std::size_t>(low)], &b = z[static_cast<std::size_t>(high)];
    a = b = a + b - 1;
  }
}

void TokenMetric::distributions(double beta, std::span<double> p) const {
  const auto v = static_cast<std::size_t>(vocabulary_);
  check(p.size() == v * v, "token metric", "room for ", p.size(), " probabilities of ", vocabulary_,
        " tokens given each; give a span of their square");
  for (std::size_t x1 = v; x1-- > 0;) {
    const std::span<double> row = p.subspan(x1 * v, v);
    double sum = 0;
    if (distance_ == Distance::table || x1 == 0) {
      for (std::size_t x = 0; x < v; ++x)
        sum += row[x] = weight(beta, static_cast<int>(x), static_cast<int>(x1));
    }
    for (std::size_t x = 0; x < v && sum > 0; ++x) row[x] /= sum;
  }
  if (distance_ == Distance::table) return;
  // Row 0 has the weights of all differences, up to a factor, from which the others are filled.
  for (std::size_t x1 = 1; x1 < v; ++x1) {
    const std::span<double> row = p.subspan(x1 * v, v);
    double sum = 0;
    for (std::size_t x = 0; x < v; ++x) sum += row[x] = p[x < x1 ? x1 - x : x - x1];
    for (double& one : row) one /= sum;
  }
}

double TokenMetric::log_probability(double beta, int x, int x1) const {
  const double distant = x == x1 ? 0 : beta * distance(x, x1);
  return -distant - std::log(normaliser(beta, x1));
}

void TokenMetric::distribution(double beta, int x1, std::span<double> p) const {
  check(static_cast<int>(p.size()) == vocabulary_, "token metric", "room for ", p.size(),
        " probabilities of ", vocabulary_, " tokens; give a span of their number");
  double sum = 0;
  for (int x = 0; x < vocabulary_; ++x) sum += p[static_cast<std::size_t>(x)] = weight(beta, x, x1);
  for (double& one : p) one /= sum;
}

int TokenMetric::draw(double beta, int x1, double u) const {
  const double at = u * normaliser(beta, x1);
  double sum = 0;
  int last = x1;  // the last token with a positive probability
  for (int x = 0; x < vocabulary_; ++x) {
    const double w = weight(beta, x, x1);
    if (w == 0) continue;
    last = x;
    if (at < (sum += w)) break;
  }
  return last;
}

double TokenMetric::exit_rate(double beta, int z, int x1) const {
  const double here = distance(z, x1);
  double sum = 0, total = 0;
  for (int x = 0; x < vocabulary_; ++x) {
    const double w = weight(beta, x, x1);
    total += w;
    sum += w * std::max(0., here - distance(x, x1));
  }
  return sum / total;
}

double TokenMetric::max_exit_rate(double beta) const {
  double max_rate = 0;
  for (int x1 = 0; x1 < vocabulary_; ++x1) {
    // exit_rate rises with the distance, so the token farthest from x1 leaves its state fastest.
    int farthest = x1;
    for (int x = 0; x < vocabulary_; ++x)
      if (distance(x, x1) > distance(farthest, x1)) farthest = x;
    max_rate = std::max(max_rate, exit_rate(beta, farthest, x1));
  }
  return max_rate;
}

void TokenMetric::rates(double beta, int z, std::span<const double> posterior,
                        std::span<double> u) const {
  check(static_cast<int>(u.size()) == vocabulary_ && posterior.size() == u.size(), "token metric",
        "a posterior of ", posterior.size(), " probabilities and room for ", u.size(), " rates of ",
        vocabulary_, " tokens; give spans of their number");
  std::ranges::fill(u, 0);
  for (int x1 = 0; x1 < vocabulary_; ++x1) {
    const double p1 = posterior[static_cast<std::size_t>(x1)];
    if (p1 == 0) continue;
    const double here = distance(z, x1), share = p1 / normaliser(beta, x1);
    for (int x = 0; x < vocabulary_; ++x) {
      const double nearer = here - distance(x, x1);
      if (nearer > 0) u[static_cast<std::size_t>(x)] += share * weight(beta, x, x1) * nearer;
    }
  }
  double total = 0;
  for (const double rate : u) total += rate;
  u[static_cast<std::size_t>(z)] = -total;
}

std::string name_of(TokenMetric::Distance distance) {
  switch (distance) {
    case TokenMetric::Distance::absolute: return "absolute";
    case TokenMetric::Distance::squared: return "squared";
    default: return "table";
  }
}

}  // namespace pushforward
