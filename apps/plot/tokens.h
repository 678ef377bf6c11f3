// The pictures of a run on tokens: `pushforward plot`.
#pragma once

#include "apps/cli/verbs.h"
#include "apps/plot/album.h"

namespace pushforward::app {

// Text being filled in, of words and texts; histograms over time, of pairs; images. `classes` of a
// conditional run's images have rows of their own.
void plot_tokens(const Config& config, const PlotArguments& args, Album& album);

}  // namespace pushforward::app
