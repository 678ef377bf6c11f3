// A network over tokens with its parameters, as a config describes it.
#pragma once

#include "apps/from_config/options.h"
#include "flow/discrete/own_token.h"
#include "flow/discrete/path.h"
#include "flow/discrete/posterior.h"
#include "nn/module.h"
#include "nn/networks/token_network.h"

namespace pushforward::app::inline PF_REAL {

// Stays where it is made: its posterior and its parameters point
// into it. The first weights are those of the config's seed.
struct TokenModel {
  TokenModel(const Config& config, const TokenPath& its_path, int length, int classes)
      : path(its_path),
        network(token_options(config, length, path.vocabulary, path.states(), classes)),
        parameters(network) {
    parameters.initialise({static_cast<std::uint64_t>(config.integer("/seed")), Purpose::init});
  }
  TokenModel(const TokenModel&) = delete;
  TokenModel& operator=(const TokenModel&) = delete;

  // p(x1 | xt): with a uniform source the network says what the other
  // tokens tell of each, and what its own state tells is added.
  Var logits(std::span<const int> x, Var t, Labels labels, const NetworkMode& mode = {}) const {
    return with_own_token(network(x, t, labels, mode), x, t, path);
  }
  // The same without dropout: what samplers use.
  Posterior posterior() const {
    return [this](std::span<const int> x, Var t, Labels labels) { return logits(x, t, labels); };
  }

  bool conditional() const { return network.options().classes > 0; }

  TokenPath path;
  TokenNetwork network;
  Parameters parameters;
};

}  // namespace pushforward::app::inline PF_REAL
