#include "flow/theory/tokens.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace pushforward::equations {
namespace {

const TokenTable kFewRows{
    3, {0, 1, 1, 2, 0, 1, 2, 2, 0, 1, 1, 0}, {0, 1, 1, 0}, {0.4, 0.3, 0.2, 0.1}};
const TokenTable kOtherRows{3, {2, 2, 0, 0, 0, 1, 1, 0, 2, 2, 1, 0}, {}, {}};

double weight(const TokenTable& table, int row) {
  return table.weights.empty() ? 1. / table.rows() : table.weights[row];
}

}  // namespace

std::vector<Kappa> all_kappas() {
  return {linear_kappa(), polynomial_kappa(2), polynomial_kappa(0.5), sine_squared_kappa(),
          cosine_kappa()};
}

TokenTable uneven_distribution(int vocabulary, int length, double which) {
  TokenTable table;
  table.length = length;
  table.tokens = TokenOracle({linear_kappa(), SourceKind::uniform, vocabulary},
                             {length, std::vector<int>(length), {}, {}})
                     .all_states();
  double total = 0;
  for (int k = 0; k < table.rows(); ++k) {
    table.weights.push_back(std::exp(1.5 * std::sin(which + 2.7 * k)));
    total += table.weights.back();
  }
  for (double& w : table.weights) w /= total;
  return table;
}

SmallFlow::SmallFlow(std::string its_name, TokenPath its_path, TokenTable its_data,
                     TokenTable its_source, bool pairs_rows)
    : name(std::move(its_name)),
      path(std::move(its_path)),
      data(std::move(its_data)),
      source(std::move(its_source)),
      paired(pairs_rows) {}

TokenOracle SmallFlow::oracle() const {
  return path.source == SourceKind::data ? TokenOracle(path, source, data, paired)
                                         : TokenOracle(path, data);
}

std::vector<TokenPair> SmallFlow::pairs() const {
  std::vector<TokenPair> all;
  for (int k = 0; k < data.rows(); ++k) {
    const int* x1 = data.row(k).data();
    if (path.source != SourceKind::data) {
      all.push_back({weight(data, k), nullptr, x1});
    } else if (paired) {
      all.push_back({weight(data, k), source.row(k).data(), x1});
    } else {
      for (int i = 0; i < source.rows(); ++i)
        all.push_back({weight(data, k) * weight(source, i), source.row(i).data(), x1});
    }
  }
  return all;
}

double SmallFlow::begin(int state, int position, const TokenPair& pair) const {
  if (path.source == SourceKind::mask) return state == path.vocabulary;
  return pair.x0 ? double(state == pair.x0[position]) : 1. / path.vocabulary;
}

namespace {

// The distribution of a token on a metric-induced path, computed without TokenMetric's sums.
struct NearToken {
  double probability, mean_distance;
};
NearToken near_token(const TokenMetric& metric, double t, int state, int x1) {
  const double beta = metric.c() * std::exp(metric.a() * std::log(t / (1 - t)));
  double sum = 0, distances = 0;
  for (int x = 0; x < metric.vocabulary(); ++x) {
    const double weight = std::exp(-beta * metric.distance(x, x1));
    sum += weight;
    distances += weight * metric.distance(x, x1);
  }
  return {std::exp(-beta * metric.distance(state, x1)) / sum, distances / sum};
}

}  // namespace

double SmallFlow::token(double t, int state, int position, const TokenPair& pair) const {
  if (path.metric) return near_token(*path.metric, t, state, pair.x1[position]).probability;
  const double kappa = path.kappa(t);
  if (path.noise > 0) {
    const double of_data = std::pow(kappa, 1 + path.noise);
    return of_data * (state == pair.x1[position]) +
           (kappa - of_data) * (state < path.vocabulary) / path.vocabulary +
           (1 - kappa) * begin(state, position, pair);
  }
  return kappa * (state == pair.x1[position]) + (1 - kappa) * begin(state, position, pair);
}

double SmallFlow::token_slope(double t, int state, int position, const TokenPair& pair) const {
  if (path.metric) {
    // d/dt softmax(-beta d) = beta' p (E[d] - d), and beta' = beta a / (t (1 - t)).
    const NearToken near = near_token(*path.metric, t, state, pair.x1[position]);
    const double beta = path.metric->c() * std::exp(path.metric->a() * std::log(t / (1 - t)));
    return beta * path.metric->a() / (t * (1 - t)) * near.probability *
           (near.mean_distance - path.metric->distance(state, pair.x1[position]));
  }
  if (path.noise > 0) {
    const double of_data = (1 + path.noise) * std::pow(path.kappa(t), path.noise);
    return path.kappa.slope(t) * (of_data * (state == pair.x1[position]) +
                                  (1 - of_data) * (state < path.vocabulary) / path.vocabulary -
                                  begin(state, position, pair));
  }
  return path.kappa.slope(t) * ((state == pair.x1[position]) - begin(state, position, pair));
}

double SmallFlow::sequence(double t, const int* x, const TokenPair& pair) const {
  double p = 1;
  for (int l = 0; l < length(); ++l) p *= token(t, x[l], l, pair);
  return p;
}

int SmallFlow::moved(int x, int position, int from, int to) const {
  int stride = 1;
  for (int l = length() - 1; l > position; --l) stride *= path.states();
  return x + (to - from) * stride;
}

std::vector<SmallFlow> small_flows(const Kappa& kappa) {
  std::vector<SmallFlow> flows;
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform}) {
    const std::string name = kind == SourceKind::mask ? "mask" : "uniform";
    flows.push_back({name + ", one token of 5", {kappa, kind, 5}, uneven_distribution(5, 1)});
    flows.push_back({name + ", two of 3", {kappa, kind, 3}, uneven_distribution(3, 2)});
    flows.push_back({name + ", three of 2", {kappa, kind, 2}, uneven_distribution(2, 3)});
    flows.push_back({name + ", four rows", {kappa, kind, 3}, kFewRows});
  }
  flows.push_back({"independent", {kappa, SourceKind::data, 3}, kFewRows, kOtherRows, false});
  flows.push_back({"paired", {kappa, SourceKind::data, 3}, kFewRows, kOtherRows, true});
  TokenTable opposite = uneven_distribution(2, 2);
  std::reverse(opposite.tokens.begin(), opposite.tokens.end());
  flows.push_back({"paired, every row",
                   {kappa, SourceKind::data, 2},
                   uneven_distribution(2, 2),
                   opposite,
                   true});
  return flows;
}

std::vector<SmallFlow> metric_flows() {
  using Distance = TokenMetric::Distance;
  const auto flow = [](const char* name, TokenMetric metric, TokenTable data) {
    const int vocabulary = metric.vocabulary();
    return SmallFlow{name,
                     {linear_kappa(), SourceKind::uniform, vocabulary,
                      std::make_shared<const TokenMetric>(std::move(metric))},
                     std::move(data)};
  };
  return {flow("metric, one token of 5", TokenMetric(Distance::squared, 5, 1, 1),
               uneven_distribution(5, 1)),
          flow("metric, two of 3", TokenMetric(Distance::absolute, 3, 2, 1.5),
               uneven_distribution(3, 2)),
          flow("metric, three of 2", TokenMetric(Distance::absolute, 2, 1.2, 0.7),
               uneven_distribution(2, 3)),
          flow("metric, table", TokenMetric({0, 1, 3, 0.5, 0, 1, 2, 0.7, 0}, 1.5, 2),
               uneven_distribution(3, 2, 1.1)),
          flow("metric, four rows", TokenMetric(Distance::squared, 3, 0.8, 1), kFewRows)};
}

std::vector<SmallFlow> three_part_flows() {
  const auto path = [](Kappa kappa, SourceKind kind, int vocabulary, double noise) {
    return TokenPath{kappa, kind, vocabulary, nullptr, noise};
  };
  const Kappa linear = linear_kappa();
  return {{"three parts, one token of 5", path(linear, SourceKind::mask, 5, 1),
           uneven_distribution(5, 1)},
          {"three parts, two of 3", path(cosine_kappa(), SourceKind::mask, 3, 0.5),
           uneven_distribution(3, 2)},
          {"three parts, three of 2", path(linear, SourceKind::mask, 2, 2.5),
           uneven_distribution(2, 3)},
          {"three parts, four rows", path(polynomial_kappa(2), SourceKind::mask, 3, 1), kFewRows},
          {"three parts, rows", path(linear, SourceKind::data, 3, 1), kFewRows, kOtherRows, false},
          {"three parts, paired rows", path(sine_squared_kappa(), SourceKind::data, 3, 0.7),
           kFewRows, kOtherRows, true}};
}

std::vector<SmallFlow> every_flow() {
  std::vector<SmallFlow> all;
  for (const Kappa& kappa : all_kappas())
    for (SmallFlow& flow : small_flows(kappa)) all.push_back(std::move(flow));
  return all;
}

}  // namespace pushforward::equations
