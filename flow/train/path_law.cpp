#include "flow/train/path_law.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "autograd/tensor/random_fill.h"
#include "flow/oracle/oracle.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// A row is drawn again until it has the requested label. Attempt k uses the random streams at step
// kFirstAttempt + k, which training never reaches.
constexpr std::uint32_t kFirstAttempt = 0x80000000;
constexpr std::uint32_t kMaxAttempts = 100'000;

Stream attempt_stream(Stream stream, Purpose purpose, std::uint32_t attempt) {
  return {stream.seed, purpose, kFirstAttempt + attempt};
}

std::optional<Mixture> mixture_at(const Problem& problem, const Coefficients& c, double gamma) {
  if (problem.coupling.pair || problem.coupling.paired) return {};
  std::optional<Mixture> source = problem.source->mixture(), data = problem.data->mixture();
  if (!source || !data) return {};
  const auto points = [](const Mixture& m) { return std::ranges::count(m.stds, 0) > 0; };
  if (points(*source) && points(*data)) return {};
  Mixture law = Oracle(std::move(*source), std::move(*data)).marginal(c);
  for (double& std : law.stds) std = std::hypot(std, gamma);
  return law;
}

}  // namespace

// A cache of the batch whose rows the coupling paired last. Rows are drawn in chunks (ranges of
// rows), and a batch has the rows of several chunks. Consecutive chunks mostly need the same batch,
// so the cache saves pairing it again.
struct PathLaw::LastBatch {
  std::mutex mutex;
  bool known = false;
  std::uint64_t seed = 0;
  std::uint32_t attempt = 0, number = 0;
  Ends ends;
  std::vector<RowPair> pairs;
};

PathLaw::PathLaw(Problem problem, double t, int batch, std::function<int(int row)> label_of)
    : problem_(std::move(problem)), batch_(batch), label_of_(std::move(label_of)) {
  problem_.labelled = bool(label_of_);
  Batch(problem_, 1, 0, false);  // checks the problem
  check(!problem_.coupling.pair || batch > 0, "path law", "the coupling ", problem_.coupling.name,
        " pairs the rows of batches, and a batch has ", batch, "; give the batch of the training");
  at_ = problem_.scheduler(t);
  gamma_ = problem_.noise(t).gamma;
  if (!label_of_) mixture_ = mixture_at(problem_, at_, gamma_);
  if (problem_.coupling.pair) last_ = std::make_shared<LastBatch>();
}

// Draws the endpoints x0 and x1 of some rows. `attempt` counts how often they have been drawn again
// to get the requested labels.
void PathLaw::draw_ends(Stream stream, std::uint32_t attempt, std::uint32_t first_row, int rows,
                        Ends& ends) const {
  if (problem_.coupling.pair) return draw_coupled(stream, attempt, first_row, rows, ends);
  const Stream data = attempt_stream(stream, Purpose::data, attempt);
  // If the rows of source and data are paired, both are drawn with the same random numbers.
  problem_.source->draw(problem_.coupling.paired ? data : stream, first_row, rows, ends.x0.data(),
                        nullptr);
  problem_.data->draw(data, first_row, rows, ends.x1.data(), ends.labels.data());
}

void PathLaw::draw_coupled(Stream stream, std::uint32_t attempt, std::uint32_t first_row, int rows,
                           Ends& ends) const {
  const std::size_t d = static_cast<std::size_t>(dim()), size = static_cast<std::size_t>(batch_);
  const auto all = static_cast<std::uint32_t>(batch_);
  const std::scoped_lock lock(last_->mutex);
  LastBatch& last = *last_;
  last.ends.x0.resize(size * d);
  last.ends.x1.resize(size * d);
  last.ends.labels.resize(size);
  last.pairs.resize(size);
  for (int r = 0; r < rows; ++r) {
    const std::uint32_t row = first_row + static_cast<std::uint32_t>(r), number = row / all;
    if (!last.known || last.seed != stream.seed || last.attempt != attempt ||
        last.number != number) {
      problem_.source->draw(attempt_stream(stream, Purpose::noise, attempt), number * all, batch_,
                            last.ends.x0.data(), nullptr);
      problem_.data->draw(attempt_stream(stream, Purpose::data, attempt), number * all, batch_,
                          last.ends.x1.data(), last.ends.labels.data());
      const int* labels = problem_.data->classes() > 0 ? last.ends.labels.data() : nullptr;
      // Each batch has its own random numbers for the coupling.
      const Stream coupling{stream.seed + (std::uint64_t{number} << 32), Purpose::coupling,
                            kFirstAttempt + attempt};
      problem_.coupling.pair({batch_, dim(), last.ends.x0.data(), last.ends.x1.data(), labels},
                             coupling, last.pairs);
      last.known = true;
      last.seed = stream.seed, last.attempt = attempt, last.number = number;
    }
    const RowPair pair = last.pairs[row % all];
    std::copy_n(last.ends.x0.data() + pair.source * d, d, ends.x0.data() + r * d);
    std::copy_n(last.ends.x1.data() + pair.data * d, d, ends.x1.data() + r * d);
    ends.labels[r] = last.ends.labels[pair.data];
  }
}

void PathLaw::draw(Stream stream, std::uint32_t first_row, int rows, real* out, int* labels) const {
  const std::size_t d = static_cast<std::size_t>(dim()), size = d * static_cast<std::size_t>(rows);
  Ends ends{std::vector<real>(size), std::vector<real>(size),
            std::vector<int>(static_cast<std::size_t>(rows))};
  draw_ends(stream, 0, first_row, rows, ends);
  if (label_of_) {
    std::vector<int> missing;
    for (int r = 0; r < rows; ++r)
      if (ends.labels[r] != label_of_(static_cast<int>(first_row) + r)) missing.push_back(r);
    Ends other = ends;
    for (std::uint32_t attempt = 1; !missing.empty(); ++attempt) {
      const int wanted = label_of_(static_cast<int>(first_row) + missing.front());
      check(attempt < kMaxAttempts, "path law", "none of ", kMaxAttempts,
            " rows of the data has label ", wanted, "; ask for a label that occurs");
      draw_ends(stream, attempt, first_row, rows, other);
      std::erase_if(missing, [&](int r) {
        if (other.labels[r] != label_of_(static_cast<int>(first_row) + r)) return false;
        std::copy_n(other.x0.data() + r * d, d, ends.x0.data() + r * d);
        std::copy_n(other.x1.data() + r * d, d, ends.x1.data() + r * d);
        ends.labels[r] = other.labels[r];
        return true;
      });
    }
  }
  if (gamma_ > 0)
    fill_normal({stream.seed, Purpose::path_noise, kFirstAttempt}, first_row, rows, dim(), out);
  const double noise = gamma_;
  for (std::size_t i = 0; i < size; ++i) {
    const double z = noise > 0 ? noise * static_cast<double>(out[i]) : 0;
    out[i] = static_cast<real>(at_.alpha * static_cast<double>(ends.x1[i]) +
                               at_.sigma * static_cast<double>(ends.x0[i]) + z);
  }
  if (labels) std::ranges::fill_n(labels, rows, 0);
}

}  // namespace pushforward::inline PF_REAL
