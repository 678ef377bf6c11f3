// Answers two questions of the page about pairs of a source point and a data point. `posterior`
// returns the data points to which a point x at time t can be going, with their probabilities.
// `pairs` returns the pairs of a batch.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "apps/engine/flow_pairs.h"
#include "apps/failure.h"
#include "apps/from_config/data.h"
#include "apps/from_config/path.h"
#include "apps/page/crossings.h"
#include "apps/page/live_run.h"
#include "autograd/tensor/check.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// kDataRows rows represent the data if its distribution has a density. An answer has at most
// kMostPoints points.
constexpr int kDataRows = 4000;
constexpr std::size_t kMostPoints = 2000;

// Returns rows of the data as a mixture of points of equal weight, in the flow's units.
Mixture points_of(const Distribution& data) {
  const Tensor* all = data.all();
  const Tensor rows =
      all && all->rows() <= kDataRows ? *all : draw_rows(data, {2, Purpose::data, 0}, kDataRows);
  Mixture points{data.dim()};
  points.means.assign(rows.values().begin(), rows.values().end());
  points.weights.assign(static_cast<std::size_t>(rows.rows()), 1. / rows.rows());
  points.stds.assign(static_cast<std::size_t>(rows.rows()), 0);
  return points;
}

}  // namespace

PageMessage LiveRun::posterior(const Json& question) {
  if (!posterior_) {
    const DistributionPtr source = build_run_source(config_, data_->dim());
    const std::optional<Mixture> mixture = source->mixture();
    if (!mixture)
      throw Failure(
          Exit::usage,
          "[page] where a point can be going is known for a source that is a mixture or a "
          "finite set; choose the Gaussian source");
    posterior_ = std::make_unique<Oracle>(*mixture, points_of(*data_));
  }
  std::vector<double> x = question.at("x").get<std::vector<double>>();
  detail::check(x.size() == units_.dim(), "page", "\"x\" has ", x.size(),
                " numbers, but a point has ", units_.dim());
  units_.from_data(x);
  const double t = std::clamp(question.at("t").get<double>(), 0., 0.99);
  const Coefficients c = make_scheduler(config_)(t);
  const std::vector<double> of_pairs = posterior_->posterior(c, x);
  std::vector<double> velocity = posterior_->velocity(c, x);
  units_.velocity_to_data(velocity);

  const int sources = posterior_->source().components(), rows = posterior_->data().components();
  std::vector<double> weights(static_cast<std::size_t>(rows));
  for (std::size_t p = 0; p < of_pairs.size(); ++p)
    weights[p / static_cast<std::size_t>(sources)] += of_pairs[p];
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return weights[a] != weights[b] ? weights[a] > weights[b] : a < b;
  });
  order.resize(std::min(order.size(), kMostPoints));
  std::vector<double> points, of_points;
  for (const std::size_t k : order) {
    const double* mean = posterior_->data().mean(static_cast<int>(k));
    points.insert(points.end(), mean, mean + units_.dim());
    of_points.push_back(weights[k]);
  }
  units_.to_data(points);
  PageMessage message("posterior");
  message.head["t"] = t;
  message.head["rows"] = rows;
  message.head["finite"] = data_->all() != nullptr;
  message.head["independent"] = config_.string("/coupling/type") == "independent";
  message.add("points", {order.size(), units_.dim()}, points);
  message.add("weights", {order.size()}, of_points);
  message.add("velocity", {units_.dim()}, velocity);
  return message;
}

PageMessage LiveRun::pairs(const Json& question) {
  PairRequest request;
  request.threads = 1;
  request.seed = static_cast<std::uint64_t>(question.value("seed", std::int64_t{0}));
  request.n = question.at("n").get<int>();
  std::vector<std::string> overrides;
  if (question.contains("coupling"))
    overrides.push_back("coupling=" + question.at("coupling").dump());
  const Config config =
      overrides.empty() ? config_ : parse_config(config_.dump(), "config", overrides);
  const BatchPairs pairs = draw_batch_pairs(config, request);
  PageMessage message("pairs");
  message.head["coupling"] = config.string("/coupling/type");
  if (units_.dim() == 2)
    message.head["crossings"] = count_crossings(pairs.x0.values, pairs.x1.values);
  message.add("x0", pairs.x0.shape, pairs.x0.values);
  message.add("x1", pairs.x1.shape, pairs.x1.values);
  return message;
}

}  // namespace pushforward::app::inline PF_REAL
