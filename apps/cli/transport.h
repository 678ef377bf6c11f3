// What `pushforward encode` and `decode` have in common: points that follow the flow, back to noise or
// forth to data.
#pragma once

#include "apps/cli/options.h"
#include "apps/engine/engine.h"

namespace pushforward::app {

// What to do instead with a run on tokens, which have no velocity to follow.
inline constexpr const char* kInsteadOfTransport =
    "sample with --given keeps tokens, and --trajectory shows the way";

// One of the two directions.
struct Transport {
  const char* verb;
  const char* points;  // the help's line on its --points
  Moved (*Engine::*carry)(const Config&, const SolverRequest&, const NdArray&);
};

Action declare_transport(Options& options, const Transport& transport);

}  // namespace pushforward::app
