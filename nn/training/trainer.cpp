// The division of a training step into jobs. Each chunk of the batch's rows runs forward and
// backward on one tape. Chunk c belongs to bin c mod 16. The chunks of a bin run one after the
// other, and their gradients are added in that order. Then the gradients of the bins are added in
// order. So the sum does not depend on the number of threads. A bin's gradient stays on its tape
// until the tape is reused, so with as many threads as bins nothing is copied.
#include "nn/training/trainer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "autograd/sweep.h"
#include "nn/training/ema.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

constexpr int kGradientBins = 16;
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
      worker_tapes_(static_cast<std::size_t>(std::min(workers.threads(), kGradientBins))) {
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

// Allocates memory for the chunks of the step's rows, and for the bins, the fixed subsets of the
// chunks whose gradients are added first. It does nothing if the last step was as large.
void Trainer::prepare(Chunks chunks) {
  bins_ = std::min(chunks.count(), kGradientBins);
  losses_.assign(static_cast<std::size_t>(chunks.count()), 0.0);
  sources_.assign(static_cast<std::size_t>(bins_) * trained_.size(), nullptr);
  const bool all_stay = chunks.count() <= static_cast<int>(worker_tapes_.size());
  while (!all_stay && static_cast<int>(bin_arrays_.size()) + 1 < bins_)
    bin_arrays_.emplace_back(parameters_.size(), real(0));
}

// Returns the array to which the gradient of a parameter, summed over a bin (a fixed subset of the
// chunks of rows), is copied from its tape. Bin 0 uses the array of the final sum, which saves one
// pass over memory.
real* Trainer::bin_array(int bin, std::size_t trained) {
  real* flat = bin == 0 ? gradient_.data() : bin_arrays_[static_cast<std::size_t>(bin) - 1].data();
  return flat + trained_[trained]->offset;
}

// Copies the gradients of the bin (the subset of the chunks of rows) that the tape holds to an
// array, before the tape is rewound.
void Trainer::keep(WorkerTape& worker_tape) {
  if (worker_tape.bin < 0) return;
  for (std::size_t k = 0; k < trained_.size(); ++k) {
    const real*& from = source(worker_tape.bin, k);
    real* to = bin_array(worker_tape.bin, k);
    if (!from || from == to) continue;
    std::copy_n(from, trained_[k]->shape.size(), to);
    from = to;
  }
  worker_tape.bin = -1;
}

void Trainer::run_bin(WorkerTape& worker_tape, int bin, Chunks chunks, LossRef loss) {
  for (int chunk = bin; chunk < chunks.count(); chunk += bins_)
    run_chunk(worker_tape, bin, chunk, chunks, loss);
}

void Trainer::run_chunk(WorkerTape& worker_tape, int bin, int chunk, Chunks chunks, LossRef loss) {
  if (options_.interrupted && options_.interrupted()) throw TrainingInterrupted();
  keep(worker_tape);
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
  if (!std::isfinite(value)) return;

  worker_tape.wrt.clear();
  worker_tape.trained.clear();
  for (std::size_t k = 0; k < trained_.size(); ++k) {
    const Var line = worker_tape.tape.parameter(trained_[k]->slot);
    if (!line) continue;
    worker_tape.wrt.push_back(line);
    worker_tape.trained.push_back(static_cast<int>(k));
  }
  worker_tape.out.assign(worker_tape.wrt.size(), Var{});
  grad(y, worker_tape.tape.full(y.shape(), static_cast<real>(weight)), worker_tape.wrt,
       worker_tape.out);
  for (std::size_t i = 0; i < worker_tape.out.size(); ++i) {
    if (!worker_tape.out[i]) continue;
    const auto k = static_cast<std::size_t>(worker_tape.trained[i]);
    const std::span<const real> g = worker_tape.out[i].values();
    const real*& sum = source(bin, k);
    if (!sum) {
      sum = g.data();
    } else {  // `keep` has copied the gradients of the bin's earlier chunks
      kernels::accumulate(g.data(), g.size(), bin_array(bin, k));
    }
  }
  worker_tape.bin = bin;
}

void Trainer::check_reached() const {
  for (std::size_t k = 0; k < trained_.size(); ++k) {
    bool reached = false;
    for (int bin = 0; bin < bins_; ++bin)
      reached |= sources_[static_cast<std::size_t>(bin) * trained_.size() + k] != nullptr;
    check(reached, "train", "no gradient reaches ", trained_[k]->name,
          "; use it in the loss, or freeze it: parameters.freeze(\"", trained_[k]->name, "\")");
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

// Sets gradient_ to the sum of the gradients of all bins (subsets of the chunks of rows) and
// returns its squared norm.
double Trainer::add_up() {
  share_out(add_blocks_.size(), [this](std::size_t b) {
    const Block& block = add_blocks_[b];
    const auto k = static_cast<std::size_t>(block.trained);
    std::array<const real*, kGradientBins> from;
    std::size_t n = 0;
    for (int bin = 0; bin < bins_; ++bin) {
      if (const real* g = source(bin, k)) from[n++] = g + block.begin;
    }
    squares_[b] = kernels::add_and_square({from.data(), n}, block.count,
                                          &gradient_[trained_[k]->offset + block.begin]);
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
  check(rows > 0, "train", "a step has ", rows, " rows; at least 1 is needed");
  plan();
  const Chunks chunks{rows, options_.chunk};
  prepare(chunks);
  const Clear clear{worker_tapes_};
  workers_.run(std::min(static_cast<int>(worker_tapes_.size()), bins_), [&](int s, int) {
    run_chunk(worker_tapes_[static_cast<std::size_t>(s)], s, s, chunks, loss);
  });
}

StepResult Trainer::run(int rows, LossRef loss) {
  check(rows > 0, "train", "a step has ", rows, " rows; at least 1 is needed");
  plan();
  const Chunks chunks{rows, options_.chunk};
  prepare(chunks);
  const Clear clear{worker_tapes_};
  // Worker tape s always takes the bins (subsets of the chunks of rows) s, s + worker_tapes, ...,
  // on any thread, so a tape needs the same memory in every step.
  const int worker_tapes = std::min(static_cast<int>(worker_tapes_.size()), bins_);
  workers_.run(worker_tapes, [&](int s, int) {
    for (int bin = s; bin < bins_; bin += worker_tapes)
      run_bin(worker_tapes_[static_cast<std::size_t>(s)], bin, chunks, loss);
  });

  const double factor = options_.schedule(updates());
  StepResult result{.lr = options_.optimizer.lr * factor};
  for (double part : losses_) result.loss += part;
  if (!std::isfinite(result.loss)) {
    result.status = StepStatus::bad_loss;
    const auto bad = std::find_if(losses_.begin(), losses_.end(),
                                  [](double part) { return !std::isfinite(part); });
    const int chunk = static_cast<int>(bad == losses_.end() ? 0 : bad - losses_.begin());
    result.rows = {chunks.begin(chunk), chunks.rows_of(chunk)};
    return result;
  }
  check_reached();
  result.grad_norm = std::sqrt(add_up());
  if (!std::isfinite(result.grad_norm)) {
    result.status = StepStatus::bad_gradient;
    const auto bad =
        std::find_if(squares_.begin(), squares_.end(), [](double s) { return !std::isfinite(s); });
    const auto block = static_cast<std::size_t>(bad == squares_.end() ? 0 : bad - squares_.begin());
    result.parameter = trained_[static_cast<std::size_t>(add_blocks_[block].trained)];
    return result;
  }

  const std::int64_t k = updates();
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
