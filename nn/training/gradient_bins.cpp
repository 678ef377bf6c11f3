#include "nn/training/gradient_bins.h"

#include <algorithm>
#include <array>

#include "nn/training/update.h"

namespace pushforward::inline PF_REAL {

void GradientBins::start(int chunks, int tapes, std::span<const Parameter* const> trained,
                         std::span<real> total) {
  count_ = std::min(chunks, kMost);
  trained_ = trained;
  total_ = total;
  sources_.assign(static_cast<std::size_t>(count_) * trained.size(), nullptr);
  const bool all_stay = chunks <= tapes;
  while (!all_stay && static_cast<int>(arrays_.size()) + 1 < count_)
    arrays_.emplace_back(total.size(), real(0));
}

// Returns where a bin's gradient of a parameter is copied to. Bin 0 uses the array of the total,
// which saves one pass over memory.
real* GradientBins::array(int bin, std::size_t k) {
  real* flat = bin == 0 ? total_.data() : arrays_[static_cast<std::size_t>(bin) - 1].data();
  return flat + trained_[k]->offset;
}

void GradientBins::add(int bin, std::size_t k, std::span<const real> g) {
  const real*& sum = source(bin, k);
  if (!sum) {
    sum = g.data();
  } else {  // `keep` has copied the gradients of the bin's earlier chunks
    kernels::accumulate(g.data(), g.size(), array(bin, k));
  }
}

void GradientBins::keep(int bin) {
  for (std::size_t k = 0; k < trained_.size(); ++k) {
    const real*& from = source(bin, k);
    real* to = array(bin, k);
    if (!from || from == to) continue;
    std::copy_n(from, trained_[k]->shape.size(), to);
    from = to;
  }
}

bool GradientBins::reached(std::size_t k) const {
  for (std::size_t at = k; at < sources_.size(); at += trained_.size())
    if (sources_[at]) return true;
  return false;
}

double GradientBins::add_up(std::size_t k, std::size_t begin, std::size_t count) {
  std::array<const real*, kMost> from;
  std::size_t n = 0;
  for (int bin = 0; bin < count_; ++bin) {
    if (const real* g = source(bin, k)) from[n++] = g + begin;
  }
  return kernels::add_and_square({from.data(), n}, count, &total_[trained_[k]->offset + begin]);
}

}  // namespace pushforward::inline PF_REAL
