// The tokens of a run as its pictures take them.
#pragma once

#include "apps/engine/engine.h"
#include "apps/figures/tokens.h"

namespace pushforward::app {

// A drawn trajectory of tokens. A chain of fewer steps than there are times stays where it is between
// some of them, and each time is kept once.
TokenFlow make_token_flow(const Samples& drawn, const TokenTraits& traits);

// What each token is written as: its character, with a sign for what takes no ink, or its number.
Glyphs make_glyphs(const TokenTraits& traits);

// A flow of quantized images as paths of their pixels, in the data's units; masks are NaN.
Trajectories make_pixel_paths(const TokenFlow& flow, const TokenTraits& traits);

}  // namespace pushforward::app
