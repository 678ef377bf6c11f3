// Records a run as messages of the page (apps/page/message.h), for `pushforward report`.
//
// The messages "opened", "trained", "flow", "field", "density", "pairs", "solver", "jumps", "path",
// "tape" and "line" are those of a live training (apps/page/session.h). A recording has four more:
//
//   run     what the report says in words: name, kind of data, config, environment, commands, and
//           which panels it lacks and why
//   tokens  for a run of tokens, in place of "flow": its states at each time, and rows of the data
//   table   for a table with encoded columns, in place of "flow" (apps/recording/table.h)
//   weights the run's model file, with which the live page trains on (apps/recording/weights.h)
#pragma once

#include <vector>

#include "apps/config/config.h"
#include "apps/page/message.h"
#include "apps/recording/request.h"

namespace pushforward::app {

// Computes all messages of a run's report. `config` has the present paths of the run's data files.
// Throws Failure if samples cannot be drawn. Other parts that the run lacks are left out; the
// message "run" says why.
std::vector<PageMessage> record_run(const Config& config, const ReportRequest& request);

}  // namespace pushforward::app
