#include "apps/from_config/token_metric.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "apps/failure.h"

namespace pushforward::app {

std::shared_ptr<const TokenMetric> make_token_metric(const Section& path, int vocabulary) {
  const Section distance = path.section("distance");
  const double c = path.number("c"), a = path.number("a");
  if (distance.type() != "table") {
    const auto by = distance.type() == "squared" ? TokenMetric::Distance::squared
                                                 : TokenMetric::Distance::absolute;
    return std::make_shared<const TokenMetric>(by, vocabulary, c, a);
  }
  std::vector<double> table;
  const std::vector<std::vector<double>> rows = distance.matrix("rows");
  for (const std::vector<double>& row : rows) table.insert(table.end(), row.begin(), row.end());
  if (rows.size() != static_cast<std::size_t>(vocabulary))
    throw Failure(Exit::usage,
                  fmt::format("[path] /path/distance has distances of {} tokens, but the data has "
                              "{}; give a row of {} numbers for each token",
                              rows.size(), vocabulary, vocabulary));
  return std::make_shared<const TokenMetric>(std::move(table), c, a);
}

}  // namespace pushforward::app
