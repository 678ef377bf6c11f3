#include "flow/discrete/oracle.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

constexpr double kTokenInfinity = std::numeric_limits<double>::infinity();
// The logarithm of the probability of a token that equals neither x0's token nor x1's. That
// probability vanishes; its logarithm is a number below every other ln p.
constexpr double kAbsent = -1e9;

// Returns ln(x^n), where 0^0 is 1.
double log_power(double x, int n) { return n == 0 ? 0 : n * std::log(x); }

void check_table(const TokenTable& table, const TokenPath& path, const char* which) {
  path.check_valid();
  const int rows = table.rows();
  check(rows > 0 && table.tokens.size() == std::size_t(rows) * table.length, "token oracle", "the ",
        which, " has ", table.tokens.size(), " tokens in sequences of ", table.length,
        "; give at least one whole row");
  for (int i = 0; i < rows * table.length; ++i) {
    check(table.tokens[i] >= 0 && table.tokens[i] < path.vocabulary, "token oracle", "row ",
          i / table.length, ", position ", i % table.length, " of the ", which, " is token ",
          table.tokens[i], ", but the vocabulary has ", path.vocabulary, ": tokens are 0 to ",
          path.vocabulary - 1);
  }
  check(table.labels.empty() || table.labels.size() == std::size_t(rows), "token oracle", "the ",
        which, " has ", rows, " rows and ", table.labels.size(),
        " labels; give one per row, or none");
  check(table.weights.empty() || table.weights.size() == std::size_t(rows), "token oracle", "the ",
        which, " has ", rows, " rows and ", table.weights.size(),
        " weights; give one per row, or none");
}

std::vector<double> make_weights(const TokenTable& table, const char* which) {
  if (table.weights.empty()) return std::vector<double>(table.rows(), 1. / table.rows());
  std::vector<double> w = table.weights;
  for (std::size_t k = 0; k < w.size(); ++k)
    check(w[k] >= 0, "token oracle", "weight ", k, " of the ", which, " is ", w[k],
          "; weights are 0 or more");
  const double total = std::accumulate(w.begin(), w.end(), 0.);
  check(std::abs(total - 1) < 1e-9, "token oracle", "the weights of the ", which, " add up to ",
        total, "; they must add up to 1");
  for (double& one : w) one /= total;
  return w;
}

}  // namespace

TokenOracle::TokenOracle(TokenPath path, const TokenTable& data)
    : path_(path), length_(data.length) {
  check(path.source != SourceKind::data, "token oracle",
        "the path has a source of kind data, but only the data's table is given; "
        "give the source's table as well");
  check_table(data, path, "data");
  weights_ = make_weights(data, "data");
  labels_ = data.labels;
  note_labels();
  x1_.resize(data.tokens.size());
  for (int k = 0; k < rows(); ++k)
    for (int l = 0; l < length_; ++l) x1_[std::size_t(l) * rows() + k] = data.row(k)[l];
}

TokenOracle::TokenOracle(TokenPath path, const TokenTable& source, const TokenTable& data,
                         bool paired)
    : path_(path), length_(data.length) {
  check(path.source == SourceKind::data, "token oracle",
        "a table is given for the source, but the path begins at masks or uniform tokens; "
        "make its source `data`, or give the data only");
  check_table(source, path, "source");
  check_table(data, path, "data");
  check(source.length == data.length, "token oracle", "rows of the source have ", source.length,
        " tokens and rows of the data ", data.length, "; they must have equal lengths");
  check(!paired || source.rows() == data.rows(), "token oracle", "the source has ", source.rows(),
        " rows and the data ", data.rows(), "; paired tables must have equal sizes");
  const std::vector<double> w0 = make_weights(source, "source"), w1 = make_weights(data, "data");
  const int partners = paired ? 1 : source.rows();
  check(data.rows() <= std::numeric_limits<int>::max() / partners / length_, "token oracle",
        data.rows(), " rows of the data times ", partners, " of the source, of ", length_,
        " tokens, are too many pairs; give fewer");
  for (int k = 0; k < data.rows(); ++k) {
    for (int i = 0; i < partners; ++i) {
      weights_.push_back(w1[k] * (paired ? 1 : w0[i]));
      if (!data.labels.empty()) labels_.push_back(data.labels[k]);
    }
  }
  note_labels();
  x1_.resize(weights_.size() * length_);
  x0_.resize(weights_.size() * length_);
  for (int k = 0; k < rows(); ++k) {
    for (int l = 0; l < length_; ++l) {
      x1_[std::size_t(l) * rows() + k] = data.row(k / partners)[l];
      x0_[std::size_t(l) * rows() + k] = source.row(paired ? k : k % partners)[l];
    }
  }
}

// Sets r, the probabilities of the data's rows, to 0 for rows that disagree with an unmasked token
// of the state. If no row is left, r is the limit that keep_nearest computes.
double TokenOracle::weigh_masked(double t, std::span<const int> state, std::span<double> r,
                                 int label, int skipped) const {
  int unmasked = 0, masked = 0;
  for (int l = 0; l < length_; ++l) {
    if (l == skipped) continue;
    if (!path_.unmasked(state[l])) {
      ++masked;
      continue;
    }
    ++unmasked;
    const int* x1 = x1_.data() + std::size_t(l) * rows();
    const int token = state[l];
    for (int k = 0; k < rows(); ++k) r[k] = x1[k] == token ? r[k] : 0;
  }
  if (std::none_of(r.begin(), r.end(), [](double one) { return one > 0; })) {
    keep_nearest(state, r, label, skipped);
    return -kTokenInfinity;
  }
  return log_power(path_.kappa(t), unmasked) + log_power(path_.kappa.left(t), masked);
}

void TokenOracle::keep_nearest(std::span<const int> state, std::span<double> r, int label,
                               int skipped) const {
  std::fill(r.begin(), r.end(), 0);
  for (int l = 0; l < length_; ++l) {
    if (l == skipped || !path_.unmasked(state[l])) continue;
    const int* x1 = x1_.data() + std::size_t(l) * rows();
    for (int k = 0; k < rows(); ++k) r[k] += x1[k] != state[l];
  }
  double fewest = kTokenInfinity;
  for (int k = 0; k < rows(); ++k)
    if (weight(k, label) > 0) fewest = std::min(fewest, r[k]);
  for (int k = 0; k < rows(); ++k) r[k] = r[k] == fewest ? weight(k, label) : 0;
}

// A token of the state that equals the data row's token is (kappa + (1 - kappa) / V) / ((1 - kappa)
// / V) times as likely, given the row, as a token that differs from it. So the probability r of a
// row depends only on how many of its tokens equal those of the state.
double TokenOracle::weigh_uniform(double t, std::span<const int> state, std::span<double> r,
                                  std::span<double> powers, int label, int skipped) const {
  std::fill(r.begin(), r.end(), 0);
  for (int l = 0; l < length_; ++l) {
    if (l == skipped) continue;
    const int* x1 = x1_.data() + std::size_t(l) * rows();
    const int token = state[l];
    for (int k = 0; k < rows(); ++k) r[k] += x1[k] == token;
  }
  int max_count = 0;
  for (int k = 0; k < rows(); ++k)
    if (weight(k, label) > 0) max_count = std::max(max_count, static_cast<int>(r[k]));
  const double other = path_.kappa.left(t) / path_.vocabulary, same = path_.kappa(t) + other;
  for (int n = 0; n <= length_; ++n) powers[n] = std::pow(other / same, n);  // 0^0 = 1
  for (int k = 0; k < rows(); ++k) {
    const double w = weight(k, label);
    r[k] = w > 0 ? w * powers[max_count - static_cast<int>(r[k])] : 0;
  }
  return log_power(same, max_count) + log_power(other, length_ - (skipped >= 0) - max_count);
}

// Sums beta d(x_l, x1_kl) + ln Z(x1_kl) over the positions, which is -ln p_t(x | k). Where beta is
// infinite, only the rows nearest to x have r > 0, and p_t(x) > 0 only if their distance is 0.
double TokenOracle::weigh_metric(double t, std::span<const int> state, std::span<double> r,
                                 std::span<double> log_sums, int label, int skipped) const {
  const TokenMetric& metric = *path_.metric;
  const double beta = metric.beta(t);
  const bool sharp = std::isinf(beta);
  std::fill(r.begin(), r.end(), 0);
  const std::span<double> sums = log_sums.first(path_.vocabulary);
  metric.normalisers(beta, sums);
  for (double& sum : sums) sum = std::log(sum);
  for (int l = 0; l < length_; ++l) {
    if (l == skipped) continue;
    const int* x1 = x1_.data() + std::size_t(l) * rows();
    for (int k = 0; k < rows(); ++k)
      r[k] += (sharp ? 1 : beta) * metric.distance(state[l], x1[k]) + log_sums[x1[k]];
  }
  double least = kTokenInfinity;
  for (int k = 0; k < rows(); ++k)
    if (weight(k, label) > 0) least = std::min(least, r[k]);
  for (int k = 0; k < rows(); ++k) {
    const double likely = sharp ? double(r[k] == least) : std::exp(least - r[k]);
    r[k] = likely * weight(k, label);
  }
  if (sharp) return least == 0 ? 0 : -kTokenInfinity;
  return -least;
}

// Given a pair of rows, the probability of a token of the state depends on whether it equals the
// token of x1, that of x0, both tokens or none of them. Where kappa is 0 or 1, r is its limit: only
// the pairs with the fewest impossible tokens have r > 0.
double TokenOracle::weigh_coupled(double t, std::span<const int> state, std::span<double> r,
                                  int label, int skipped) const {
  const double kappa = path_.kappa(t), left = path_.kappa.left(t);
  const bool sharp = kappa <= 0 || left <= 0;
  const double ends = sharp ? -double(kappa <= 0) : std::log(kappa),
               begins = sharp ? -double(left <= 0) : std::log(left);
  for (int k = 0; k < rows(); ++k) r[k] = weight(k, label) > 0 ? 0 : -kTokenInfinity;
  for (int l = 0; l < length_; ++l) {
    if (l == skipped) continue;
    const int* x1 = x1_.data() + std::size_t(l) * rows();
    const int* x0 = x0_.data() + std::size_t(l) * rows();
    const int token = state[l];
    for (int k = 0; k < rows(); ++k) {
      const double without = x0[k] == token ? begins : kAbsent;
      const double with = x0[k] == token ? 0 : ends;
      r[k] += x1[k] == token ? with : without;
    }
  }
  const double top = *std::max_element(r.begin(), r.begin() + rows());
  for (int k = 0; k < rows(); ++k) {
    const double likely = sharp ? double(r[k] == top) : std::exp(r[k] - top);
    r[k] = likely * weight(k, label);
  }
  if (top < kAbsent / 2 || (sharp && top < 0)) return -kTokenInfinity;
  return top;
}

// Inside of the path every state is possible. Where kappa is 0 or 1, some are not: their probability
// vanishes as a power of kappa or of 1 - kappa, and only the rows with the least power have r > 0.
double TokenOracle::weigh_three_part(double t, std::span<const int> state, std::span<double> r,
                                     int label, int skipped) const {
  constexpr double kVanishing = -1e6;  // stands for ln kappa, or ln(1 - kappa), where that is -inf
  const PathParts parts = path_.parts(t);
  const bool begins = parts.source == 1, ends = parts.source == 0;
  // The logarithms of a token's probability: with x1's value, x0's value, or both.
  const double uniform = parts.uniform / path_.vocabulary;
  const double rest = begins ? kVanishing - std::log(path_.vocabulary)
                      : ends ? kVanishing + std::log(path_.noise / path_.vocabulary)
                             : std::log(uniform);
  const double data = begins ? rest : std::log(parts.data + uniform);
  const double source = begins ? 0
                        : ends ? kVanishing + std::log(1 + path_.noise / path_.vocabulary)
                               : std::log(parts.source + uniform);
  const double both = begins || ends ? 0 : std::log(parts.data + parts.source + uniform);
  const double mask = begins ? 0 : ends ? kVanishing : std::log(parts.source);
  for (int k = 0; k < rows(); ++k) r[k] = weight(k, label) > 0 ? 0 : -kTokenInfinity;
  for (int l = 0; l < length_; ++l) {
    if (l == skipped) continue;
    const int* x1 = x1_.data() + std::size_t(l) * rows();
    const int* x0 = x0_.empty() ? nullptr : x0_.data() + std::size_t(l) * rows();
    const int token = state[l];
    for (int k = 0; k < rows(); ++k) {
      const bool from = x0 && x0[k] == token;
      if (token == path_.vocabulary)
        r[k] += mask;
      else if (x1[k] == token)
        r[k] += from ? both : data;
      else
        r[k] += from ? source : rest;
    }
  }
  const double top = *std::max_element(r.begin(), r.begin() + rows());
  for (int k = 0; k < rows(); ++k) r[k] = std::exp(r[k] - top) * weight(k, label);
  return (begins || ends) && top < kVanishing / 2 ? -kTokenInfinity : top;
}

void TokenOracle::check_asked(double t, int label) const {
  check(t >= 0 && t <= 1, "token oracle", "t is ", t, "; times must be in [0, 1]");
  check(label >= -1, "token oracle", "label ", label,
        " is asked for; labels count from 0, and -1 means all classes together");
  if (label < 0) return;
  check(!labels_.empty(), "token oracle", "label ", label,
        " is asked for, but the set has no labels; ask without one");
  check(std::ranges::binary_search(known_labels_, label), "token oracle",
        "no row of the set has label ", label, "; take a label that occurs");
}

void TokenOracle::note_labels() {
  for (int k = 0; k < rows(); ++k)
    if (!labels_.empty() && weights_[k] > 0) known_labels_.push_back(labels_[k]);
  std::ranges::sort(known_labels_);
  known_labels_.erase(std::unique(known_labels_.begin(), known_labels_.end()), known_labels_.end());
}

double TokenOracle::weigh(double t, std::span<const int> state, std::span<double> r,
                          std::span<double> powers, int label, int skipped) const {
  double whole = 0;
  for (int k = 0; k < rows(); ++k) whole += r[k] = weight(k, label);
  double log_scale = 0;
  if (path_.noise > 0) {
    log_scale = weigh_three_part(t, state, r, label, skipped);
    return label < 0 ? log_scale : log_scale - std::log(whole);
  }
  switch (*path_.source) {
    case SourceKind::mask: log_scale = weigh_masked(t, state, r, label, skipped); break;
    case SourceKind::uniform:
      log_scale = path_.metric ? weigh_metric(t, state, r, powers, label, skipped)
                               : weigh_uniform(t, state, r, powers, label, skipped);
      break;
    case SourceKind::data: log_scale = weigh_coupled(t, state, r, label, skipped); break;
  }
  return label < 0 ? log_scale : log_scale - std::log(whole);
}

}  // namespace pushforward
