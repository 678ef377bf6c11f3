// `pushforward decode`: maps noise along the flow to the points where the flow ends.
#include "apps/cli/transport.h"
#include "apps/cli/verbs.h"

namespace pushforward::app {
namespace {

Action declare_decode(Options& options) {
  return declare_transport(options, {"decode", "latents (N, D) in the source's units: .npy or .csv",
                                     &Engine::decode, &Engine::decode_blocks});
}

}  // namespace

const Verb decode_verb{"decode", "map noise to the points it flows to",
                       "pushforward decode runs/moons --points latents.npy --out points.npy",
                       declare_decode};

}  // namespace pushforward::app
