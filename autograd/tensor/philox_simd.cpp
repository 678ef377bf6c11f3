// Philox, the random generator, for many rows at once, vectorised with Highway. Each lane (number)
// of a vector has the counter of one row.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/tensor/philox_simd.cpp"
#ifndef HWY_DISABLED_TARGETS  // a build may disable more instruction sets
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
#include <hwy/foreach_target.h>  // must come before highway.h

#include <hwy/highway.h>

#include <algorithm>

#include "autograd/tensor/rng.h"

HWY_BEFORE_NAMESPACE();
namespace pushforward {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

// This version is for instruction sets whose vectors have one lane. They cannot multiply even and
// odd lanes separately, as the other version does, so it works row by row.
void PhiloxRows(const Stream& stream, std::uint32_t first_row, int rows, std::uint32_t block,
                std::uint32_t* const words[4]) {
  for (int r = 0; r < rows; ++r) {
    const auto all = stream.words(first_row + static_cast<std::uint32_t>(r), block);
    for (int w = 0; w < 4; ++w) words[w][r] = all[static_cast<std::size_t>(w)];
  }
}

#else

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<std::uint32_t>;
using V = hn::Vec<D>;
constexpr D d;
constexpr int kMaxLanes = HWY_MAX_BYTES / sizeof(std::uint32_t);

struct Product {
  V high, low;
};

// Multiplies each lane by one number, first even lanes, then odd ones, and splits the 64-bit
// products into high and low halves.
HWY_INLINE Product Multiply(V c, V factor) {
  const hn::RepartitionToWide<D> wide;
  const auto even = hn::MulEven(c, factor);
  const auto odd = hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(wide, c))), factor);
  return {hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even))),
          hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even))};
}

// Computes the same rounds as philox() in rng.cpp, one row per lane.
void PhiloxRows(const Stream& stream, std::uint32_t first_row, int rows, std::uint32_t block,
                std::uint32_t* const words[4]) {
  const V m0 = hn::Set(d, 0xD2511F53), m1 = hn::Set(d, 0xCD9E8D57);
  const int lanes = static_cast<int>(hn::Lanes(d));
  HWY_ALIGN std::uint32_t last[kMaxLanes];
  for (int r = 0; r < rows; r += lanes) {
    V c0 = hn::Set(d, block), c1 = hn::Iota(d, first_row + static_cast<std::uint32_t>(r));
    V c2 = hn::Set(d, stream.step), c3 = hn::Set(d, static_cast<std::uint32_t>(stream.purpose));
    std::uint32_t k0 = static_cast<std::uint32_t>(stream.seed),
                  k1 = static_cast<std::uint32_t>(stream.seed >> 32);
    for (int round = 0; round < 10; ++round) {
      const Product p = Multiply(c0, m0), q = Multiply(c2, m1);
      c0 = hn::Xor(hn::Xor(q.high, c1), hn::Set(d, k0));
      c1 = q.low;
      c2 = hn::Xor(hn::Xor(p.high, c3), hn::Set(d, k1));
      c3 = p.low;
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    const auto store = [&](V c, std::uint32_t* to) {
      if (r + lanes <= rows) return hn::StoreU(c, d, to + r);
      hn::Store(c, d, last);
      std::copy_n(last, rows - r, to + r);
    };
    store(c0, words[0]);
    store(c1, words[1]);
    store(c2, words[2]);
    store(c3, words[3]);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace pushforward
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pushforward {

HWY_EXPORT(PhiloxRows);

void Stream::words(std::uint32_t first_row, int rows, std::uint32_t block,
                   std::uint32_t* const words[4]) const {
  HWY_DYNAMIC_DISPATCH(PhiloxRows)(*this, first_row, rows, block, words);
}

}  // namespace pushforward
#endif  // HWY_ONCE
