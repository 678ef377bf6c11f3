// A network over tokens with its parameters, as a config describes it.
#pragma once

#include "apps/from_config/options.h"
#include "flow/discrete/own_token.h"
#include "flow/discrete/path.h"
#include "flow/discrete/posterior.h"
#include "nn/module.h"
#include "nn/networks/token_network.h"

namespace pushforward::app::inline PF_REAL {

// The network and its parameters. It cannot be moved, since its posterior and parameters point into
// it. The constructor draws the initial weights from the config's seed.
struct TokenModel {
  TokenModel(const Config& config, const TokenPath& its_path, int length, int classes)
      : path(its_path),
        network(token_options(config, length, path.vocabulary, path.states(), classes)),
        parameters(network) {
    parameters.initialise({static_cast<std::uint64_t>(config.integer("/seed")), Purpose::init});
  }
  TokenModel(const TokenModel&) = delete;
  TokenModel& operator=(const TokenModel&) = delete;

  // Returns the logits of p(x1 | xt). With a uniform source, and on other paths on which a token may
  // be noise, the network predicts each position from the other tokens, and the term for the
  // position's own token is added here.
  Var logits(std::span<const int> x, Var t, Labels labels, const NetworkMode& mode = {}) const {
    return with_own_token(network(x, t, labels, mode), x, t, path);
  }
  // Returns the logits as a posterior, without dropout. Samplers use it.
  Posterior posterior() const {
    return [this](std::span<const int> x, Var t, Labels labels) { return logits(x, t, labels); };
  }

  bool conditional() const { return network.options().classes > 0; }

  TokenPath path;
  TokenNetwork network;
  Parameters parameters;
};

}  // namespace pushforward::app::inline PF_REAL
