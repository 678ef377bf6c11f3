// Remasking: while sampling from masks, unmasked tokens become masks again and are drawn anew.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <string>
#include <vector>

#include "flow/discrete/kappa.h"

namespace pushforward {

// In a step from time t to s, an unmasked token becomes the mask with probability sigma, and masked
// tokens are unmasked more often to make up for it, with probability (kappa_s - (1 - sigma)
// kappa_t) / (1 - kappa_t), so that the distribution at each time is unchanged given x1 (Wang et
// al. 2025, "Remasking discrete diffusion models with inference-time scaling"). That requires sigma
// <= sigma_max = min(1, (1 - kappa_s) / kappa_t). The schedules of sigma are:
//
//   cap:        min(eta, sigma_max)
//   rescale:    eta sigma_max
//   confidence: eta sigma_max times the token's share, softmax(-psi) over the unmasked tokens of the
//               sequence, where psi is the probability with which a token was drawn. The shares add
//               up to 1. Masked tokens are not unmasked more often, so this schedule does not keep
//               the distribution.
//   loop:       the time stops at `at` for `steps` additional steps with the sigma of `cap`; all
//               other steps remask nothing
struct Remasking {
  enum class Kind { none, cap, rescale, confidence, loop };

  // The schedule. The default remasks nothing.
  Kind kind = Kind::none;

  // The factor or the limit of sigma, above 0 and at most 1. A larger one corrects more errors, and
  // takes more steps, because a token that is masked again must be drawn again.
  double eta = 0;

  // Of `loop`: the time at which it stops, inside of the chain, and the number of steps there, at
  // least 1. Each costs an evaluation.
  double at = 0.9;
  int steps = 0;

  // Returns sigma_max of a step from time `from` to `to`, which are equal in a loop.
  static double max_share(const Kappa& kappa, double from, double to);
  // Returns sigma of the step, for `confidence` without the token's share.
  double share(const Kappa& kappa, double from, double to) const;
  // Returns the times with those of the loop: `at`, and `steps` times `at` again. Fails if `at` is
  // not between the first and the last time. Returns `times` for the other kinds.
  std::vector<double> with_loop(std::vector<double> times) const;
  // Fails on an eta outside (0, 1], and on a loop without steps.
  void check_valid() const;
};

std::string name_of(Remasking::Kind kind);  // "none", "cap", "rescale", "confidence", "loop"

}  // namespace pushforward
