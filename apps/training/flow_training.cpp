#include "apps/training/flow_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "apps/data/data.h"
#include "apps/data/scale.h"
#include "apps/failure.h"
#include "apps/flows/flow_density.h"
#include "apps/from_config/coupling.h"
#include "apps/from_config/hints.h"
#include "apps/from_config/path.h"
#include "apps/run/data_traits.h"
#include "flow/train/loss.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// The rows of `data` begin with the one number `first_row` of those that have conditions.
Problem make_problem(const Config& config, DistributionPtr data, DistributionPtr source,
                     const DataTraits& traits, int first_row = 0) {
  const RowConditions& given = traits.given;
  Problem problem;
  problem.data = std::move(data);
  problem.source = source ? std::move(source)
                          : build_training_source(config, problem.data->dim(), traits.manifold);
  if (traits.manifold) problem.manifold = traits.manifold->shared();
  problem.scheduler = make_scheduler(config);
  problem.noise = make_path_noise(config);
  problem.coupling = build_coupling(config.section("/coupling").json(), problem.manifold.get());
  problem.time = make_time_distribution(config);
  check_labels(config, problem.data->classes());
  problem.numbered = given.code != nullptr;
  problem.first_row = first_row;
  problem.labelled = sees_labels(config) || problem.numbered;
  if (config.json().at("coupling").value("condition_weight", 0.) > 0)
    problem.conditions = condition_table(given);
  if (problem.labelled) problem.label_dropout = config.number("/loss/label_dropout");
  return problem;
}

Problem with_interruption(Problem problem, std::function<bool()> interrupted) {
  problem.interrupted = std::move(interrupted);
  return problem;
}

// Returns the problem of the held-out rows, whose labels are never dropped.
Problem make_validation_problem(const Config& config, const Problem& training,
                                DistributionPtr held_out, const DataTraits& traits) {
  DistributionPtr source = training.source;
  if (training.coupling.paired) source = training.source->held_out();
  Problem problem =
      make_problem(config, std::move(held_out), std::move(source), traits, traits.given.trained);
  problem.label_dropout = 0;
  problem.interrupted = training.interrupted;
  return problem;
}

// Returns traits that ask for the rows with missing cells.
DataTraits filling_traits() {
  DataTraits traits;
  traits.fill_missing = true;
  return traits;
}

}  // namespace

FlowTraining::FlowTraining(const Config& config, int threads)
    : FlowTraining(config, threads, nullptr, nullptr, filling_traits()) {}

FlowTraining::FlowTraining(const Config& config, int threads, DistributionPtr data,
                           DistributionPtr source, DataTraits traits)
    : Training(config, threads),
      config_(config),
      traits_(std::move(traits)),
      batch_(with_interruption(
                 make_problem(config, data ? std::move(data) : build_run_data(config, &traits_),
                              std::move(source), traits_),
                 [this] { return interrupted(); }),
             static_cast<int>(config.integer("/train/batch")), seed(), workers().threads() > 1),
      conditions_(condition_table(traits_.given)),
      model_(config, batch_.dim(), batch_.problem().data->classes(),
             measure_spread(*batch_.problem().data, batch_.problem().manifold.get()),
             conditions_ ? conditions_->columns() : 0, batch_.problem().manifold),
      weighting_(make_weighting(config)),
      map_(make_map_settings(config)),
      units_(make_units(*batch_.problem().data)),
      shares_(count_class_shares(*batch_.problem().data)) {
  print_columns(config, *batch_.problem().data, units_);
  if (!traits_.manifold) add_range(*batch_.problem().data, units_);
  if (model_.has_score()) score_weight_ = config.number("/loss/score_weight");
  train(model_.parameters, config);
  if (map_ && map_->averaged_teacher)
    teacher_ =
        std::make_unique<Model>(config, batch_.dim(), batch_.problem().data->classes(), 1, 0,
                                model_.manifold, static_cast<int>(model_.parameters.list().size()));
  if (const DistributionPtr held_out = batch_.problem().data->held_out()) {
    held_out_rows_ = held_out->row_count();
    validation_batch_.emplace(make_validation_problem(config, batch_.problem(), held_out, traits_),
                              batch_.rows(), validation_seed(), /*ahead=*/false);
  }
  if (!traits_.manifold) warnings_ = scale_warnings(config, *batch_.problem().data);
  if (!traits_.incomplete.rows) return;
  std::vector<int> labels;
  const std::span<const int> classes = traits_.incomplete.rows->all_labels();
  if (conditions_) {
    labels.resize(traits_.incomplete.known.shape[0]);
    std::iota(labels.begin(), labels.end(), 0);
  } else if (batch_.problem().labelled) {
    labels.assign(classes.begin(), classes.end());
  }
  fill_.emplace(config, traits_.incomplete, traits_.code, std::move(labels));
}

void FlowTraining::fill_missing(std::uint32_t step) {
  if (!fill_ || !fill_->due(step) || step >= total_steps()) return;
  try {
    with_current_weights([&] { fill_->fill(current_flow(), step, seed(), workers()); });
  } catch (const SamplingInterrupted&) {
    throw TrainingInterrupted();
  }
}

void FlowTraining::write_state(Metadata& notes) const {
  if (fill_) notes["missing.cells"] = fill_->state();
}

void FlowTraining::read_state(const Metadata& notes, const std::string& file) {
  if (!fill_) return;
  const auto cells = notes.find("missing.cells");
  fill_->restore(cells == notes.end() ? "" : cells->second, file);
}

// Transport within a large batch may take long.
void FlowTraining::start_batch(Batch& batch, std::uint32_t number) {
  try {
    batch.start(number, workers());
  } catch (const SamplingInterrupted&) {
    throw TrainingInterrupted();
  }
}

// A path with noise has no flow map, so the stream of its noise is free for the pairs of times.
void FlowTraining::start(std::uint32_t step) {
  fill_missing(step);
  start_batch(batch_, step);
  if (!map_) return;
  const double progress = static_cast<double>(step) / static_cast<double>(total_steps());
  map_step_ = {map_->loss_after(std::min(progress, 1.)), {seed(), Purpose::path_noise, step}};
  average_teacher();
}

void FlowTraining::average_teacher() {
  if (teacher_) teacher_->parameters.use(current_weights());
}

// The loss of held-out rows is computed without weights and, for the loss alpha_flow, with the a of
// the end of training, so that the losses of all validations can be compared.
void FlowTraining::start_validation(std::uint32_t number) {
  start_batch(*validation_batch_, number);
  if (!map_) return;
  map_validation_ = {map_->loss_after(1), {validation_seed(), Purpose::path_noise, number}};
  map_validation_.loss.weight_power = 0;
  average_teacher();
}

Var FlowTraining::loss(Batch& batch, const MapStep& step, Tape& tape, RowRange rows,
                       const NetworkMode& mode) {
  if (map_) {
    const FlowMap map = model_.mapping([this, &mode](Var x, Var s, Var t, Labels labels) {
      return model_.network(x, s, t, labels, mode);
    });
    const FlowMap teacher = teacher_ ? teacher_->map() : FlowMap();
    const PathSample sample = batch.chunk(tape, rows.first, rows.count);
    return map_loss(
        map, step.loss,
        divide(sample, batch.problem().scheduler, map_->diagonal, map_->times, step.times,
               rows.first, step.loss.end_velocity, batch.problem().manifold.get()),
        teacher ? &teacher : nullptr);
  }
  if (model_.has_score()) {
    const Field both = [this, &mode](Var x, Var t, Labels labels) {
      return model_.network(x, t, labels, mode);
    };
    return score_and_flow_loss(both, batch.chunk(tape, rows.first, rows.count), score_weight_);
  }
  const Field field = model_.predicting([this, &mode](Var x, Var t, Labels labels) {
    if (!conditions_) return model_.network(x, t, labels, mode);
    return model_.network(x, t, {}, conditions_->inputs(*x.tape, x.shape()[0], labels), mode);
  });
  return prediction_loss(field, model_.parameterization, weighting_,
                         batch.chunk(tape, rows.first, rows.count));
}

std::vector<int> FlowTraining::held_out_numbers() const {
  const Holdout holdout = holdout_of(config_);
  if (held_out_rows_ == 0 || holdout.choice.is_string()) return {};
  const int rows = traits_.all_rows.value_or(batch_.problem().data->row_count() + held_out_rows_);
  return app::held_out_rows(holdout, rows, "the data");
}

std::vector<std::string> FlowTraining::hints() const {
  if (traits_.manifold) {
    const auto hint = repeated_rows(*batch_.problem().data);
    return hint ? std::vector<std::string>{*hint} : std::vector<std::string>{};
  }
  constexpr int kRows = 4096;
  const Distribution& data = *batch_.problem().data;
  const Tensor x = draw_rows(data, {seed(), Purpose::data, 0xfffffffc}, kRows);
  double square = 0, variance = 0;
  for (int j = 0; j < x.cols(); ++j) {
    double mean = 0, of_column = 0;
    for (int k = 0; k < kRows; ++k) mean += static_cast<double>(x(k, j)) / kRows;
    for (int k = 0; k < kRows; ++k) of_column += std::pow(static_cast<double>(x(k, j)), 2) / kRows;
    square += of_column / x.cols();
    variance += (of_column - mean * mean) / x.cols();
  }
  std::vector<std::string> hints =
      training_hints(config_, {std::sqrt(square), std::sqrt(std::max(0., variance))});
  if (const auto hint = repeated_rows(data)) hints.push_back(*hint);
  return hints;
}

// Samples start from any point of the source, also where x0 of a training's pairs is a finite set.
RunFlow FlowTraining::current_flow() const {
  const DistributionPtr& trained = batch_.problem().source;
  const bool pairs = config_.string("/data/type") == "pairs";
  return flow_of_network(
      config_, model_, units_, shares_,
      pairs ? build_run_source(config_, batch_.dim(), traits_.manifold) : trained,
      {traits_.given.code, conditions_}, traits_.manifold);
}

double FlowTraining::validation_nll() {
  // The largest number of rows. Each row takes about a hundred evaluations of the field and its
  // divergence, so more rows would take too long.
  constexpr int kMost = 256;
  const DistributionPtr held_out = batch_.problem().data->held_out();
  std::vector<int> labels;
  const Stream stream{validation_seed(), Purpose::data, 0};
  const Tensor x = draw_rows(*held_out, stream, std::min(kMost, held_out_rows_), &labels);
  for (std::size_t k = 0; conditions_ && k < labels.size(); ++k)
    labels[k] = traits_.given.trained + held_out->index(stream, static_cast<std::uint32_t>(k));
  const RunFlow flow = current_flow();
  SolverRequest request;
  request.seed = seed();
  SamplerOptions options = flow.options(config_, request);
  if (options.method != SamplingMethod::ode) {
    request.solver = "dopri5";
    options = flow.options(config_, request);
  }
  if (options.label_of)
    options.label_of = [&labels](int k) {
      return labels[std::min(static_cast<std::size_t>(k), labels.size() - 1)];
    };
  std::vector<double> log_p(static_cast<std::size_t>(x.rows()));
  try {
    make_likelihood(config_, flow, options, request, {}, workers())
        .log_density(x.rows(), x.data(), log_p.data());
  } catch (const SamplingInterrupted&) {
    throw TrainingInterrupted();
  }
  double sum = 0;
  for (const double one : per_data_volume(flow.units, std::move(log_p)).values) sum -= one;
  return sum / x.rows();
}

void FlowTraining::check_likelihood() {
  if (held_out_rows_ == 0 || config_.integer("/train/nll_every") == 0) return;
  if (traits_.coded())
    throw Failure(Exit::usage,
                  "[train] /train/nll_every measures a density of numbers, but the columns of this "
                  "table are encoded for the flow; leave it out, and give the rows to `pushforward "
                  "loglik` after training");
  check_all_times(config_, "train", "the likelihood of /train/nll_every");
  const RunFlow flow = current_flow();
  if (config_.number("/sampler/begin") == 0 && flow.source->log_density(0, nullptr, nullptr))
    return;
  throw Failure(Exit::usage,
                "[train] /train/nll_every asks for the likelihood of the held-out rows, which is "
                "unknown: the source has no density, or /sampler/begin is above 0; leave it out");
}

void FlowTraining::check_first_batch() {
  check_likelihood();
  const auto& replaced = batch_.problem().coupling.replaced;
  if (!replaced) return;
  Batch first(batch_.problem(), batch_.rows(), seed(), false);
  first.start(0, workers());
  if (replaced->exchange(0) == 0) return;
  const bool bridge = config_.string("/coupling/type") == "schroedinger_bridge";
  if (config_.string("/coupling/type") == "unbalanced")
    throw Failure(
        Exit::usage,
        fmt::format("[train] the iterations do not find the unbalanced plan of the first batch: "
                    "/coupling/reg {:.4g} is small beside the mass_cost {:.4g}; raise reg or "
                    "/coupling/iterations, or lower mass_cost",
                    config_.number("/coupling/reg"), config_.number("/coupling/mass_cost")));
  throw Failure(
      Exit::usage,
      bridge ? fmt::format("[train] Sinkhorn's iterations do not find the plan of the first batch: "
                           "/coupling/sigma {:.4g} is small for rows so far apart; set "
                           "/coupling/method to \"exact\", which is the limit of small sigma, or "
                           "raise sigma",
                           config_.number("/coupling/sigma"))
             : fmt::format("[train] Sinkhorn's iterations do not find the plan of the first batch: "
                           "/coupling/reg {:.4g} is small for rows so far apart; set /coupling to "
                           "{{\"type\": \"ot\"}}, which is the limit of small reg, or raise reg or "
                           "/coupling/iterations",
                           config_.number("/coupling/reg")));
}

std::int64_t FlowTraining::replaced_batches() const {
  const auto& replaced = batch_.problem().coupling.replaced;
  return replaced ? replaced->load() : 0;
}

std::string FlowTraining::replacement() const {
  if (config_.string("/coupling/type") == "unbalanced")
    return "the iterations did not find the unbalanced plan of a batch, so it has the plan of the "
           "last one; raise /coupling/reg or iterations, or lower mass_cost";
  return "Sinkhorn's iterations did not find the entropic plan of a batch, so it has the exact plan "
         "instead, which is the limit of little entropy; raise /coupling/sigma or reg, or choose "
         "exact transport";
}

void FlowTraining::describe(Metadata& metadata) const {
  write_units(units_, metadata);
  write_shares(shares_, metadata);
  write_table_code(traits_.code, traits_.classes, metadata);
  write_condition_code(traits_.given.code, metadata);
  write_manifold_code(traits_.manifold, metadata);
}

}  // namespace pushforward::app::inline PF_REAL
