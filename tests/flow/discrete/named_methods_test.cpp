// Tests that the losses of MDLM and SEDD, from the formulas of their papers, are the generalised KL
// from masks with kappa = t.
#include <cmath>

#include "flow/discrete/loss.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr double kLossDigits = sizeof(real) == 4 ? 2e-5 : 1e-11;

struct MaskedToken {
  double t;               // our time, from masks at 0 to data at 1
  int x1;                 // the data's token
  std::vector<double> p;  // a network's p(x1 = v | x), for a masked token
};

// Returns the library's loss of one masked token.
double library(const MaskedToken& token) {
  const int v = static_cast<int>(token.p.size());
  Tape tape;
  const Posterior posterior = [&](std::span<const int>, Var t) {
    std::span<real> out;
    const Var logits = t.tape->uninitialised({1, 1, v}, out, "logits");
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = static_cast<real>(std::log(token.p[k]));
    return logits;
  };
  const std::vector<int> mask{v}, x1{token.x1};
  const TokenSample sample{tape.input({1, 1}, {static_cast<real>(token.t)}), mask, x1, 1};
  return static_cast<double>(
      generalised_kl_loss(posterior, {linear_kappa(), SourceKind::mask, v}, sample).item());
}

// MDLM (Sahoo et al. 2024, eq. 10): alpha'/(1 - alpha) ln p(x1) with alpha = 1 - s, where s = 1 - t
// runs from data to masks: -ln p(x1) / s.
double mdlm(const MaskedToken& token) {
  const double s = 1 - token.t, alpha = 1 - s, slope = -1;
  return slope / (1 - alpha) * std::log(token.p[static_cast<std::size_t>(token.x1)]);
}

// SEDD (Lou et al. 2024, eq. 8): the denoising score entropy of absorbing noise at rate sigma'(s),
// with alpha = exp(-sigma). The sum is over the tokens y that the mask may become, with the ratios
// r_y = p(y | x1) / p(mask | x1), the model's s_y = p(x1 = y | x) alpha / (1 - alpha), and K(a) = a
// (ln a - 1).
double sedd(const MaskedToken& token) {
  const double s = 1 - token.t, alpha = 1 - s, rate = 1 / alpha;  // sigma = -ln(1 - s)
  double sum = 0;
  for (std::size_t y = 0; y < token.p.size(); ++y) {
    const double score = token.p[y] * alpha / (1 - alpha),
                 ratio = static_cast<int>(y) == token.x1 ? alpha / (1 - alpha) : 0;
    sum += score - ratio * std::log(score) + (ratio > 0 ? ratio * (std::log(ratio) - 1) : 0);
  }
  return rate * sum;
}

}  // namespace

TEST_CASE("mdlm and sedd are the generalised KL from masks with kappa = t") {
  for (const double t : {0.0625, 0.5, 0.875}) {
    for (const int x1 : {0, 1, 2}) {
      const MaskedToken token{t, x1, {0.2, 0.5, 0.3}};
      CHECK(mdlm(token) == Approx(library(token)).epsilon(kLossDigits));
      CHECK(sedd(token) == Approx(library(token)).epsilon(kLossDigits));
      // Another weight of time would be noticed.
      CHECK(std::abs(library({t / 2, x1, token.p}) - library(token)) > 0.01);
    }
  }
}

}  // namespace pushforward::inline PF_REAL
