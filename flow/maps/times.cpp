#include "flow/maps/times.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/tensor/check.h"

namespace pushforward::inline PF_REAL {

using detail::check;

void draw_map_times(const MapTimes& times, Stream stream, std::uint32_t first_row, int rows,
                    const MapTimeRows& to) {
  check(times.from_start >= 0 && times.from_start <= 1, "map_times", "from_start is ",
        times.from_start, "; it is a probability, from 0 to 1");
  check(bool(times.each.quantile) && !times.each.stratified, "map_times", "the distribution \"",
        times.each.name,
        "\" has no quantile function or is stratified; give a distribution of single times");
  constexpr double kEdge = 0x1p-24;  // the least distance of a uniform float from 0 and 1
  for (int r = 0; r < rows; ++r) {
    const std::uint32_t row = first_row + static_cast<std::uint32_t>(r);
    const auto draw = [&](std::uint32_t index) {
      const double t = times.each.quantile(stream.uniform(row, index));
      check(!std::isnan(t), "map_times", "the quantile function of \"", times.each.name,
            "\" gave NaN; it must give a time for every u in (0, 1)");
      return std::clamp(t, kEdge, 1 - kEdge);
    };
    double s = draw(0), t = draw(1);
    if (stream.uniform(row, 2) < times.from_start) s = 0;
    if (s > t) std::swap(s, t);
    if (times.both_ways && stream.uniform(row, 3) < 0.5) std::swap(s, t);
    to.s[r] = static_cast<real>(s);
    to.t[r] = static_cast<real>(t);
    to.part[r] = static_cast<real>(stream.uniform(row, 4));
  }
}

}  // namespace pushforward::inline PF_REAL
