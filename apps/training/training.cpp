#include "apps/training/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "apps/data/pairs.h"
#include "apps/flows/flow_pairs.h"
#include "apps/from_config/options.h"
#include "apps/terminal/interrupt.h"
#include "apps/training/flow_training.h"
#include "apps/training/token_training.h"
#include "autograd/inspect/listing.h"
#include "autograd/sweep.h"
#include "nn/checkpoint/file.h"
#include "nn/checkpoint/widened.h"

namespace pushforward::app::inline PF_REAL {

Training::Training(const Config& config, int threads)
    : seed_(static_cast<std::uint64_t>(config.integer("/seed"))),
      config_hash_(fmt::format("{:016x}", config.hash())),
      total_(config.integer("/train/steps")),
      workers_(threads),
      keeps_best_(config.string("/train/model") == "best") {}

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

bool Training::interrupted() const { return !shared_ && Interrupt::requested(); }

int Training::share_steps(Ranks& ranks) {
  shared_ = true;
  trainer_->share_steps(ranks);
  return std::min(Chunks{batch(), trainer_->options().chunk}.count(), GradientBins::kMost);
}

void Training::broadcast_state(Ranks& ranks) {
  const auto share = [&](auto numbers) { ranks.broadcast(0, std::as_writable_bytes(numbers)); };
  Optimizer& optimizer = trainer_->optimizer();
  std::int64_t counts[] = {step_, optimizer.updates()};
  share(std::span(counts));
  step_ = counts[0];
  optimizer.set_updates(counts[1]);
  share(trainer_->parameters().values());
  share(trainer_->ema());
  for (int k = 0; k < optimizer.state_count(); ++k) share(optimizer.state(k));
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

int Training::validation_rows() const {
  // The least and the largest number of rows of a validation. The mean loss of about a thousand
  // rows varies little, and more than a few thousand rows would take as long as many training
  // steps.
  constexpr int kFewest = 1024, kMost = 4096;
  const int rows = held_out_rows();
  if (rows == 0) return 0;
  return rows >= kFewest ? std::min(rows, kMost) : rows * ((kFewest + rows - 1) / rows);
}

std::span<const real> Training::current_weights() const {
  return trainer_->ema().empty() ? parameters().values() : trainer_->ema();
}

void Training::with_current_weights(const std::function<void()>& act) {
  std::optional<UseValues> average;
  if (!trainer_->ema().empty()) average.emplace(trainer_->parameters(), trainer_->ema());
  act();
}

std::optional<double> Training::validate(bool with_nll) {
  double loss = 0;
  std::optional<double> nll;
  with_current_weights([&] {
    loss = mean_validation_loss();
    if (with_nll) nll = validation_nll();
  });
  if (validations_.add(step_, loss) && keeps_best_) {
    const std::span<const real> weights = current_weights();
    best_.assign(weights.begin(), weights.end());
  }
  return nll;
}

double Training::mean_validation_loss() {
  const int total = validation_rows();
  while (static_cast<int>(validation_tapes_.size()) < workers_.threads())
    validation_tapes_.emplace_back();
  double sum = 0;
  std::uint32_t number = 0;
  for (int done = 0; done < total; ++number) {
    start_validation(number);
    const Chunks chunks{std::min(batch(), total - done), trainer_->options().chunk};
    std::vector<double> losses(static_cast<std::size_t>(chunks.count()));
    workers_.run(chunks.count(), [&](int i, int worker) {
      if (Interrupt::requested()) throw TrainingInterrupted();
      Tape& tape = validation_tapes_[static_cast<std::size_t>(worker)];
      const Scope scope(tape);
      const Pause pause(tape, !validation_differentiates());
      const RowRange rows{chunks.begin(i), chunks.rows_of(i)};
      losses[static_cast<std::size_t>(i)] =
          static_cast<double>(validation_loss(tape, rows).item()) * rows.count / total;
    });
    for (const double part : losses) sum += part;
    done += chunks.rows;
  }
  return sum;
}

std::string Training::checkpoint(const std::string& path) const {
  TrainingProgress progress{step_, seed_, config_hash_, {}};
  write_validations(validations_, progress.notes);
  write_state(progress.notes);
  return checkpoint_bytes(path, *trainer_, progress, best_);
}

void Training::save_model_file(const std::string& path) const {
  Metadata metadata{{"step", std::to_string(model_step())}, {"config", config_hash_}};
  metadata.insert(origin_.begin(), origin_.end());
  describe(metadata);
  save_model(posix(), path, parameters(),
             best_.empty() ? current_weights() : std::span<const real>(best_), metadata);
}

// Before the first step the average is that of the loaded weights alone.
void Training::average_from_here() {
  const std::span<const real> weights = parameters().values();
  if (const std::span<real> average = trainer_->ema(); !average.empty())
    std::copy(weights.begin(), weights.end(), average.begin());
}

void Training::load_weights(const std::string& model_file) {
  load_model(posix(), model_file, trainer_->parameters());
  average_from_here();
}

void Training::load_weights_of_one_time(const std::string& model_file, int columns) {
  load_widened(posix(), model_file, columns, trainer_->parameters());
  average_from_here();
}

Metadata Training::description() const {
  Metadata metadata;
  describe(metadata);
  return metadata;
}

void Training::resume(const std::string& checkpoint) {
  const TrainingProgress progress = load_checkpoint(posix(), checkpoint, *trainer_, &best_);
  step_ = progress.step;
  validations_ = read_validations(progress.notes, checkpoint);
  read_state(progress.notes, checkpoint);
}

void Training::roll_back(const std::string& checkpoint) {
  FlatArray of_checkpoint;  // read but not used: roll_back keeps the best weights so far
  load_checkpoint(posix(), checkpoint, *trainer_, &of_checkpoint);
}

std::unique_ptr<Training> make_training(const Config& config, int threads) {
  if (of_tokens(config)) return std::make_unique<TokenTraining>(config, threads);
  if (!makes_pairs(config)) return std::make_unique<FlowTraining>(config, threads);
  const FlowPairs pairs = make_pairs(config, threads);
  const Holdout holdout = holdout_of(config);
  DataTraits traits;
  traits.classes = pairs.classes;
  auto training = std::make_unique<FlowTraining>(config, threads, pair_ends(pairs, holdout),
                                                 pair_starts(pairs, holdout), std::move(traits));
  training->set_pairs(pairs_bytes(pairs));
  return training;
}

}  // namespace pushforward::app::inline PF_REAL
