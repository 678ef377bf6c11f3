// A network with its parameters, as a config describes it.
#pragma once

#include "apps/options.h"
#include "flow/field.h"
#include "nn/module.h"
#include "nn/velocity.h"

namespace pushforward::inline PF_REAL {

// Stays where it is made: its field and its parameters point into it. The first weights are those
// of the config's seed.
struct Model {
  Model(const Config& config, int dim)
      : network(velocity_options(config, dim)), parameters(network) {
    parameters.initialise({static_cast<std::uint64_t>(config.integer("/seed")), Purpose::init});
  }
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  // u_theta, without dropout: what samplers use.
  Field field() const {
    return [this](Var x, Var t) { return network(x, t); };
  }

  Velocity network;
  Parameters parameters;
};

}  // namespace pushforward::inline PF_REAL
