#include "apps/plot/tokens.h"

#include <cstddef>
#include <string>
#include <vector>

namespace pushforward::app {

TokenFlow make_token_flow(const Samples& drawn, const TokenTraits& traits) {
  const std::vector<std::size_t>& shape = drawn.trajectory.shape;
  const std::vector<int> states = traits.states(drawn.trajectory);
  TokenFlow flow{{}, 0, shape[1], shape[2], {}, traits.vocabulary};
  const auto size = std::ptrdiff_t(shape[1] * shape[2]);
  for (std::size_t k = 0; k < shape[0]; ++k) {
    if (k > 0 && drawn.times[k] == drawn.times[k - 1]) continue;
    const auto first = states.begin() + std::ptrdiff_t(k) * size;
    flow.states.insert(flow.states.end(), first, first + size);
    flow.t.push_back(drawn.times[k]);
  }
  flow.times = flow.t.size();
  return flow;
}

Glyphs make_glyphs(const TokenTraits& traits) {
  if (traits.written()) {
    Glyphs glyphs = traits.glyphs;
    for (std::string& glyph : glyphs) {
      if (glyph == "\n") glyph = "\u21b5";
      if (glyph.size() == 1 && static_cast<unsigned char>(glyph[0]) < ' ') glyph = "\u2423";
    }
    return glyphs;
  }
  Glyphs glyphs;
  for (int k = 0; k < traits.vocabulary; ++k) {
    const int one = k;
    glyphs.push_back(traits.text({&one, 1}));
  }
  return glyphs;
}

Trajectories make_pixel_paths(const TokenFlow& flow, const TokenTraits& traits) {
  // All pixels have the same units, so the first scale is that of all.
  const double scale = traits.units.scale[0];
  return make_level_paths(flow, scale * traits.levels.centre(0) + traits.units.shift[0],
                          scale * traits.levels.width());
}

}  // namespace pushforward::app
