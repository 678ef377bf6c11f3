#include "nn/training/shared_step.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "nn/training/update.h"

namespace pushforward::inline PF_REAL {

namespace {

// A multiple of all numbers up to GradientBins::kMost, the arrays that a process may receive.
constexpr std::size_t kMultiple = 720720;

std::size_t in_cache_lines(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace

// Sets what the sizes of all messages follow from. They are the same in all processes.
void SharedStep::plan(std::size_t losses, const GradientBins& bins,
                      std::span<const Parameter* const> trained) {
  losses_.resize(losses);
  begins_.assign(1, 0);
  for (const Parameter* p : trained)
    begins_.push_back(begins_.back() + static_cast<std::size_t>(p->shape.size()));
  sums_.resize(begins_.back());
  const auto n = static_cast<std::size_t>(ranks_->count());
  arrays_.resize(n);
  flags_.resize(n);
  std::size_t all = 0;
  for (std::size_t rank = 0; rank < n; ++rank) {
    const auto count = static_cast<std::size_t>(of(static_cast<int>(rank), bins.count()).count());
    arrays_[rank] = rank == 0 ? std::min<std::size_t>(count, 1) : count;
    flags_[rank].assign(arrays_[rank] * trained.size(), std::byte{0});
    all += arrays_[rank];
  }
  // A process that receives fewer arrays adds up more numbers, so that all receive as many bytes. Its
  // weight is inversely proportional to the arrays that it receives. If it receives none, because no
  // other process has bins, it adds up all.
  parts_.assign(1, 0);
  const bool alone = std::find(arrays_.begin(), arrays_.end(), all) != arrays_.end();
  for (const std::size_t own : arrays_)
    parts_.push_back(parts_.back() + (alone ? std::size_t{own == all} : kMultiple / (all - own)));
}

// Returns the size of what precedes the numbers in the first message of a process: the promise,
// the losses and the flags.
std::size_t SharedStep::header(std::size_t rank) const {
  return in_cache_lines(sizeof(std::uint64_t) + losses_.size() * sizeof(double) +
                        flags_[rank].size());
}

// Returns the numbers of a round that a process adds up.
SharedStep::Range SharedStep::part(std::size_t round, std::size_t rank) const {
  const std::size_t begin = round * round_, count = std::min(begins_.back() - begin, round_);
  return {begin + count * parts_[rank] / parts_.back(),
          begin + count * parts_[rank + 1] / parts_.back()};
}

// Calls piece(k, first, count, at) for the numbers first, ..., first + count - 1 of trained parameter
// k that are in the range, where they begin at number `at` of the range.
template <class Piece>
void SharedStep::each_piece(Range range, const Piece& piece) const {
  std::size_t k = static_cast<std::size_t>(
      std::upper_bound(begins_.begin(), begins_.end(), range.begin) - begins_.begin() - 1);
  for (std::size_t at = range.begin; at < range.end; ++k) {
    const std::size_t end = std::min(range.end, begins_[k + 1]);
    if (end > at) piece(k, at - begins_[k], end - at, at - range.begin);
    at = end;
  }
}

void SharedStep::fill_header(std::byte* to, const GradientBins& bins) const {
  const std::uint64_t promise = promise_;
  std::memcpy(to, &promise, sizeof promise);
  to += sizeof promise;
  const std::span<const std::byte> losses = std::as_bytes(std::span(losses_));
  to = std::copy(losses.begin(), losses.end(), to);
  const BinRange range = own(bins.count());
  for (std::size_t array = 0; array < arrays(static_cast<std::size_t>(ranks_->rank())); ++array) {
    for (std::size_t k = 0; k < trained(); ++k, ++to) {
      *to = ranks_->rank() == 0
                ? std::byte{bins.reached(k)}
                : std::byte{bins.gradient(range.first + static_cast<int>(array), k) != nullptr};
    }
  }
}

// Writes this process's arrays of the numbers in the range.
void SharedStep::fill(Range range, const GradientBins& bins, real* to) const {
  const BinRange own_bins = own(bins.count());
  if (ranks_->rank() > 0) {
    for (int bin = own_bins.first; bin < own_bins.last; ++bin, to += range.count()) {
      each_piece(range, [&](std::size_t k, std::size_t first, std::size_t count, std::size_t at) {
        if (const real* g = bins.gradient(bin, k))
          std::copy_n(g + first, count, to + at);
        else
          std::fill_n(to + at, count, real(0));
      });
    }
    return;
  }
  each_piece(range, [&](std::size_t k, std::size_t first, std::size_t count, std::size_t at) {
    std::array<const real*, GradientBins::kMost> from;
    std::size_t n = 0;
    for (int bin = own_bins.first; bin < own_bins.last; ++bin)
      if (const real* g = bins.gradient(bin, k)) from[n++] = g + first;
    if (n > 0)
      kernels::add_and_square({from.data(), n}, count, to + at);
    else if (own_bins.count() > 0)
      std::fill_n(to + at, count, real(0));
  });
}

// Exchanges the numbers of a round, in round 0 with the header before them.
void SharedStep::send_round(std::size_t round, const GradientBins& bins) {
  const auto n = static_cast<std::size_t>(ranks_->count()),
             me = static_cast<std::size_t>(ranks_->rank());
  const auto size = [&](std::size_t from, std::size_t to) {
    if (from == to) return std::size_t{0};
    return (round == 0 ? header(from) : 0) +
           in_cache_lines(arrays(from) * part(round, to).count() * sizeof(real));
  };
  out_sizes_.resize(n);
  in_sizes_.resize(n);
  in_begins_.assign(1, 0);
  std::size_t sent = 0;
  for (std::size_t rank = 0; rank < n; ++rank) {
    sent += out_sizes_[rank] = size(me, rank);
    in_sizes_[rank] = size(rank, me);
    in_begins_.push_back(in_begins_.back() + in_sizes_[rank]);
  }
  outgoing_.resize(sent);
  incoming_.resize(in_begins_.back());
  std::byte* to = outgoing_.data();
  for (std::size_t rank = 0; rank < n; to += out_sizes_[rank], ++rank) {
    if (rank == me) continue;
    if (round == 0) fill_header(to, bins);
    fill(part(round, rank), bins, reinterpret_cast<real*>(to + (round == 0 ? header(me) : 0)));
  }
  ranks_->exchange(outgoing_, out_sizes_, incoming_, in_sizes_);
}

void SharedStep::exchange(std::span<double> losses, const GradientBins& bins,
                          std::span<const Parameter* const> trained_parameters) {
  plan(losses.size(), bins, trained_parameters);
  std::copy(losses.begin(), losses.end(), losses_.begin());
  send_round(0, bins);
  for (std::size_t rank = 0; rank < flags_.size(); ++rank) {
    const bool mine = static_cast<int>(rank) == ranks_->rank();
    if (mine) {
      for (std::size_t k = 0; k < trained() && !flags_[rank].empty(); ++k)
        flags_[rank][k] = std::byte{bins.reached(k)};
      continue;
    }
    const std::byte* message = incoming_.data() + in_begins_[rank];
    std::uint64_t promise = 0;
    std::memcpy(&promise, message, sizeof promise);
    if (rank == 0) promise_ = promise != 0;
    message += sizeof promise;
    const BinRange range = of(static_cast<int>(rank), bins.count());
    for (std::size_t chunk = 0; chunk < losses.size(); ++chunk) {
      const int bin = static_cast<int>(chunk) % bins.count();
      if (bin >= range.first && bin < range.last)
        std::memcpy(&losses[chunk], message + chunk * sizeof(double), sizeof(double));
    }
    message += losses.size() * sizeof(double);
    std::copy_n(message, flags_[rank].size(), flags_[rank].begin());
  }
}

bool SharedStep::reached(std::size_t k) const {
  for (std::size_t rank = 0; rank < flags_.size(); ++rank)
    for (std::size_t array = 0; array < arrays(rank); ++array)
      if (flag(rank, array, k)) return true;
  return false;
}

// Sets the sums of the numbers in the range, which this process adds up. `header_sent` is 1 if the
// messages begin with a header.
void SharedStep::add_own(Range range, const GradientBins& bins, std::size_t header_sent) {
  const auto me = static_cast<std::size_t>(ranks_->rank());
  const BinRange own_bins = own(bins.count());
  each_piece(range, [&](std::size_t k, std::size_t first, std::size_t count, std::size_t at) {
    std::array<const real*, GradientBins::kMost> from;
    std::size_t n = 0;
    for (std::size_t rank = 0; rank < flags_.size(); ++rank) {
      if (rank == me) {
        for (int bin = own_bins.first; bin < own_bins.last; ++bin)
          if (const real* g = bins.gradient(bin, k)) from[n++] = g + first;
        continue;
      }
      const auto* numbers = reinterpret_cast<const real*>(incoming_.data() + in_begins_[rank] +
                                                          header_sent * header(rank));
      for (std::size_t array = 0; array < arrays(rank); ++array)
        if (flag(rank, array, k)) from[n++] = numbers + array * range.count() + at;
    }
    kernels::add_and_square({from.data(), n}, count, sums_.data() + range.begin + at);
  });
}

void SharedStep::add_up(const GradientBins& bins) {
  const auto me = static_cast<std::size_t>(ranks_->rank());
  gathered_.resize(flags_.size());
  for (std::size_t round = 0; round * round_ < begins_.back(); ++round) {
    if (round > 0) send_round(round, bins);
    add_own(part(round, me), bins, round == 0);
    for (std::size_t rank = 0; rank < gathered_.size(); ++rank)
      gathered_[rank] = part(round, rank).count() * sizeof(real);
    const std::size_t begin = round * round_, end = std::min(begins_.back(), begin + round_);
    ranks_->gather(std::as_writable_bytes(std::span(sums_).subspan(begin, end - begin)), gathered_);
  }
}

}  // namespace pushforward::inline PF_REAL
