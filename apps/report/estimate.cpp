#include "apps/report/estimate.h"

#include <fmt/format.h>

#include <cmath>

#include "apps/report/measured.h"

namespace pushforward::app {

std::string estimate_text(const EstimateWords& words) {
  if (words.by.empty()) return "";
  const std::string how = words.by == "bound"
                              ? fmt::format("an estimate at {} random time{} a row", words.draws,
                                            words.draws == 1 ? "" : "s")
                              : fmt::format("Hutchinson's estimate by {} {} probe{} a row",
                                            words.draws, words.by, words.draws == 1 ? "" : "s");
  if (std::isnan(words.row)) return how + ", whose standard error is not known";
  return how + fmt::format(": standard error {:.2g} nats of a row, {:.2g} of the mean", words.row,
                           words.mean);
}

void add_estimate(const EstimateWords& words, Json& object) {
  object["estimate"] = !words.by.empty();
  if (words.by != "bound") object["divergence"] = words.by.empty() ? "exact" : words.by;
  if (words.by.empty()) return;
  object[words.by == "bound" ? "times" : "probes"] = words.draws;
  object["row_error"] = measured(words.row);
  object["mean_error"] = measured(words.mean);
}

}  // namespace pushforward::app
