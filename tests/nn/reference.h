// Reference implementations of the networks over tokens, as plain loops in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "nn/module.h"

namespace pushforward::inline PF_REAL::reference {

using Row = std::vector<double>;
using Matrix = std::vector<Row>;

inline Matrix matrix(const Tensor& t) {
  Matrix m;
  for (int r = 0; r < t.rows(); ++r) m.emplace_back(t.row(r).begin(), t.row(r).end());
  return m;
}
inline Row flat(const Matrix& m) {
  Row all;
  for (const Row& row : m) all.insert(all.end(), row.begin(), row.end());
  return all;
}

// The values of a model's parameters, by name.
struct Weights {
  const Parameters& parameters;

  Matrix operator()(const std::string& name) const {
    const Parameter& p = parameters.find(name);
    Matrix m;
    for (int r = 0; r < p.shape[0]; ++r)
      m.emplace_back(p.values + r * p.shape[1], p.values + (r + 1) * p.shape[1]);
    return m;
  }
};

inline Row linear(const Row& x, const Matrix& w, const Row& b) {
  Row y = b;
  for (std::size_t o = 0; o < w.size(); ++o)
    for (std::size_t i = 0; i < x.size(); ++i) y[o] += w[o][i] * x[i];
  return y;
}
inline Row linear(const Weights& of, const std::string& at, const Row& x) {
  return linear(x, of(at + "weight"), of(at + "bias")[0]);
}

inline double silu(double x) { return x / (1 + std::exp(-x)); }
inline Row silu(Row x) {
  for (double& v : x) v = silu(v);
  return x;
}

inline Row normalize(Row x, double eps) {
  double mean = 0, variance = 0;
  for (const double v : x) mean += v / double(x.size());
  for (const double v : x) variance += (v - mean) * (v - mean) / double(x.size());
  for (double& v : x) v = (v - mean) / std::sqrt(variance + eps);
  return x;
}

// Rotates pair i of a head at position p by the angle p 10000^(-2i / d).
inline void turn(double* head, int d, int p) {
  for (int i = 0; i < d / 2; ++i) {
    const double angle = p * std::pow(10000, -2.0 * i / d), u = head[2 * i], v = head[2 * i + 1];
    head[2 * i] = u * std::cos(angle) - v * std::sin(angle);
    head[2 * i + 1] = u * std::sin(angle) + v * std::cos(angle);
  }
}

// Returns self-attention over the tokens of one sequence, which are the rows of x. The parameters
// are those of `of` whose names begin with `at`.
inline Matrix attention(const Weights& of, const std::string& at, const Matrix& x, int heads,
                        bool rotary) {
  const int length = int(x.size()), width = int(x[0].size()), d = width / heads;
  Matrix qkv, joined(x.size(), Row(x[0].size(), 0.0)), y;
  for (const Row& row : x)
    qkv.push_back(linear(row, of(at + "in_proj_weight"), of(at + "in_proj_bias")[0]));
  for (int p = 0; p < length && rotary; ++p)
    for (int h = 0; h < 2 * heads; ++h) turn(&qkv[std::size_t(p)][std::size_t(h * d)], d, p);
  for (int h = 0; h < heads; ++h) {
    for (int p = 0; p < length; ++p) {
      const double* q = &qkv[std::size_t(p)][std::size_t(h * d)];
      Row weight(x.size());
      double total = 0;
      for (int o = 0; o < length; ++o) {
        const double* k = &qkv[std::size_t(o)][std::size_t(width + h * d)];
        double score = 0;
        for (int i = 0; i < d; ++i) score += q[i] * k[i] / std::sqrt(double(d));
        total += weight[std::size_t(o)] = std::exp(score);
      }
      for (int o = 0; o < length; ++o)
        for (int i = 0; i < d; ++i)
          joined[std::size_t(p)][std::size_t(h * d + i)] +=
              weight[std::size_t(o)] / total *
              qkv[std::size_t(o)][std::size_t(2 * width + h * d + i)];
    }
  }
  for (const Row& row : joined) y.push_back(linear(of, at + "out_proj.", row));
  return y;
}

// A modulation computes six (or two) vectors of `width` numbers from the condition, one after the
// other in `modulators`. Returns vector k.
inline Row part(const Row& modulators, std::size_t k, std::size_t width) {
  return {modulators.begin() + std::ptrdiff_t(k * width),
          modulators.begin() + std::ptrdiff_t((k + 1) * width)};
}
inline Matrix modulated(const Matrix& h, const Row& shift, const Row& scale) {
  Matrix y;
  for (const Row& row : h) {
    y.push_back(normalize(row, 1e-6));
    for (std::size_t i = 0; i < row.size(); ++i)
      y.back()[i] = (1 + scale[i]) * y.back()[i] + shift[i];
  }
  return y;
}
inline void add_gated(Matrix& h, const Row& gate, const Matrix& x) {
  for (std::size_t p = 0; p < h.size(); ++p)
    for (std::size_t i = 0; i < gate.size(); ++i) h[p][i] += gate[i] * x[p][i];
}

// Returns the transformer's logits (length, V) of one sequence, with activation SiLU and the time t
// itself as the only time feature. A label of -1 means that there is no label, and a lower number
// that the network has no label embedding.
inline Matrix transformer(const Weights& of, const std::vector<int>& states, double t, int label,
                          int heads, int blocks, bool rotary) {
  Row given{t};
  if (label >= -1) {
    const Matrix labels = of("label.weight");
    const Row& row = labels[label < 0 ? labels.size() - 1 : std::size_t(label)];
    given.insert(given.end(), row.begin(), row.end());
  }
  const Row c = silu(linear(of, "embed.2.", silu(linear(of, "embed.0.", given))));
  const Matrix tokens = of("token.weight");
  const std::size_t width = tokens[0].size();
  Matrix h;
  for (const int s : states) h.push_back(tokens[std::size_t(s)]);
  if (!rotary) add_gated(h, Row(width, 1.0), of("position.weight"));
  for (int b = 0; b < blocks; ++b) {
    const std::string at = "blocks." + std::to_string(b) + ".";
    const Row modulators = linear(of, at + "modulation.", c);
    const Matrix near = modulated(h, part(modulators, 0, width), part(modulators, 1, width));
    add_gated(h, part(modulators, 2, width), attention(of, at + "attn.", near, heads, rotary));
    Matrix next = modulated(h, part(modulators, 3, width), part(modulators, 4, width));
    for (Row& row : next) row = linear(of, at + "mlp.2.", silu(linear(of, at + "mlp.0.", row)));
    add_gated(h, part(modulators, 5, width), next);
  }
  const Row modulators = linear(of, "modulation.", c);
  Matrix logits;
  for (const Row& row : modulated(h, part(modulators, 0, width), part(modulators, 1, width)))
    logits.push_back(linear(of, "output.", row));
  return logits;
}

}  // namespace pushforward::inline PF_REAL::reference
