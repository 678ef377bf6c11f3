// The flow of a run as the verbs use it: its field, source, labels
// and units, whether a network gives it or the exact answer.
#pragma once

#include <memory>

#include "apps/engine/engine.h"
#include "apps/engine/trained_run.h"
#include "apps/from_config/sampler_choice.h"
#include "apps/run/labels.h"
#include "autograd/tensor/workers.h"
#include "flow/distributions/distribution.h"
#include "flow/solve/sampler.h"

namespace pushforward::app::inline PF_REAL {

// Stays valid as long as it lives: the field points into its model.
struct RunFlow {
  std::unique_ptr<Model> model;  // null: the exact field
  Units units;
  ClassShares shares;  // of the classes that the field sees; empty: it sees none
  DistributionPtr source;
  Field field;  // the model's own prediction, guided as asked
  Parameterization parameterization;
  FieldTimeRange field_range{};

  int dim() const { return static_cast<int>(units.dim()); }
  // Failure (exit 2) where points of no class are asked about and the model never trained without.
  void check_label(const Config& config, const RunRequest& request) const;
  // The velocity, whatever the model predicts.
  Field velocity() const;
  // Sampling as config and request say, labels and Ctrl-C included.
  SamplerOptions options(const Config& config, const SolverRequest& request) const;

  // Points (N, D) in the data's units as the field's, and back. Failure (exit 4) naming `what` when
  // the shape is no (N, D) of this run.
  Tensor from_data(const NdArray& points, const char* what) const;
  NdArray to_data(const Tensor& x) const;
};

// Failure (exit 4) when the run has no weights yet, (exit 2) when the exact field is asked for and
// the run's source or data are no mixtures or finite sets.
RunFlow load_run_flow(const Config& config, const RunRequest& request);

// An array of this precision.
NdArray as_array(std::vector<std::size_t> shape, std::span<const real> values);

}  // namespace pushforward::app::inline PF_REAL
