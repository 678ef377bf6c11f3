// What `pushforward eval` measures of a flow: its samples, and rows of its source and its data.
#pragma once

#include <vector>

#include "apps/config/config.h"
#include "apps/data/data.h"
#include "apps/flows/run_flow.h"
#include "apps/report/comparison.h"
#include "apps/requests.h"
#include "autograd/tensor/workers.h"
#include "flow/solve/sampler.h"

namespace pushforward::app::inline PF_REAL {

// Step numbers of random streams that no training step uses, for drawing new rows of data. If the
// data is a finite set, the rows drawn are still training rows.
inline constexpr std::uint32_t kFreshRows = 0xfffffffe, kOtherFreshRows = 0xfffffffd;

// The inputs of all measures: the run's flow, its data distribution, and n rows of the source and n
// of the data.
struct FlowSubject {
  const Config& config;
  const EvaluateRequest& request;
  RunFlow flow;
  DistributionPtr data;  // what the run was trained on
  DistributionPtr rows;  // the data that samples are compared with: held-out rows, or `data`
  DataTraits traits;
  int n;
  Tensor x0, x1;                     // n rows of source and of data, in the units of the field
  std::vector<int> labels;           // the labels of x1
  std::vector<double> log_slopes{};  // of x1 (CodedPoints)
  Workers& workers;

  // Returns what is compared, before it is encoded for the flow if it is a table.
  DistributionPtr table() const {
    if (!traits.coded()) return rows;
    return rows == data ? traits.rows : DistributionPtr(traits.rows->held_out());
  }
  // Returns all rows of table() if it is a finite set, else null.
  const Tensor* finite() const { return table()->all(); }

  ComparisonOptions comparison() const {
    return {.seed = request.seed, .scale = request.scale, .names = flow.units.names};
  }
};

// Chooses n rows of source and data. From a finite set, takes n of its rows, each at most once,
// because measures of density would misjudge repeated rows. The same holds for held-out rows with
// noise, which are drawn in epochs. Other distributions draw new rows.
void choose_rows(FlowSubject& s);

// Draws samples (n, D), and shares them between processes, of which process 0 gets all.
SampleCost draw_shared(const FlowSubject& s, Sampler& sampler, const Distribution& from,
                       Tensor& drawn);

}  // namespace pushforward::app::inline PF_REAL
