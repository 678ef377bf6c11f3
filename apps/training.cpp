#include "apps/training.h"

#include <fmt/format.h>

#include "apps/build_coupling.h"
#include "apps/build_data.h"
#include "apps/data_traits.h"
#include "apps/options.h"
#include "autograd/inspect.h"
#include "autograd/sweep.h"
#include "flow/loss.h"

namespace pushforward::inline PF_REAL {
namespace {

Problem problem_of(const Config& config) {
  Problem problem;
  problem.data = build_data(config.section("/data").json());
  problem.source = build_source(config.section("/source").json(), problem.data->dim());
  problem.scheduler = scheduler_of(config);
  problem.noise = path_noise_of(config);
  problem.coupling = build_coupling(config.section("/coupling").json());
  problem.time = time_law_of(config);
  check_labels(config, problem.data->classes());
  problem.labelled = sees_labels(config);
  if (problem.labelled) problem.label_dropout = config.number("/loss/label_dropout");
  return problem;
}

}  // namespace

Training::Training(const Config& config, int threads)
    : seed_(static_cast<std::uint64_t>(config.integer("/seed"))),
      config_hash_(fmt::format("{:016x}", config.hash())),
      total_(config.integer("/train/steps")),
      workers_(threads),
      batch_(problem_of(config), static_cast<int>(config.integer("/train/batch")), seed_,
             workers_.threads() > 1),
      model_(config, batch_.dim(), batch_.problem().data->classes()),
      weighting_(weighting_of(config)),
      trainer_(model_.parameters, trainer_options(config), workers_),
      units_(units_of(*batch_.problem().data)),
      shares_(shares_of(*batch_.problem().data)) {}

Var Training::loss(Tape& tape, Rows rows) {
  const Mode mode{.training = true,
                  .dropout = {seed_, Purpose::dropout, static_cast<std::uint32_t>(step_)},
                  .first_row = static_cast<std::uint32_t>(rows.first)};
  const Field field = model_.predicting(
      [this, &mode](Var x, Var t, Labels labels) { return model_.network(x, t, labels, mode); });
  return prediction_loss(field, model_.meaning, weighting_,
                         batch_.chunk(tape, rows.first, rows.count), rows.count);
}

StepResult Training::step() {
  batch_.start(static_cast<std::uint32_t>(step_), workers_);
  const StepResult result =
      trainer_.step(batch_.rows(), [this](Tape& tape, Rows rows) { return loss(tape, rows); });
  ++step_;
  return result;
}

std::string Training::explain(Rows rows) {
  --step_;
  Tape tape;
  batch_.start(static_cast<std::uint32_t>(step_), workers_);
  if (rows.count == 0) rows.count = std::min(batch_.rows(), trainer_.options().chunk);
  const Var value = loss(tape, rows);
  std::vector<Var> weights, gradients;
  for (const Parameter* p : model_.parameters.list()) {
    if (const Var line = tape.parameter(p->slot)) weights.push_back(line);
  }
  gradients.resize(weights.size());
  grad(value, tape.full(value.shape(), 1), weights, gradients);
  ++step_;
  return first_nonfinite(tape).text;
}

Var Training::record(Tape& tape) {
  batch_.start(static_cast<std::uint32_t>(step_), workers_);
  return loss(tape, {0, std::min(batch_.rows(), trainer_.options().chunk)});
}

std::string Training::checkpoint(const std::string& path) const {
  return checkpoint_bytes(path, trainer_, {step_, seed_, config_hash_});
}

void Training::save_model_file(const std::string& path) const {
  Metadata metadata{{"step", std::to_string(step_)}, {"config", config_hash_}};
  write_units(units_, metadata);
  write_shares(shares_, metadata);
  const bool average = !trainer_.ema().empty();
  save_model(posix(), path, model_.parameters,
             average ? trainer_.ema() : model_.parameters.values(), metadata);
}

void Training::resume(const std::string& checkpoint) {
  step_ = load_checkpoint(posix(), checkpoint, trainer_).step;
}

void Training::roll_back(const std::string& checkpoint) {
  load_checkpoint(posix(), checkpoint, trainer_);
}

}  // namespace pushforward::inline PF_REAL
