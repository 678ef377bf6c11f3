#include "flow/discrete/likelihood.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// The workspace of one thread: the states of a chunk of sequences, and numbers for each of these
// sequences.
struct ElboWorkspace {
  Tape tape;
  std::vector<int> xt;
  std::vector<double> scale;          // the factor of the divergence in a term, per sequence
  std::vector<double> beta;           // the metric's beta, per sequence
  std::vector<double> time;           // the time of the term, per sequence
  std::vector<double> weight, rates;  // for the metric: (V, V) and (V)
  std::vector<double> last;           // the last term of each sequence
};

void check_tokens(const TokenPath& path, int length, int n, const int* x1) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(n) * length; ++i)
    check(x1[i] >= 0 && x1[i] < path.vocabulary, "elbo", "sequence ", i / length, ", position ",
          i % length, " is token ", x1[i], ", and the vocabulary has ", path.vocabulary, ", 0 to ",
          path.vocabulary - 1);
}

// Rates given x1 below this count as 0, so that their product with a probability does not underflow.
constexpr double kLeastGivenRate = 1e-100;

// Writes p_t(x | x1 = v) of all tokens v and x to weight (V, V).
void fill_weights(const TokenMetric& metric, double beta, std::vector<double>& weight) {
  const auto v = static_cast<std::size_t>(metric.vocabulary());
  weight.resize(v * v);
  metric.distributions(beta, weight);
}

// Returns the generalised KL of one position on a metric-induced path, for each unit of beta.
// log_p (V) is ln p(x1 = v | xt) at that position, and workspace.weight is that of fill_weights.
double metric_divergence(const TokenMetric& metric, const real* log_p, int xt, int x1,
                         ElboWorkspace& workspace) {
  const auto v = static_cast<std::size_t>(metric.vocabulary());
  workspace.rates.assign(v, 0.);
  const auto nearer = [&](std::size_t y, int to) {
    return metric.distance(xt, to) - metric.distance(static_cast<int>(y), to);
  };
  for (std::size_t to = 0; to < v; ++to) {
    if (log_p[to] < kNoToken / 2) continue;
    const double p = std::exp(static_cast<double>(log_p[to]));
    if (p == 0) continue;
    for (std::size_t y = 0; y < v; ++y) {
      const double d = nearer(y, static_cast<int>(to));
      if (d > 0) workspace.rates[y] += p * workspace.weight[to * v + y] * d;
    }
  }
  double sum = 0;
  for (std::size_t y = 0; y < v; ++y) {
    const double d = nearer(y, x1), learnt = workspace.rates[y],
                 given = d > 0 ? workspace.weight[static_cast<std::size_t>(x1) * v + y] * d : 0;
    sum += learnt - given + (given > kLeastGivenRate ? given * std::log(given / learnt) : 0);
  }
  return sum;
}

// The time of one term of the bound, and the factor of the divergence in it.
struct BoundTime {
  double t, scale, beta;
};
// Returns the time of a term for v in (0, 1], where v is 1 - its position in [0, 1].
BoundTime bound_time(const TokenPath& path, double left) {
  if (!path.metric) {
    // The time t is where kappa(t) = 1 - left^2. In terms of v = 1 - left, the integral's weight
    // dkappa / (1 - kappa) is 2 dv / (1 - v).
    return {path.kappa.inverse(1 - left * left), 2 / left, 0};
  }
  const TokenMetric& metric = *path.metric;
  const double power = std::max(1., metric.a()), v = 1 - left, odds = v / left,
               beta = metric.c() * std::pow(odds, power),
               slope = metric.c() * power * std::pow(odds, power - 1) / (left * left);
  return {metric.time(beta), slope, beta};
}

// token_divergence and three_part_divergence return the term of one position in the generalised KL
// (generalised_kl_loss), divided by the rate dkappa / (1 - kappa). log_p (V) is ln p(x1 = v | xt) at
// that position. `data` is the probability that a token that is drawn again has its data value.
double three_part_divergence(double data, int vocabulary, const real* log_p, int xt, int x1) {
  const double uniform = (1 - data) / vocabulary;
  double sum = 0;
  for (int y = 0; y < vocabulary; ++y) {
    if (y == xt) continue;
    const double learnt = data * std::exp(static_cast<double>(log_p[y])) + uniform,
                 given = data * (y == x1) + uniform;
    sum += learnt - given + (given > 0 ? given * std::log(given / learnt) : 0);
  }
  return sum;
}
double token_divergence(const TokenPath& path, const real* log_p, int xt, int x1) {
  if (path.unmasked(xt)) return 0;
  if (xt != x1 && log_p[x1] < kNoToken / 2) return std::numeric_limits<double>::infinity();
  const double here = xt < path.vocabulary ? std::exp(static_cast<double>(log_p[xt])) : 0;
  return xt == x1 ? 1 - here : -here - static_cast<double>(log_p[x1]);
}

}  // namespace

void negative_elbo(const Posterior& p, const TokenPath& path, int length, int n, const int* x1,
                   Labels labels, const ElboOptions& options, Workers& workers, double* out,
                   double* error) {
  check(bool(p), "elbo", "no posterior is given");
  path.check_valid();
  check(length > 0 && n >= 0 && options.times > 0 && options.chunk > 0, "elbo", n, " sequences of ",
        length, " tokens, ", options.times, " times and chunks of ", options.chunk,
        "; all must be positive");
  check(labels.empty() || static_cast<int>(labels.size()) == n, "elbo", labels.size(),
        " labels for ", n, " sequences; give one per sequence, or none");
  check(
      (options.source != nullptr) == (path.source == SourceKind::data), "elbo",
      options.source
          ? "a distribution of source rows is given, but the path begins at mask or uniform tokens"
          : "the path begins at rows of a distribution, but none is given");
  check(!options.source ||
            (options.source->length() == length && options.source->vocabulary() == path.vocabulary),
        "elbo", "the source has ", options.source ? options.source->length() : 0, " tokens out of ",
        options.source ? options.source->vocabulary() : 0, " and the sequences ", length,
        " out of ", path.vocabulary);
  check_tokens(path, length, n, x1);
  ChunkLoop<ElboWorkspace> loop(workers, options.chunk);
  loop.make();
  const std::size_t row = static_cast<std::size_t>(length);
  const real last = std::nextafter(real(1), real(0));
  loop.each(n, [&](ElboWorkspace& workspace, int first, int rows) {
    workspace.xt.resize(static_cast<std::size_t>(rows) * row);
    workspace.scale.resize(static_cast<std::size_t>(rows));
    workspace.beta.resize(static_cast<std::size_t>(rows));
    workspace.time.resize(static_cast<std::size_t>(rows));
    workspace.last.assign(static_cast<std::size_t>(rows), 0.);
    std::fill_n(out + first, rows, 0.);
    if (error) std::fill_n(error + first, rows, 0.);
    for (int k = 0; k < options.times; ++k) {
      options.check_interrupted();
      Scope scope(workspace.tape);
      Pause pause(workspace.tape);
      const auto step = static_cast<std::uint32_t>(k);
      const Stream times{options.seed, Purpose::token_bound, step},
          states{options.seed, Purpose::token_path, step};
      if (options.source)
        options.source->draw({options.seed, Purpose::noise, step},
                             static_cast<std::uint32_t>(first), rows, workspace.xt.data());
      std::span<real> t;
      const Var tv = workspace.tape.uninitialised({rows, 1}, t, "t");
      for (int r = 0; r < rows; ++r) {
        const auto sample = static_cast<std::uint32_t>(first + r);
        const std::size_t at = static_cast<std::size_t>(r);
        // `left` is uniform in part k of [0, 1].
        const double left = (k + times.uniform(sample)) / options.times;
        const BoundTime time = bound_time(path, left);
        workspace.scale[at] = time.scale;
        workspace.beta[at] = time.beta;
        workspace.time[at] = time.t;
        t[at] = std::min(last, static_cast<real>(time.t));
        const std::span<const int> data{x1 + (first + at) * row, row};
        const std::span<int> xt{workspace.xt.data() + at * row, row};
        if (path.metric)
          draw_at(path, time.t, states, sample, data, xt);
        else
          draw_between(path, 1 - left * left, states, sample, data, xt);
      }
      const Var logits = checked_logits("elbo", p, path, length, workspace.xt, tv,
                                        labels.empty() ? labels : labels.subspan(first, rows));
      const real* log_p = log_softmax(logits).values().data();
      for (int r = 0; r < rows; ++r) {
        const std::size_t at = static_cast<std::size_t>(r);
        if (path.metric) fill_weights(*path.metric, workspace.beta[at], workspace.weight);
        const double data = path.to_data(workspace.time[at]);
        double sum = 0;
        for (std::size_t l = 0; l < row; ++l) {
          const std::size_t i = at * row + l;
          const real* here = log_p + i * static_cast<std::size_t>(path.vocabulary);
          const int token = x1[first * row + i];
          sum += path.metric
                     ? metric_divergence(*path.metric, here, workspace.xt[i], token, workspace)
                 : path.noise > 0
                     ? three_part_divergence(data, path.vocabulary, here, workspace.xt[i], token)
                     : token_divergence(path, here, workspace.xt[i], token);
        }
        const double term = workspace.scale[at] * sum;
        out[first + r] += term / options.times;
        if (error && (k % 2 == 1 || (k > 0 && k == options.times - 1)))
          error[first + r] += std::pow(term - workspace.last[at], 2);
        workspace.last[at] = term;
      }
    }
    for (int r = first; error && r < first + rows; ++r)
      error[r] = options.times > 1 && std::isfinite(out[r]) ? std::sqrt(error[r]) / options.times
                                                            : std::nan("");
    for (int r = first; r < first + rows; ++r)
      if (std::isnan(out[r]))
        throw IntegrationFailure("[elbo] the bound of sequence " + std::to_string(r) +
                                     " is not a number: the posterior's logits are not finite",
                                 r, 0, 0);
  });
}

}  // namespace pushforward::inline PF_REAL
