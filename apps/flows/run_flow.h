// The flow of a trained run: field, source, labels and units. The field is a network or the exact
// field.
#pragma once

#include <functional>
#include <memory>

#include "apps/flows/answers.h"
#include "apps/flows/far_rows.h"
#include "apps/flows/trained_run.h"
#include "apps/from_config/sampler_choice.h"
#include "apps/run/labels.h"
#include "autograd/tensor/workers.h"
#include "flow/conditions.h"
#include "flow/distributions/distribution.h"
#include "flow/maps/flow_map.h"
#include "flow/solve/sampler.h"

namespace pushforward::app::inline PF_REAL {

// Points in the units of a flow that encode rows of a table. For each, `log_slopes` has ln of the
// factor by which the encoding, without the scaling to the units of the flow, enlarges volumes of
// the table.
struct CodedPoints {
  Tensor x;
  std::vector<double> log_slopes;
  FarRows far{};  // those of the points that are far outside of the data
};

// The conditions that the field of a run is given: their encoding, null if the field takes none,
// and the table of the rows' conditions, null if no row has conditions.
struct GivenConditions {
  ConditionCodePtr code;
  ConditionTablePtr rows;
};

// The flow of a trained run. The field points into `model`, so it is valid only while this object
// exists.
struct RunFlow {
  std::unique_ptr<Model> model;  // null if the field is the exact one
  Units units;
  ClassShares shares;                  // shares of the classes; empty if the field takes no labels
  std::vector<std::string> classes{};  // the names of the classes; empty: numbers
  std::optional<int> label{};          // the requested class
  TableCodePtr
      code{};  // the code of a table with typed columns; null: points are the flow's numbers
  GivenConditions given{};
  ManifoldCodePtr manifold{};  // the manifold of the points; null: flat space
  int rows_each = 1;           // row k has the conditions number k / rows_each
  DistributionPtr source;
  Field field;    // the model's prediction, with guidance if requested
  Field noise{};  // E[z | xt] of a bridge; null if the run learns no score
  FlowMap map{};  // the network's jumps; null if it has none on the path that samples follow
  Parameterization parameterization;
  FieldTimeRange field_range{};

  int dim() const { return static_cast<int>(units.dim()); }
  // Returns whether points are rows of a table that are encoded for the flow.
  bool coded() const { return code && !code->plain(); }
  // Throws Failure (exit 2) "[what] ..." if the points of the run are encoded rows of a table, for
  // which the operation `what` has no meaning. `why` says what the operation needs.
  void check_uncoded(const char* what, const char* why) const;
  // Throws Failure (exit 2) "[what] ..." if points are on a manifold, where `what` is not known. `why`
  // says what it would need.
  void check_flat(const char* what, const char* why) const;
  // Throws Failure (exit 2) if no label is requested, or no conditions, but the model was never
  // trained without.
  void check_label(const Config& config, const RunRequest& request) const;
  // Returns the function RowRequest::label_of for points that are not samples. It maps a row to the
  // requested class or to the row's conditions, and is empty if the field is given neither.
  std::function<int(int row)> label_of_points() const;
  // Returns the velocity field, converted from the model's prediction (velocity, data, noise or
  // score).
  Field velocity() const;
  // Returns the field for a Sampler with these options: the model's prediction, or for
  // SamplingMethod::jumps the jumps along the options' times, and for bridge_sde the drift along them.
  // Throws Failure (exit 2) if jumps or a score are requested of a field that has none.
  Field sampled(const SamplerOptions& options) const;
  // Returns the sampler's options, made from config and request. They include the labels of samples
  // and the interruption by Ctrl-C.
  SamplerOptions options(const Config& config, const SolverRequest& request) const;
  // Returns the distribution of the points from which samples start, each divided by
  // options.source_scale, with which the sampler multiplies it. The points are those of the source.
  // But if the flow begins after t = 0 (options.starts_on_path), they are points xt of the path at
  // that time, for which rows of the run's data are drawn. Throws a Failure (exit 4) that names the
  // config key /sampler/begin if the data is missing.
  DistributionPtr start(const Config& config, const SamplerOptions& options) const;

  // Returns the time to which the flow smooths data that has no density: its last time if it ends in
  // the rows of a finite set at t = 1, else 1.
  double smoothed_to(const SamplerOptions& options) const {
    return field_range.ends_in_points ? options.end : 1;
  }

  // Returns notes about samples that begin after t = 0 or end before t = 1, one line each.
  std::vector<std::string> notes(const SamplerOptions& options) const;

  // from_data converts points (N, D) from the data's units to the field's units; to_data converts
  // them back. Columns with names are matched to the data's columns. from_data throws Failure (exit
  // 4) that names `what` if the shape is not (N, D) with the dimension of this run.
  Tensor from_data(const NdArray& points, const char* what) const;
  // Returns the names of the table's columns, or nothing if they have none.
  std::vector<std::string> column_names() const;
  // Throws Failure (exit 4) that names `what` unless points of this shape have the columns of this
  // run's data.
  void check_columns(const NdArray& points, const char* what) const;
  // Encodes rows of a table, the first of which is row `first` of its file, with the noise of `stream`. Points of other runs are converted as
  // from_data does, and have no noise.
  CodedPoints encode(const NdArray& points, const char* what, Stream stream,
                     std::size_t first = 0) const;
  // Returns the stream of the noise with which given rows are encoded.
  static Stream noise_of(std::uint64_t seed) { return {seed, Purpose::noise, 0xfffffffb}; }
  // Converts as described above. The result is float64 if float32 would round numbers in the data's
  // units coarsely (Units::need_double).
  NdArray to_data(const Tensor& x) const;
  // Converts points (N, D) or (count, N, D) at the end of the flow as to_data does, and decodes rows
  // of a table. Columns that are constant in the data get the data's value.
  NdArray to_data_points(const Tensor& x) const;
};

// Loads the flow of the run that the request names. Throws Failure (exit 4) if the run has no
// weights yet, and Failure (exit 2) if the exact field is requested but source or data is neither a
// mixture nor a finite set, or it is too large.
RunFlow load_run_flow(const Config& config, const RunRequest& request);

// Returns why the exact field of a source and data is not computed: it needs more than 1 GiB in each
// thread. For each pair of their components, it has about 2 D + 8 numbers, or 8 if D > 4, and this for
// each of the rows that are computed together. Returns "" if it needs less, or if there is none.
std::string exact_field_too_large(const Distribution& source, const Distribution& data);

// Returns the flow of a network that a training still changes. It is valid while `model` exists.
RunFlow flow_of_network(const Config& config, const Model& model, Units units, ClassShares shares,
                        DistributionPtr source, GivenConditions given = {},
                        ManifoldCodePtr manifold = nullptr);

// Returns a note that says how many of the rows of `x` failed, which is the first of them, and why
// it failed: "12 of 300 rows ...". Returns nothing if no row failed. Throws IntegrationFailure if
// all failed. `result` names what a failed row lacks, such as "ln p"; `x` are the points in the
// units of the field.
std::vector<std::string> failure_notes(const RowFailures& failures, const Tensor& x,
                                       const char* result);
// Does the same for `rows` rows of which only the first that failed, `row`, is kept.
std::vector<std::string> failure_notes(const RowFailures& failures, int rows,
                                       std::span<const real> row, const char* result);

// Prints the warnings of describe_columns (apps/data/columns.h) to stderr, one on each
// line. Leaves out the names of constant columns of a table of text if the report of the file
// (apps/report/files_read.h) has given them.
void print_columns(const Config& config, const Distribution& data, const Units& units);

// Makes an array with the dtype of this precision.
NdArray as_array(std::vector<std::size_t> shape, std::span<const real> values);

}  // namespace pushforward::app::inline PF_REAL
