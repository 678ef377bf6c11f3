#include "apps/engine/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "apps/engine/flow_training.h"
#include "apps/engine/token_training.h"
#include "apps/from_config/options.h"
#include "apps/terminal/interrupt.h"
#include "autograd/inspect/listing.h"
#include "autograd/sweep.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app::inline PF_REAL {

Training::Training(const Config& config, int threads)
    : seed_(static_cast<std::uint64_t>(config.integer("/seed"))),
      config_hash_(fmt::format("{:016x}", config.hash())),
      total_(config.integer("/train/steps")),
      workers_(threads) {}

void Training::train(Parameters& parameters, const Config& config) {
  TrainerOptions options = trainer_options(config);
  options.interrupted = &Interrupt::requested;
  trainer_.emplace(parameters, options, workers_);
}

Var Training::loss(Tape& tape, RowRange rows) {
  const NetworkMode mode{.training = true,
                         .dropout = {seed_, Purpose::dropout, static_cast<std::uint32_t>(step_)},
                         .first_row = static_cast<std::uint32_t>(rows.first)};
  return loss(tape, rows, mode);
}

RowRange Training::first_chunk() const { return {0, std::min(batch(), trainer_->options().chunk)}; }

void Training::reserve() {
  start(static_cast<std::uint32_t>(step_));
  trainer_->reserve(batch(), [this](Tape& tape, RowRange rows) { return loss(tape, rows); });
}

StepResult Training::step() {
  start(static_cast<std::uint32_t>(step_));
  const StepResult result =
      trainer_->step(batch(), [this](Tape& tape, RowRange rows) { return loss(tape, rows); });
  ++step_;
  return result;
}

std::string Training::explain(RowRange rows) {
  --step_;
  Tape tape;
  start(static_cast<std::uint32_t>(step_));
  if (rows.count == 0) rows = first_chunk();
  const Var value = loss(tape, rows);
  std::vector<Var> weights, gradients;
  for (const Parameter* p : parameters().list()) {
    if (const Var line = tape.parameter(p->slot)) weights.push_back(line);
  }
  gradients.resize(weights.size());
  grad(value, tape.full(value.shape(), 1), weights, gradients);
  ++step_;
  return first_nonfinite(tape).text;
}

Var Training::record(Tape& tape) {
  start(static_cast<std::uint32_t>(step_));
  return loss(tape, first_chunk());
}

std::string Training::checkpoint(const std::string& path) const {
  return checkpoint_bytes(path, *trainer_, {step_, seed_, config_hash_});
}

void Training::save_model_file(const std::string& path) const {
  Metadata metadata{{"step", std::to_string(step_)}, {"config", config_hash_}};
  describe(metadata);
  const bool average = !trainer_->ema().empty();
  save_model(posix(), path, parameters(), average ? trainer_->ema() : parameters().values(),
             metadata);
}

void Training::resume(const std::string& checkpoint) {
  step_ = load_checkpoint(posix(), checkpoint, *trainer_).step;
}

void Training::roll_back(const std::string& checkpoint) {
  load_checkpoint(posix(), checkpoint, *trainer_);
}

std::unique_ptr<Training> make_training(const Config& config, int threads) {
  if (of_tokens(config)) return std::make_unique<TokenTraining>(config, threads);
  return std::make_unique<FlowTraining>(config, threads);
}

}  // namespace pushforward::app::inline PF_REAL
