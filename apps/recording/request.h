// The request of `pushforward report`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/requests.h"

namespace pushforward::app {

// The options of `pushforward report`, which writes a page about a run.
struct ReportRequest : SolverRequest {
  std::string out;                     // the HTML file; empty: RUN/report.html
  std::optional<int> n;                // number of samples; empty: as many as the page shows easily
  std::vector<std::string> arguments;  // the whole command line
};

}  // namespace pushforward::app
