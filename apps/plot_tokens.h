// The pictures of a discrete run: text, histograms of pairs or images, whichever its tokens are.
#pragma once

#include "apps/album.h"
#include "apps/engine.h"
#include "apps/figure_tokens.h"
#include "apps/verbs.h"

namespace pushforward {

// Samples with a trajectory as the pictures take them: tokens in the order of the network, and the
// mask, beyond the last.
TokenFlow token_flow_of(const Samples& samples);

// What each token of the run is written as in a picture: its character, or a digit or letter for
// its number; empty where there are more than 36 numbers.
Glyphs glyphs_of(const TokenTraits& traits);

// Adds all pictures but the loss to the album.
void plot_tokens(const Config& config, const PlotArguments& args, Album& album);

}  // namespace pushforward
