// The flow of a run: field, source, labels and units. The field is a network or the exact field.
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

// The field is valid only while this object lives, since it points into the model.
struct RunFlow {
  std::unique_ptr<Model> model;  // null: the exact field
  Units units;
  ClassShares shares;  // of the field's classes; empty: the field takes no labels
  DistributionPtr source;
  Field field;  // the model's prediction, with guidance if requested
  Parameterization parameterization;
  FieldTimeRange field_range{};

  int dim() const { return static_cast<int>(units.dim()); }
  // Throws Failure (exit 2) if no label is given and the model was never trained without labels.
  void check_label(const Config& config, const RunRequest& request) const;
  // Returns the velocity, converted from the model's prediction.
  Field velocity() const;
  // Returns the sampler's options from config and request, including labels
  // and interruption by Ctrl-C.
  SamplerOptions options(const Config& config, const SolverRequest& request) const;
  // Returns what samples start from, divided by options.source_scale: the source, or for a flow that
  // begins inside of its path (options.starts_on_path) the law of the path there, which is drawn
  // from the run's data. Throws Failure, exit 4, that names /sampler/begin if the data is not there.
  DistributionPtr start(const Config& config, const SamplerOptions& options) const;

  // Returns the time to which the flow smooths data that has no density: its last time if it ends in
  // the rows of a finite set at t = 1, else 1.
  double smoothed_to(const SamplerOptions& options) const {
    return field_range.ends_in_points ? options.end : 1;
  }

  // What to say of samples that begin or end inside of the path, a line each.
  std::vector<std::string> notes(const SamplerOptions& options) const;

  // Convert points (N, D) from the data's units to the field's, and back. from_data throws Failure
  // (exit 4) that names `what` if the shape is not (N, D) with the dimension of this run.
  // Columns with names are matched to the data's.
  Tensor from_data(const NdArray& points, const char* what) const;
  // Float64 where float32 would round numbers in the data's units coarsely (Units::need_double).
  NdArray to_data(const Tensor& x) const;
  // The same of points at the end of the flow, which have the data's constants.
  NdArray to_data_points(const Tensor& x) const;
};

// Throws Failure (exit 4) if the run has no weights yet, and Failure (exit 2) if the exact field is
// requested but source or data is neither a mixture nor a finite set.
RunFlow load_run_flow(const Config& config, const RunRequest& request);

// Says in a line how many of `rows` rows failed, which is the first and why, "12 of 300 rows ...";
// nothing if none failed. Throws IntegrationFailure if all failed. `result` is what such a row has
// not, "ln p"; `x` are the points in the units of the field.
std::vector<std::string> failure_notes(const RowFailures& failures, const Tensor& x,
                                       const char* result);

// Prints what describe_columns (apps/from_config/data_columns.h) says, a warning a line, to stderr.
// The report of a table of text (apps/report/files_read.h) has named its constant columns already.
void print_columns(const Config& config, const Distribution& data, const Units& units);

// Makes an array with the dtype of this precision.
NdArray as_array(std::vector<std::size_t> shape, std::span<const real> values);

}  // namespace pushforward::app::inline PF_REAL
