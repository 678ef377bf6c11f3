// The weights of a run in its report, with which the live page trains on.
#pragma once

#include <optional>
#include <string>

#include "apps/config/config.h"
#include "apps/page/message.h"
#include "apps/plot/material.h"

namespace pushforward::app {

// A message "weights", or the reason why the report has none.
struct RecordedWeights {
  std::optional<PageMessage> message{};
  std::string why{};
};

// Reads the model file of the run. The head of the message has the bytes of the file in base64 as
// "model", their number as "bytes", and the "step" after which the weights were saved. There is no
// message if the live page could not train on from them: it trains points in float32, and the report
// stays small. `table` says whether the columns of the run's table are encoded, and
// `manifold` whether its points are on a manifold; the live page can show neither. Throws FileError if
// the file cannot be read.
RecordedWeights record_weights(const Config& config, const std::string& run, PlotSubject subject,
                               bool table, bool manifold);

}  // namespace pushforward::app
