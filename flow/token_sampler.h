// From a posterior to sequences of tokens: a continuous-time Markov chain from t = 0 to t = 1.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "autograd/workers.h"
#include "flow/posterior.h"
#include "flow/sampler_options.h"
#include "flow/token_path.h"

namespace pushforward {

// kernel:   over each step a token that jumps does so with the path's own probability,
//           (kappa(t + h) - kappa(t)) / (1 - kappa(t)): exact for one token;
// euler:    the rates of t over the whole step: 1 - exp(-h lambda);
// adaptive: first-order steps h lambda, each short enough that this is no more than 1.
enum class CtmcMethod { kernel, euler, adaptive };

// A divergence-free part added to the rates: tokens are drawn anew from p_t(. | x1) at the rate
// eta(t), which leaves every marginal as it is and mends what was drawn wrongly. Finite at each t;
// where eta is infinite the token is drawn anew for certain.
struct Corrector {
  enum class Kind {
    none,
    constant,
    bump,
    balanced
  };  // scale; scale 4 t (1 - t); scale dkappa / (kappa (1 - kappa))
  Kind kind = Kind::none;
  double scale = 0;
  double eta(const Kappa& kappa, double t) const;
};

struct TokenSamplerOptions {
  CtmcMethod method = CtmcMethod::kernel;
  int steps = 64;
  double begin = 0, end = 1;
  std::vector<double> grid{};  // the times to step through, instead of steps, begin and end
  Corrector corrector{};
  double temperature = 1;  // of the posterior's logits; 0: the most likely token
  double top_p = 1;        // keep the most likely tokens that make up so much of the probability
  int chunk = 32;          // sequences on one tape; part of the result's bits
  std::function<int(int sample)> label_of{};
  std::function<bool()> interrupted{};
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

class TokenSampler {
 public:
  // `saves`: states of every sequence kept at so many times, both ends included; 0 for none.
  TokenSampler(Posterior posterior, TokenPath path, int length, TokenSamplerOptions options,
               Workers& workers, int saves = 0);
  ~TokenSampler();

  // Writes samples 0 .. n - 1 to out (n, L): tokens, all of them settled when options.end is 1.
  // `source`: of SourceKind::data, where they begin. `given` (L): tokens that stay as they are, -1
  // where the sampler is free. `trajectory` (saves, n, L). Sample k depends on seed and k alone.
  SampleCost sample(std::uint64_t seed, int n, int* out, const TokenLaw* source = nullptr,
                    std::span<const int> given = {}, int* trajectory = nullptr);
  std::vector<double> save_times() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pushforward::inline PF_REAL
