// Converts the tokens of a run to the types of the pictures.
#pragma once

#include "apps/engine/engine.h"
#include "apps/figures/tokens.h"

namespace pushforward::app {

// Returns a sampled trajectory of tokens. If the chain has fewer steps than there are saved times,
// some times repeat; each is kept only once.
TokenFlow make_token_flow(const Samples& drawn, const TokenTraits& traits);

// Returns how each token is written: its character, with a visible sign for white
// space, or its number.
Glyphs make_glyphs(const TokenTraits& traits);

// Returns a flow of quantized images as paths of their pixels, in the data's units. Masks are NaN.
Trajectories make_pixel_paths(const TokenFlow& flow, const TokenTraits& traits);

}  // namespace pushforward::app
