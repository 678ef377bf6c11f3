// What the network predicts: a mix p x0 + q x1 of the endpoints, one row of the table below for
// each kind.
//
// Data (0, 1) and noise (1, 0) will be further rows; xt = sigma x0 + alpha x1 and one prediction
// then give any other by one 2x2 solve.
#pragma once

#include "flow/scheduler.h"

namespace pushforward {

enum class Prediction { velocity };

// The weights of x0 and x1 in what is predicted.
struct Mix {
  double p, q;
};

constexpr Mix mix(Prediction prediction, const Coefficients& c) {
  switch (prediction) {
    case Prediction::velocity: return {c.dsigma, c.dalpha};  // dxt/dt
  }
  return {};
}

}  // namespace pushforward
