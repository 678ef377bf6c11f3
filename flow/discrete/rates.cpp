#include "flow/discrete/rates.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

void check_rate_sizes(const TokenPath& path, int x, std::span<double> u) {
  check(static_cast<int>(u.size()) == path.states() && x >= 0 && x < path.states(), "rates",
        "state ", x, " and a row of ", u.size(), " rates; the path has ", path.states(), " states");
}

void check_finite(double rate, double t) {
  check(std::isfinite(rate), "rates", "tokens jump at an infinite rate at t = ", t,
        "; take a time a little inside of the path");
}

// Sets the rates u(y) = rate (p(y) - [y = x]) of jumps from state x to y, where [y = x] is 1 if
// equal and 0 otherwise. p is `share` times the posterior plus (1 - share) times the distribution
// of the source.
void fill_rates(const TokenPath& path, double rate, double share, std::span<const double> posterior,
                int x, std::span<double> u) {
  for (int y = 0; y < path.states(); ++y) {
    double p = 0;
    if (share < 1) p += (1 - share) * path.source_probability(y);
    if (path.unmasked(x)) {
      p += share * (y == x);
    } else if (share > 0 && y < path.vocabulary) {
      p += share * posterior[static_cast<std::size_t>(y)];
    }
    u[static_cast<std::size_t>(y)] = rate * (p - (y == x));
  }
}

void check_posterior(const TokenPath& path, std::span<const double> posterior, int x) {
  check(static_cast<int>(posterior.size()) == path.vocabulary, "rates", "a posterior of ",
        posterior.size(), " probabilities for ", path.vocabulary, " tokens");
  if (path.unmasked(x)) return;
  double total = 0;
  for (std::size_t v = 0; v < posterior.size(); ++v) {
    check(posterior[v] >= 0, "rates", "the posterior of token ", v, " is ", posterior[v],
          "; probabilities are 0 or more");
    total += posterior[v];
  }
  check(std::abs(total - 1) < 1e-3, "rates", "the posterior adds up to ", total,
        "; probabilities add up to 1 (are these logits?)");
}

std::vector<double> row(const TokenPath& path) {
  return std::vector<double>(static_cast<std::size_t>(path.states()));
}

void check_independent_source(const TokenPath& path) {
  check(path.source != SourceKind::data, "rates",
        "p_0 of a source of rows has no closed form; "
        "backward rates and correctors need a mask or a uniform source");
  check(!path.metric && path.noise == 0, "rates",
        "backward rates and correctors are those of the mixture path; leave the metric and the "
        "noise out");
}

}  // namespace

void forward_rates(const TokenPath& path, double t, std::span<const double> posterior, int x,
                   std::span<double> u) {
  check_rate_sizes(path, x, u);
  check_posterior(path, posterior, x);
  if (path.metric) {
    path.check_valid();
    const double slope = path.metric->slope(t);
    check_finite(slope, t);
    path.metric->rates(path.metric->beta(t), x, posterior, u);
    for (double& rate_to : u) rate_to *= slope;
    return;
  }
  const double rate = path.kappa.hazard(t);
  check_finite(rate, t);
  if (path.noise > 0) {
    const double data = path.to_data(t), other = (1 - data) / path.vocabulary;
    for (int y = 0; y < path.states(); ++y)
      u[static_cast<std::size_t>(y)] =
          rate *
          ((y < path.vocabulary ? data * posterior[static_cast<std::size_t>(y)] + other : 0) -
           (y == x));
    return;
  }
  fill_rates(path, rate, 1, posterior, x, u);
}

void backward_rates(const TokenPath& path, double t, int x, std::span<double> u) {
  check_rate_sizes(path, x, u);
  check_independent_source(path);
  const double rate = path.kappa.slope(t) / path.kappa(t);
  check_finite(rate, t);
  fill_rates(path, rate, 0, {}, x, u);
}

void corrector_rates(const TokenPath& path, const Corrector& corrector, double t,
                     std::span<const double> posterior, int x, std::span<double> u) {
  check_rate_sizes(path, x, u);
  check_independent_source(path);
  check_posterior(path, posterior, x);
  corrector.check_valid();
  if (corrector.kind == Corrector::Kind::exchange) {
    check(path.source == SourceKind::uniform, "rates",
          "the corrector exchange is of uniform tokens; take another for a mask source");
    const double away = corrector.eta(path.kappa, t),
                 back = away * exchange_ratio(path.kappa, path.vocabulary, t);
    check_finite(back, t);
    double total = 0;
    for (int y = 0; y < path.vocabulary; ++y) {
      if (y == x) continue;
      const auto to = static_cast<std::size_t>(y);
      total += u[to] = away * posterior[static_cast<std::size_t>(x)] + back * posterior[to];
    }
    u[static_cast<std::size_t>(x)] = -total;
    return;
  }
  fill_rates(path, corrector.eta(path.kappa, t), path.kappa(t), posterior, x, u);
}

std::vector<double> forward_rates(const TokenPath& path, double t,
                                  std::span<const double> posterior, int x) {
  std::vector<double> u = row(path);
  forward_rates(path, t, posterior, x, u);
  return u;
}

std::vector<double> backward_rates(const TokenPath& path, double t, int x) {
  std::vector<double> u = row(path);
  backward_rates(path, t, x, u);
  return u;
}

std::vector<double> corrector_rates(const TokenPath& path, const Corrector& corrector, double t,
                                    std::span<const double> posterior, int x) {
  std::vector<double> u = row(path);
  corrector_rates(path, corrector, t, posterior, x, u);
  return u;
}

}  // namespace pushforward
