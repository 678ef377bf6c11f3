// The division of a training step into jobs. Each chunk of the batch's rows runs forward and
// backward on one tape, and GradientBins adds the gradients of the chunks.
#include "nn/training/trainer.h"

#include <algorithm>
#include <cmath>

#include "autograd/sweep.h"
#include "nn/training/ema.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

constexpr std::size_t kBlock = 16384;  // numbers in one job of a pass over flat arrays
constexpr std::size_t kAlone = 32768;  // below this many numbers, threads cost more than they save

const TrainerOptions& checked_training(const TrainerOptions& o) {
  o.schedule.check_numbers();
  check(o.clip_norm >= 0, "train", "clip_norm is ", o.clip_norm, "; give 0 (no clipping) or more");
  check(o.ema_decay >= 0 && o.ema_decay < 1, "train", "ema decay ", o.ema_decay,
        " is outside [0, 1); 0 means no average");
  check(o.chunk > 0, "train", "a chunk has ", o.chunk, " rows; at least 1 is needed");
  return o;
}

}  // namespace

Trainer::Trainer(Parameters& parameters, const TrainerOptions& options, Workers& workers)
    : parameters_(parameters),
      options_(checked_training(options)),
      workers_(workers),
      optimizer_(options.optimizer, parameters.size()),
      gradient_(parameters.size(), real(0)),
      worker_tapes_(static_cast<std::size_t>(std::min(workers.threads(), GradientBins::kMost))) {
  if (options_.ema_decay > 0) ema_.assign(parameters.values().begin(), parameters.values().end());
  plan();
}

// Lists the parameters that are not frozen and splits their numbers into blocks, the jobs of the
// threads. Runs again after each freeze.
void Trainer::plan() {
  if (planned_ == parameters_.revision()) return;
  planned_ = parameters_.revision();
  trained_.clear();
  add_blocks_.clear();
  update_blocks_.clear();
  std::fill(gradient_.begin(), gradient_.end(), real(0));
  std::size_t begin = 0, end = 0;  // adjacent trained parameters: one range of the flat arrays
  const auto cut_range = [&] {
    for (; begin < end; begin += kBlock)
      update_blocks_.push_back({-1, begin, std::min(kBlock, end - begin)});
  };
  const auto list = parameters_.list();
  for (std::size_t k = 0; k < list.size(); ++k) {
    const Parameter& p = *list[k];
    if (p.frozen) continue;
    const std::size_t size = static_cast<std::size_t>(p.shape.size());
    const std::size_t next =
        k + 1 < list.size() ? list[k + 1]->offset : parameters_.values().size();
    for (std::size_t at = 0; at < size; at += kBlock)
      add_blocks_.push_back({static_cast<int>(trained_.size()), at, std::min(kBlock, size - at)});
    trained_.push_back(&p);
    if (p.offset != end) {
      cut_range();
      begin = p.offset;
    }
    end = next;
  }
  cut_range();
  check(!trained_.empty(), "train", "all ", list.size(),
        " parameters are frozen; unfreeze some: parameters.freeze(\"...\", false)");
  squares_.resize(add_blocks_.size());
  for (WorkerTape& worker_tape : worker_tapes_) {
    worker_tape.wrt.reserve(trained_.size());
    worker_tape.out.reserve(trained_.size());
    worker_tape.trained.reserve(trained_.size());
  }
}

// Begins a step: allocates its memory unless the last step was as large.
Chunks Trainer::start(int rows) {
  check(rows > 0, "train", "a step has ", rows, " rows; at least 1 is needed");
  plan();
  const Chunks chunks{rows, options_.chunk};
  losses_.assign(static_cast<std::size_t>(chunks.count()), 0.0);
  bins_.start(chunks.count(), static_cast<int>(worker_tapes_.size()), trained_, gradient_);
  return chunks;
}

void Trainer::run_chunk(WorkerTape& worker_tape, int bin, int chunk, Chunks chunks, LossRef loss) {
  // A process that shares the step ends it, because the others wait for its gradients.
  if (!shared_ && options_.interrupted && options_.interrupted()) throw TrainingInterrupted();
  if (worker_tape.bin >= 0) bins_.keep(worker_tape.bin);
  worker_tape.bin = -1;
  worker_tape.scope.reset();
  worker_tape.scope.emplace(worker_tape.tape);
  const RowRange rows{chunks.begin(chunk), chunks.rows_of(chunk)};
  const double weight = double(rows.count) / chunks.rows;
  const Var y = loss(worker_tape.tape, rows);
  check(static_cast<bool>(y), "train",
        "the loss is null; return its mean over the rows, one number on the given tape");
  check(y.tape == &worker_tape.tape, "train",
        "the loss is on another tape; compute it on the tape that is given");
  check(y.shape().size() == 1, "train",
        "the loss must be one number on the given tape; its shape is ", y.shape(),
        "; take its mean over the rows");
  const double value = static_cast<double>(y.item());
  losses_[static_cast<std::size_t>(chunk)] = weight * value;
  if (std::isfinite(value)) add_gradients(worker_tape, bin, y, weight);
}

// Adds the gradients of weight times the loss to the bin.
void Trainer::add_gradients(WorkerTape& worker_tape, int bin, Var loss, double weight) {
  auto& [tape, scope, wrt, out, trained, held_bin] = worker_tape;
  wrt.clear();
  trained.clear();
  for (std::size_t k = 0; k < trained_.size(); ++k) {
    const Var line = tape.parameter(trained_[k]->slot);
    if (!line) continue;
    wrt.push_back(line);
    trained.push_back(static_cast<int>(k));
  }
  out.assign(wrt.size(), Var{});
  grad(loss, tape.full(loss.shape(), static_cast<real>(weight)), wrt, out);
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i]) bins_.add(bin, static_cast<std::size_t>(trained[i]), out[i].values());
  held_bin = bin;
}

void Trainer::check_reached() const {
  for (std::size_t k = 0; k < trained_.size(); ++k) {
    check(shared_ ? shared_->reached(k) : bins_.reached(k), "train", "no gradient reaches ",
          trained_[k]->name, "; use it in the loss, or freeze it: parameters.freeze(\"",
          trained_[k]->name, "\")");
  }
}

// Runs job(block) for block = 0 .. blocks - 1, on several threads if there is enough work.
template <class Job>
void Trainer::share_out(std::size_t blocks, const Job& job) {
  if (parameters_.size() < kAlone) {
    for (std::size_t b = 0; b < blocks; ++b) job(b);
  } else {
    workers_.run(static_cast<int>(blocks), [&](int b, int) { job(static_cast<std::size_t>(b)); });
  }
}

void Trainer::share_steps(Ranks& ranks, std::size_t round) { shared_.emplace(ranks, round); }

void Trainer::promise_step(bool another) {
  if (shared_) shared_->promise(another);
}

// Sets gradient_ to the sum of the gradients of all bins and returns its squared norm.
double Trainer::add_up() {
  const auto total_of = [this](const Block& block) {
    return gradient_.data() + trained_[static_cast<std::size_t>(block.trained)]->offset +
           block.begin;
  };
  if (shared_) shared_->add_up(bins_);
  share_out(add_blocks_.size(), [&](std::size_t b) {
    const Block& block = add_blocks_[b];
    if (shared_) {
      const real* const sum = shared_->sum(static_cast<std::size_t>(block.trained)) + block.begin;
      squares_[b] = kernels::add_and_square({&sum, 1}, block.count, total_of(block));
    } else {
      squares_[b] = bins_.add_up(static_cast<std::size_t>(block.trained), block.begin, block.count);
    }
  });
  double total = 0;
  for (double s : squares_) total += s;
  return total;
}

void Trainer::update_weights(const WeightUpdate& u) {
  const UpdateArrays arrays = optimizer_.arrays(gradient_.data(), parameters_.values().data(),
                                                ema_.empty() ? nullptr : ema_.data());
  share_out(update_blocks_.size(), [&](std::size_t b) {
    kernels::update(u, arrays, update_blocks_[b].begin, update_blocks_[b].count);
  });
}

// Rewinds the tapes at the end of the step, also after an exception.
struct Trainer::Clear {
  std::deque<WorkerTape>& worker_tapes;
  ~Clear() {
    for (WorkerTape& worker_tape : worker_tapes) {
      worker_tape.scope.reset();
      worker_tape.bin = -1;
    }
  }
};

void Trainer::rehearse(int rows, LossRef loss) {
  const Chunks chunks = start(rows);
  const Clear clear{worker_tapes_};
  workers_.run(std::min(static_cast<int>(worker_tapes_.size()), bins_.count()), [&](int s, int) {
    run_chunk(worker_tapes_[static_cast<std::size_t>(s)], s, s, chunks, loss);
  });
}

// Sets the loss and the norm of the gradient, and returns whether both are finite. If one is not,
// sets the status, and the rows or the parameter with the first number that is not finite.
bool Trainer::finite(StepResult& result, Chunks chunks) {
  const auto first_bad = [](const std::vector<double>& numbers) -> std::size_t {
    const auto bad = std::find_if(numbers.begin(), numbers.end(),
                                  [](double part) { return !std::isfinite(part); });
    return bad == numbers.end() ? 0 : static_cast<std::size_t>(bad - numbers.begin());
  };
  for (double part : losses_) result.loss += part;
  if (!std::isfinite(result.loss)) {
    result.status = StepStatus::bad_loss;
    const int chunk = static_cast<int>(first_bad(losses_));
    result.rows = {chunks.begin(chunk), chunks.rows_of(chunk)};
    return false;
  }
  check_reached();
  result.grad_norm = std::sqrt(add_up());
  if (std::isfinite(result.grad_norm)) return true;
  result.status = StepStatus::bad_gradient;
  const Block& block = add_blocks_[first_bad(squares_)];
  result.parameter = trained_[static_cast<std::size_t>(block.trained)];
  return false;
}

StepResult Trainer::run(int rows, LossRef loss) {
  const Chunks chunks = start(rows);
  const Clear clear{worker_tapes_};
  promised_ = false;
  // Tape s always takes the bins s, s + tapes, s + 2 tapes, ..., whichever thread runs it, so a
  // tape needs the same memory in every step.
  const int bins = bins_.count();
  const auto [first, last] = shared_ ? shared_->own(bins) : SharedStep::BinRange{0, bins};
  const int tapes = std::min(static_cast<int>(worker_tapes_.size()), last - first);
  workers_.run(tapes, [&, first = first, last = last](int s, int) {
    for (int bin = first + s; bin < last; bin += tapes)
      for (int chunk = bin; chunk < chunks.count(); chunk += bins)
        run_chunk(worker_tapes_[static_cast<std::size_t>(s)], bin, chunk, chunks, loss);
  });
  if (shared_) shared_->exchange(losses_, bins_, trained_);

  const std::int64_t k = updates();
  const double factor = options_.schedule(k);
  StepResult result{.lr = options_.optimizer.lr * factor};
  if (!finite(result, chunks)) return result;
  promised_ = shared_ && shared_->promised();
  if (k == 0 && !ema_.empty())
    std::copy(parameters_.values().begin(), parameters_.values().end(), ema_.begin());
  WeightUpdate u = optimizer_.begin(factor);
  if (options_.clip_norm > 0)  // the same formula as torch.nn.utils.clip_grad_norm_
    u.gradient_scale =
        static_cast<real>(std::min(1.0, options_.clip_norm / (result.grad_norm + 1e-6)));
  u.ema_rate = static_cast<real>(
      1 - (options_.ema_warmup ? ema_decay(options_.ema_decay, k) : options_.ema_decay));
  update_weights(u);
  return result;
}

}  // namespace pushforward::inline PF_REAL
