// `pushforward encode`: maps points back along the flow to the noise that it starts from.
#include "apps/cli/transport.h"
#include "apps/cli/verbs.h"

namespace pushforward::app {
namespace {

Action declare_encode(Options& options) {
  return declare_transport(options, {"encode", "points (N, D) in the data's units: .npy or .csv",
                                     &Engine::encode, &Engine::encode_blocks});
}

}  // namespace

const Verb encode_verb{"encode", "map points to the noise they come from",
                       "pushforward encode runs/moons --points samples.npy --out latents.npy",
                       declare_encode};

}  // namespace pushforward::app
