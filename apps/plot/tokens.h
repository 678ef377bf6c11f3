// The pictures of a run on tokens: `pushforward plot`.
#pragma once

#include "apps/config/config.h"
#include "apps/plot/album.h"
#include "apps/requests.h"

namespace pushforward::app {

// Text being filled in, of words and texts; histograms over time, of pairs; images. `classes` of a
// conditional run's images have rows of their own.
void plot_tokens(const Config& config, const PlotRequest& plot, Album& album);

}  // namespace pushforward::app
