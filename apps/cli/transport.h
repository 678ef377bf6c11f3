// Declares `pushforward encode` and `decode`, which move points along the flow to noise or to data.
#pragma once

#include "apps/cli/options.h"
#include "apps/engine/engine.h"

namespace pushforward::app {

// Ends the error message for runs on tokens, which encode and decode refuse. Tokens have no
// velocity, so they cannot be moved along a flow.
inline constexpr const char* kInsteadOfTransport =
    "use sample, with --given to keep tokens and --trajectory to write the states over time";

// The differences between the verbs `encode` and `decode`.
struct Transport {
  const char* verb;
  const char* points;  // the help text of --points
  Moved (*Engine::*carry)(const Config&, const SolverRequest&, const NdArray&);
  Moved (*Engine::*carry_blocks)(const Config&, const SolverRequest&, const NdArray& table,
                                 const NextPoints&, const TakeRows&);
};

Action declare_transport(Options& options, const Transport& transport);

}  // namespace pushforward::app
