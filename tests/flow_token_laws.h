// Small discrete flows for tests: laws of every support, and what the oracle answers about them
// worked out by another hand, one probability at a time.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "flow/token_oracle.h"

namespace pushforward {

inline std::vector<Kappa> all_kappas() {
  return {linear_kappa(), polynomial_kappa(2), polynomial_kappa(0.5), sine_squared_kappa(),
          cosine_kappa()};
}

// The law that gives every sequence of L tokens out of V a probability above 0, tokens dependent.
inline TokenTable uneven_law(int vocabulary, int length, double first = 0.3) {
  int n = 1;
  for (int l = 0; l < length; ++l) n *= vocabulary;
  TokenTable table;
  table.length = length;
  double total = 0;
  for (int i = 0; i < n; ++i) {
    int rest = i;
    std::vector<int> row(length);
    for (int l = length - 1; l >= 0; --l, rest /= vocabulary) row[l] = rest % vocabulary;
    table.tokens.insert(table.tokens.end(), row.begin(), row.end());
    table.weights.push_back(std::exp(1.5 * std::sin(first + 2.7 * i)));
    total += table.weights.back();
  }
  for (double& w : table.weights) w /= total;
  return table;
}

// A flow between finite laws, as pairs of rows that need not be listed by the oracle.
struct SmallFlow {
  std::string name;
  TokenPath path;
  TokenTable data, source{};
  bool paired = false;

  TokenOracle oracle() const {
    return path.source == SourceKind::data ? TokenOracle(path, source, data, paired)
                                           : TokenOracle(path, data);
  }
  // Calls f(weight, x0, x1) for each pair; x0 is null where it is no row.
  void pairs(const std::function<void(double, const int*, const int*)>& f) const {
    const auto weight = [](const TokenTable& t, int k) {
      return t.weights.empty() ? 1. / t.rows() : t.weights[k];
    };
    for (int k = 0; k < data.rows(); ++k) {
      const int* x1 = data.row(k).data();
      if (path.source != SourceKind::data) {
        f(weight(data, k), nullptr, x1);
      } else if (paired) {
        f(weight(data, k), source.row(k).data(), x1);
      } else {
        for (int i = 0; i < source.rows(); ++i)
          f(weight(data, k) * weight(source, i), source.row(i).data(), x1);
      }
    }
  }
  // p_t(x_l = state | x0, x1), and its slope in t.
  double token(double t, int state, int l, const int* x0, const int* x1) const {
    const double k = path.kappa(t);
    return k * (state == x1[l]) + (1 - k) * begin(state, l, x0);
  }
  double token_slope(double t, int state, int l, const int* x0, const int* x1) const {
    return path.kappa.slope(t) * ((state == x1[l]) - begin(state, l, x0));
  }
  double begin(int state, int l, const int* x0) const {
    if (path.source == SourceKind::mask) return state == path.vocabulary;
    return x0 ? double(state == x0[l]) : 1. / path.vocabulary;
  }
  double probability(double t, const int* x, const int* x0, const int* x1) const {
    double p = 1;
    for (int l = 0; l < data.length; ++l) p *= token(t, x[l], l, x0, x1);
    return p;
  }
};

// One of each kind for this kappa: 2 to 5 tokens in the vocabulary, 1 to 3 places.
inline std::vector<SmallFlow> small_flows(const Kappa& kappa) {
  TokenTable some{3, {0, 1, 1, 2, 0, 1, 2, 2, 0, 1, 1, 0}, {0, 1, 1, 0}, {0.4, 0.3, 0.2, 0.1}};
  TokenTable others{3, {2, 2, 0, 0, 0, 1, 1, 0, 2, 2, 1, 0}, {}, {}};
  std::vector<SmallFlow> flows;
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform}) {
    const std::string name = kind == SourceKind::mask ? "mask" : "uniform";
    flows.push_back({name + ", one token of 5", {kappa, kind, 5}, uneven_law(5, 1)});
    flows.push_back({name + ", two of 3", {kappa, kind, 3}, uneven_law(3, 2)});
    flows.push_back({name + ", three of 2", {kappa, kind, 2}, uneven_law(2, 3)});
    flows.push_back({name + ", four rows", {kappa, kind, 3}, some});
  }
  flows.push_back({"independent", {kappa, SourceKind::data, 3}, some, others, false});
  flows.push_back({"paired", {kappa, SourceKind::data, 3}, some, others, true});
  flows.push_back(
      {"paired, full", {kappa, SourceKind::data, 2}, uneven_law(2, 2), uneven_law(2, 2, 1), true});
  return flows;
}

}  // namespace pushforward
