// Draws samples and writes them to files block by block, so that memory does not grow with their
// number.
#pragma once

#include <string>

#include "apps/engine/engine.h"

namespace pushforward::app {

// The files of samples. `labels` is "" if the classes are not wanted.
struct SampleFiles {
  std::string points, labels;
};

// Returns the table that is written to `file` for samples: with the column of their class, except in
// NPY files.
NdArray table_for(const std::string& file, const Samples& samples);

// Draws and writes the samples of a request (Engine::sample_blocks). Shows progress unless `quiet`.
// Returns the cost and notes. Its points have the shape (n) and no numbers. Throws as the engine and
// ArrayFile do; then the old files are kept.
Samples write_in_blocks(const Config& config, const SampleRequest& request,
                        const SampleFiles& files, bool quiet);

}  // namespace pushforward::app
