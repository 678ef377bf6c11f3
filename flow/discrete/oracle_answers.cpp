// The results of the discrete oracle (oracle.h), from the row weights that oracle.cpp computes.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "autograd/tensor/check.h"
#include "flow/discrete/oracle.h"

namespace pushforward {

using detail::check;

namespace {

constexpr double kAnswerInfinity = std::numeric_limits<double>::infinity();
constexpr int kMaxStates = 1 << 20;

}  // namespace

void TokenOracle::check_state(std::span<const int> state) const {
  check(state.size() == std::size_t(length_), "token oracle", state.size(),
        " tokens for sequences of ", length_, "; give whole rows");
  for (int l = 0; l < length_; ++l)
    check(state[l] >= 0 && state[l] < path_.states(), "token oracle", "position ", l,
          " is in state ", state[l], ", but there are ", path_.states(), " states: 0 to ",
          path_.states() - 1);
}

void TokenOracle::check_room(std::size_t given, std::size_t wanted) const {
  check(given == wanted, "token oracle", "room for ", given, " numbers of an answer of ", wanted,
        "; give a span of its size");
}

std::size_t TokenOracle::all_rows(std::span<const int> states) const {
  check(states.size() % length_ == 0, "token oracle", states.size(), " tokens for sequences of ",
        length_, "; give whole rows");
  const std::size_t n = states.size() / length_;
  for (std::size_t i = 0; i < n; ++i) check_state(states.subspan(i * length_, length_));
  return n;
}

std::vector<double> TokenOracle::rows_given(double t, std::span<const int> state, int label) const {
  std::vector<double> r(weights_.size());
  rows_given(t, state, r, label);
  return r;
}

double TokenOracle::rows_given(double t, std::span<const int> state, std::span<double> r,
                               int label) const {
  check_asked(t, label);
  check_state(state);
  check_room(r.size(), weights_.size());
  std::vector<double> powers(powers_size());
  const double log_scale = weigh(t, state, r, powers, label, -1);
  const double total = std::accumulate(r.begin(), r.end(), 0.);
  for (double& one : r) one /= total;
  return log_scale + std::log(total);
}

void TokenOracle::posterior(double t, std::span<const int> state, std::span<double> out,
                            std::span<double> work, int label) const {
  check_asked(t, label);
  check_state(state);
  const int v = path_.vocabulary;
  check(out.size() == std::size_t(length_) * v && work.size() >= std::size_t(scratch()),
        "token oracle", "an output of ", out.size(), " numbers and a workspace of ", work.size(),
        "; give ", length_ * v, " and ", scratch());
  std::fill(out.begin(), out.end(), 0);
  int open = 0;
  for (int l = 0; l < length_; ++l) {
    if (path_.unmasked(state[l]))
      out[l * v + state[l]] = 1;
    else
      ++open;
  }
  if (open == 0) return;
  const std::span<double> r = work.first(rows());
  weigh(t, state, r, work.subspan(rows(), powers_size()), label, -1);
  double total = 0;
  int alive = 0;
  for (double one : r) total += one, alive += one > 0;
  const auto add = [&](int k, int l) { out[l * v + x1_[std::size_t(l) * rows() + k]] += r[k]; };
  // If few rows have r > 0, the loop over rows is the outer one, so that a row with r = 0 is
  // skipped once and not for each position.
  if (alive < rows() / 16) {
    for (int k = 0; k < rows(); ++k)
      for (int l = 0; l < length_ && r[k] > 0; ++l)
        if (!path_.unmasked(state[l])) add(k, l);
  } else {
    for (int l = 0; l < length_; ++l)
      for (int k = 0; k < rows() && !path_.unmasked(state[l]); ++k) add(k, l);
  }
  // For each position, `out` holds sums of r over the rows with the same token, and `total` is the
  // sum over all rows. Each sum adds its terms in the order of the rows, as the total does, so
  // rounding cannot make it larger than the total.
  for (int l = 0; l < length_; ++l)
    for (int to = 0; to < v && !path_.unmasked(state[l]); ++to) out[l * v + to] /= total;
}

void TokenOracle::posterior(double t, std::span<const int> states, std::span<double> out,
                            int label) const {
  check_asked(t, label);
  const std::size_t n = all_rows(states), width = std::size_t(length_) * path_.vocabulary;
  check_room(out.size(), n * width);
  std::vector<double> work(scratch());
  for (std::size_t i = 0; i < n; ++i)
    posterior(t, states.subspan(i * length_, length_), out.subspan(i * width, width), work, label);
}

std::vector<double> TokenOracle::posterior(double t, std::span<const int> states, int label) const {
  std::vector<double> out(states.size() * path_.vocabulary);
  posterior(t, states, out, label);
  return out;
}

void TokenOracle::log_probability(double t, std::span<const int> states, std::span<double> out,
                                  int label) const {
  check_asked(t, label);
  const std::size_t n = all_rows(states);
  check_room(out.size(), n);
  std::vector<double> r(rows()), powers(powers_size());
  for (std::size_t i = 0; i < n; ++i) {
    const double log_scale = weigh(t, states.subspan(i * length_, length_), r, powers, label, -1);
    out[i] = log_scale == -kAnswerInfinity
                 ? log_scale
                 : log_scale + std::log(std::accumulate(r.begin(), r.end(), 0.));
  }
}

std::vector<double> TokenOracle::log_probability(double t, std::span<const int> states,
                                                 int label) const {
  std::vector<double> out(all_rows(states));
  log_probability(t, states, out, label);
  return out;
}

void TokenOracle::rates(double t, std::span<const int> states, std::span<double> out,
                        int label) const {
  check_asked(t, label);
  const double hazard = path_.metric ? path_.metric->slope(t) : path_.kappa.hazard(t);
  check(std::isfinite(hazard), "token oracle", "at t = ", t,
        " tokens jump at an infinite rate; take a time before the end of the path");
  const std::vector<double> p = posterior(t, states, label);
  const int v = path_.vocabulary, s = path_.states();
  check_room(out.size(), states.size() * s);
  std::ranges::fill(out, 0);
  if (path_.metric) {
    const double beta = path_.metric->beta(t);
    const std::span<const double> given(p);
    for (std::size_t i = 0; i < states.size(); ++i)
      path_.metric->rates(beta, states[i], given.subspan(i * v, v), out.subspan(i * s, s));
    for (double& rate : out) rate *= hazard;
    return;
  }
  const double data = path_.to_data(t), other = (1 - data) / v;
  for (std::size_t i = 0; i < states.size(); ++i) {
    for (int to = 0; to < v; ++to) out[i * s + to] = hazard * (data * p[i * v + to] + other);
    out[i * s + states[i]] -= hazard;
  }
}

std::vector<double> TokenOracle::rates(double t, std::span<const int> states, int label) const {
  std::vector<double> out(states.size() * path_.states());
  rates(t, states, out, label);
  return out;
}

void TokenOracle::given_others(double t, std::span<const int> states, std::span<double> out,
                               int label) const {
  check_asked(t, label);
  const std::size_t n = all_rows(states);
  const int s = path_.states(), v = path_.vocabulary;
  check_room(out.size(), states.size() * s);
  const PathParts parts = path_.parts(t);
  const double left = parts.source;
  const double beta = path_.metric ? path_.metric->beta(t) : 0;
  std::vector<double> near(path_.metric ? v : 0);
  std::vector<double> r(rows()), powers(powers_size());
  std::ranges::fill(out, 0);
  for (std::size_t i = 0; i < n * length_; ++i) {
    const int l = static_cast<int>(i % length_);
    weigh(t, states.subspan(i - l, length_), r, powers, label, l);
    const double total = std::accumulate(r.begin(), r.end(), 0.);
    double* p = out.data() + i * s;
    for (int k = 0; k < rows(); ++k) {
      const std::size_t at = std::size_t(l) * rows() + k;
      if (path_.metric) {
        path_.metric->distribution(beta, x1_[at], near);
        for (int to = 0; to < v; ++to) p[to] += near[to] * r[k] / total;
        continue;
      }
      p[x1_[at]] += parts.data * r[k] / total;
      if (path_.source == SourceKind::data) p[x0_[at]] += left * r[k] / total;
    }
    if (path_.source == SourceKind::mask) p[path_.mask()] += left;
    const double uniform =
        path_.source == SourceKind::uniform && !path_.metric ? left : parts.uniform;
    for (int to = 0; to < v && uniform > 0; ++to) p[to] += uniform / v;
  }
}

std::vector<double> TokenOracle::given_others(double t, std::span<const int> states,
                                              int label) const {
  std::vector<double> out(states.size() * path_.states());
  given_others(t, states, out, label);
  return out;
}

std::size_t TokenOracle::count_states() const {
  std::size_t n = 1;
  for (int l = 0; l < length_; ++l) {
    n *= path_.states();
    check(n <= kMaxStates, "token oracle", path_.states(), " states in each of ", length_,
          " positions make more than ", kMaxStates,
          " sequences; list them for fewer or shorter ones");
  }
  return n;
}

void TokenOracle::all_states(std::span<int> out) const {
  const std::size_t n = count_states();
  check_room(out.size(), n * length_);
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t rest = i;
    for (int l = length_ - 1; l >= 0; --l, rest /= path_.states())
      out[i * length_ + l] = static_cast<int>(rest % path_.states());
  }
}

std::vector<int> TokenOracle::all_states() const {
  std::vector<int> out(count_states() * length_);
  all_states(out);
  return out;
}

void TokenOracle::marginal(double t, std::span<double> out, int label) const {
  log_probability(t, all_states(), out, label);
  for (double& one : out) one = std::exp(one);
}

std::vector<double> TokenOracle::marginal(double t, int label) const {
  std::vector<double> p(count_states());
  marginal(t, p, label);
  return p;
}

}  // namespace pushforward
