// The rates u(y | x) at which a token jumps, as plain numbers: forward,
// backward and corrector rates.
#pragma once

#include <span>
#include <vector>

#include "flow/discrete/corrector.h"
#include "flow/discrete/path.h"

namespace pushforward {

// Each function computes the rates u(y | x) of jumps from state x to each state y = 0 .. states() -
// 1; the entry at y = x is minus the sum of the others, so that the sum is 0. The overload with `u`
// writes the rates there, and the other one returns them. `posterior` (V) is p(x1 | xt) at the
// token's position. For an unmasked token of a mask source, where x1 = x, only the size of
// `posterior` is read. The functions fail where a rate is infinite (forward at t = 1, backward at t
// = 0), on a state that does not exist, on spans of another size, and on a posterior that is not a
// distribution. In the formulas below, [y = x] is 1 if equal and 0 otherwise.

// Compute the forward rates dkappa / (1 - kappa) (p1(y) - [y = x]), where p1 is `posterior` and [y
// = x] is 1 if equal and 0 otherwise. They take p_t to p_{t+dt} (Gat et al. 2024, "Discrete flow
// matching"). On a metric-induced path they are the means over x1 ~ p1 of dbeta p_t(y | x1) max(0,
// d(x, x1) - d(y, x1)) (Shaul et al. 2024), and on the three-part path hazard (w p1(y) + (1 - w) / V -
// [y = x]) with w = path.to_data(t). backward_rates and corrector_rates fail on such paths.
void forward_rates(const TokenPath& path, double t, std::span<const double> posterior, int x,
                   std::span<double> u);
std::vector<double> forward_rates(const TokenPath& path, double t,
                                  std::span<const double> posterior, int x);

// Compute the backward rates dkappa / kappa (p0(y) - [y = x]), where p0 is the mask or uniform
// source and [y = x] is 1 if equal and 0 otherwise. These rates take p_t to p_{t-dt} for any data.
void backward_rates(const TokenPath& path, double t, int x, std::span<double> u);
std::vector<double> backward_rates(const TokenPath& path, double t, int x);

// Compute the corrector's rates eta (E p_t(y | x1) - [y = x]) for a mask or uniform source. Here
// eta is `corrector`'s rate, the mean E is over x1 ~ posterior, and [y = x] is 1 if equal and 0
// otherwise. These rates leave p_t unchanged. With eta = dkappa / (kappa (1 - kappa)) they are the
// sum of the forward and the backward rates. The corrector `exchange` needs a uniform source: given
// x1, a token jumps from x1 to each other token at the rate `scale`, and from another token to x1 at
// the rate scale (1 + (V - 1) kappa) / (1 - kappa), infinite at t = 1 (Campbell et al. 2024).
void corrector_rates(const TokenPath& path, const Corrector& corrector, double t,
                     std::span<const double> posterior, int x, std::span<double> u);
std::vector<double> corrector_rates(const TokenPath& path, const Corrector& corrector, double t,
                                    std::span<const double> posterior, int x);

}  // namespace pushforward
