#include "nn/training/shared_step.h"

#include <algorithm>
#include <cstring>

namespace pushforward::inline PF_REAL {

SharedStep::SharedStep(Ranks& ranks, std::size_t block) : ranks_(&ranks), before_(block, real(0)) {}

void SharedStep::exchange(std::span<double> losses, const GradientBins& bins, std::size_t trained) {
  // The message of a process: the losses of all chunks, then a byte for each trained parameter.
  const std::size_t of_losses = losses.size_bytes(), size = of_losses + trained;
  const std::size_t processes = static_cast<std::size_t>(ranks_->count());
  mine_.resize(size);
  all_.resize(size * processes);
  std::memcpy(mine_.data(), losses.data(), of_losses);
  for (std::size_t k = 0; k < trained; ++k) mine_[of_losses + k] = std::byte{bins.reached(k)};
  ranks_->gather(mine_, all_);

  for (int rank = 0; rank < ranks_->count(); ++rank) {
    const std::byte* message = all_.data() + size * static_cast<std::size_t>(rank);
    const BinRange range = of(rank, bins.count());
    for (std::size_t chunk = 0; chunk < losses.size(); ++chunk) {
      const int bin = static_cast<int>(chunk) % bins.count();
      if (bin >= range.first && bin < range.last)
        std::memcpy(&losses[chunk], message + chunk * sizeof(double), sizeof(double));
    }
  }
  previous_.assign(trained, -1);
  next_.assign(trained, -1);
  last_.assign(trained, -1);
  has_.assign(trained, 0);
  for (std::size_t k = 0; k < trained; ++k) {
    for (int rank = 0; rank < ranks_->count(); ++rank) {
      if (all_[size * static_cast<std::size_t>(rank) + of_losses + k] == std::byte{0}) continue;
      last_[k] = rank;
      if (rank < ranks_->rank()) previous_[k] = rank;
      if (rank == ranks_->rank()) has_[k] = 1;
      if (rank > ranks_->rank() && next_[k] < 0) next_[k] = rank;
    }
  }
}

void SharedStep::add_own(GradientBins& bins, std::size_t k, std::size_t begin, std::size_t count,
                         real* total) {
  if (!has_[k]) return;
  const real* before = nullptr;
  if (previous_[k] >= 0) {
    ranks_->receive(previous_[k], std::as_writable_bytes(std::span(before_.data(), count)));
    before = before_.data();
  }
  bins.add_up(k, begin, count, before);
  if (next_[k] >= 0) ranks_->send(next_[k], std::as_bytes(std::span(total, count)));
}

void SharedStep::spread(std::size_t k, std::size_t count, real* total) {
  ranks_->broadcast(last_[k], std::as_writable_bytes(std::span(total, count)));
}

}  // namespace pushforward::inline PF_REAL
