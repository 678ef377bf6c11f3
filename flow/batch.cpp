#include "flow/batch.h"

#include <algorithm>
#include <utility>

namespace pushforward::inline PF_REAL {

Batch::Batch(Problem problem, int rows, std::uint64_t seed)
    : problem_(std::move(problem)), rows_(rows), seed_(seed), labels_(rows), pairs_(rows) {
  check(rows > 0, "batch", "a batch of ", rows, " rows; it must have at least one");
  check(problem_.source && problem_.data, "batch", "source and data must both be given");
  check(problem_.source->dim() == problem_.data->dim(), "batch", "the source has dimension ",
        problem_.source->dim(), " and the data ", problem_.data->dim(),
        "; a flow keeps the dimension");
  const std::size_t size = static_cast<std::size_t>(rows) * dim();
  x0_.resize(size);
  x1_.resize(size);
  for (int k = 0; k < rows; ++k) pairs_[k] = {k, k};
}

void Batch::start(std::uint32_t step, Workers& workers) {
  step_ = step;
  if (!problem_.coupling.pair) return;
  const Chunks chunks{rows_};
  workers.run(chunks.count(), [&](int i, int) { draw_ends(chunks.begin(i), chunks.rows_of(i)); });
  const int* labels = problem_.data->classes() > 0 ? labels_.data() : nullptr;
  problem_.coupling.pair({rows_, dim(), x0_.data(), x1_.data(), labels}, stream(Purpose::coupling),
                         pairs_);
}

PathSample Batch::chunk(Tape& tape, int first, int rows) {
  check(first >= 0 && rows > 0 && first + rows <= rows_, "batch", "rows ", first, " to ",
        first + rows, " asked for in a batch of ", rows_);
  if (!problem_.coupling.pair) draw_ends(first, rows);
  const PathEnds ends = make_ends(tape, rows, dim());
  problem_.time(stream(Purpose::time), static_cast<std::uint32_t>(first), rows, ends.t);
  const std::size_t d = static_cast<std::size_t>(dim());
  for (int r = 0; r < rows; ++r) {
    const Pair pair = pairs_[first + r];
    std::copy_n(x0_.data() + pair.source * d, d, ends.x0 + r * d);
    std::copy_n(x1_.data() + pair.data * d, d, ends.x1 + r * d);
  }
  return follow(problem_.scheduler, ends);
}

void Batch::draw_ends(int first, int rows) {
  const std::size_t at = static_cast<std::size_t>(first) * dim();
  const auto row = static_cast<std::uint32_t>(first);
  problem_.source->draw(stream(Purpose::noise), row, rows, x0_.data() + at, nullptr);
  problem_.data->draw(stream(Purpose::data), row, rows, x1_.data() + at, labels_.data() + first);
}

}  // namespace pushforward::inline PF_REAL
