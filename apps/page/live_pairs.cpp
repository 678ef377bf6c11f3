// Answers the page's questions about pairs of a source point and a data point: the pairs of a batch,
// and the path between the points of a pair.
#include <utility>

#include "apps/flows/flow_pairs.h"
#include "apps/page/crossings.h"
#include "apps/page/live_run.h"
#include "apps/page/path_message.h"

namespace pushforward::app::inline PF_REAL {

PageMessage LiveRun::path(const Json&) { return path_message(config_, *data_); }

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
