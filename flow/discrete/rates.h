// The rates u(y | x) at which a token jumps, as plain numbers: forward,
// backward and corrector rates.
#pragma once

#include <span>
#include <vector>

#include "flow/discrete/corrector.h"
#include "flow/discrete/path.h"

namespace pushforward {

// Each function computes a row of rates u(y | x), y = 0 .. states() - 1, with sum 0: the rate of
// jumps to each other state, and minus their sum at y = x. One form writes it to `u`, the other
// returns it. `posterior` (V) is p1(. | xt) of the token's position. For an unmasked token of a
// mask source, where x1 = x, only its size is read. The functions fail where a rate is infinite
// (forward at t = 1, backward at t = 0), on a state that does not exist, on rows of another size,
// and on a posterior that is not a distribution. In the formulas, [y = x] is 1 if equal and 0
// otherwise.

// Writes the rates dkappa / (1 - kappa) (p1(y) - [y = x]), with the posterior p1. They take p_t to
// p_{t+dt} (Gat et al. 2024, "Discrete flow matching").
void forward_rates(const TokenPath& path, double t, std::span<const double> posterior, int x,
                   std::span<double> u);
std::vector<double> forward_rates(const TokenPath& path, double t,
                                  std::span<const double> posterior, int x);

// Writes dkappa / kappa (p0(y) - [y = x]), with p0 a mask or uniform source. These rates take p_t
// to p_{t-dt} for any data.
void backward_rates(const TokenPath& path, double t, int x, std::span<double> u);
std::vector<double> backward_rates(const TokenPath& path, double t, int x);

// Writes eta (E p_t(y | x1) - [y = x]), where eta is the corrector's rate, x1 ~ posterior, and the
// source is mask or uniform. These rates leave p_t unchanged. With eta = dkappa / (kappa (1 -
// kappa)) they are forward plus backward rates.
void corrector_rates(const TokenPath& path, const Corrector& corrector, double t,
                     std::span<const double> posterior, int x, std::span<double> u);
std::vector<double> corrector_rates(const TokenPath& path, const Corrector& corrector, double t,
                                    std::span<const double> posterior, int x);

}  // namespace pushforward
