// The rates u(y | x) at which a token jumps, as plain
// numbers: forward, backward, and a corrector's.
#pragma once

#include <span>
#include <vector>

#include "flow/discrete/corrector.h"
#include "flow/discrete/path.h"

namespace pushforward {

// Each gives a row of rates u(y | x), y = 0 .. states() - 1, that adds up to 0:
// the rate to each other state, and minus their sum at x; returned, or written to `u`. `posterior`
// (V) is p1(. | xt) of the token's position; of a token that is unmasked only its size is looked at, x1
// = x. They fail where a rate is infinite, forward at t = 1 and backward at t = 0, on a state that
// is none, on rows of another size, and on a posterior that is no distribution.

// dkappa / (1 - kappa) (p1(y) - [y = x]): carries p_t to
// p_{t+dt} (Gat et al. 2024, "Discrete flow matching").
void forward_rates(const TokenPath& path, double t, std::span<const double> posterior, int x,
                   std::span<double> u);
std::vector<double> forward_rates(const TokenPath& path, double t,
                                  std::span<const double> posterior, int x);

// dkappa / kappa (p0(y) - [y = x]), p0 the source of independent tokens (mask or uniform): carries
// p_t to p_{t-dt}, whatever the data.
void backward_rates(const TokenPath& path, double t, int x, std::span<double> u);
std::vector<double> backward_rates(const TokenPath& path, double t, int x);

// eta (E p_t(y | x1) - [y = x]), x1 ~ posterior, of mask and uniform sources: carries p_t to
// itself. With eta = dkappa / (kappa (1 - kappa)) it is forward plus backward.
void corrector_rates(const TokenPath& path, const Corrector& corrector, double t,
                     std::span<const double> posterior, int x, std::span<double> u);
std::vector<double> corrector_rates(const TokenPath& path, const Corrector& corrector, double t,
                                    std::span<const double> posterior, int x);

}  // namespace pushforward
