// A network over tokens with its parameters, as a config describes it.
#pragma once

#include "apps/options.h"
#include "flow/posterior.h"
#include "flow/token_path.h"
#include "nn/module.h"
#include "nn/token_network.h"

namespace pushforward::inline PF_REAL {

// Stays where it is made: its posterior and its parameters point into it. The first weights are
// those of the config's seed.
struct TokenModel {
  TokenModel(const Config& config, const TokenPath& path, int length, int classes)
      : network(token_options(config, length, path.vocabulary, path.states(), classes)),
        parameters(network) {
    parameters.initialise({static_cast<std::uint64_t>(config.integer("/seed")), Purpose::init});
  }
  TokenModel(const TokenModel&) = delete;
  TokenModel& operator=(const TokenModel&) = delete;

  // p(x1 | xt) without dropout: what samplers use.
  Posterior posterior() const {
    return [this](std::span<const int> x, Var t, Labels labels) { return network(x, t, labels); };
  }

  bool conditional() const { return network.options().classes > 0; }

  TokenNetwork network;
  Parameters parameters;
};

}  // namespace pushforward::inline PF_REAL
