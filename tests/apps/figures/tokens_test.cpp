// Tests the pictures and texts of discrete flows, with usual and with invalid input.
#include "apps/figures/tokens.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "apps/figures/draw_figure.h"
#include "apps/figures/images.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

const Glyphs abc_glyphs{"a", "b", "c", " ", ""};

// Returns two sequences of three tokens at three times. The tokens "a" and pad (4) appear at the
// second time, the others at the third.
TokenFlow small() {
  return {
      {5, 5, 5, 5, 5, 5, /**/ 0, 5, 5, 5, 5, 4, /**/ 0, 1, 3, 2, 1, 4}, 3, 2, 3, {0, 0.5, 1}, 5};
}

std::size_t count_token_pixels(const Picture& picture, const Colour& colour, int off = 12) {
  std::size_t found = 0;
  for (std::uint32_t rgb : pixels(picture, 1).rgb) {
    int worst = 0;
    for (int shift : {0, 8, 16})
      worst =
          std::max(worst, std::abs(int(rgb >> shift & 255) - int(packed(colour) >> shift & 255)));
    found += worst < off;
  }
  return found;
}

std::size_t count_token_pixels(const Figure& figure, const Colour& colour) {
  return count_token_pixels(picture_of(figure), colour);
}

// Returns n pairs of V tokens that are all masks at first and then become tokens one after another,
// in each pair the x token first.
TokenFlow pairs(std::size_t n, int V) {
  TokenFlow flow{{}, 5, n, 2, {0, 0.25, 0.5, 0.75, 1}, V};
  for (std::size_t k = 0; k < flow.times; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      const bool x = i * 4 < k * n, y = (i + n / 4) * 4 < k * n || k == 4;
      flow.states.push_back(x ? int(i * 7) % V : V);
      flow.states.push_back(y ? int(i * 5) % V : V);
    }
  }
  return flow;
}

}  // namespace

TEST_CASE("a token flow in a terminal: dots, letters, pads") {
  CHECK(text_lines(small(), abc_glyphs) ==
        "t = 0.00  \u00b7\u00b7\u00b7  \u00b7\u00b7\u00b7\n"
        "t = 0.50  a\u00b7\u00b7  \u00b7\u00b7\n"
        "t = 1.00  ab   cb\n");
}

TEST_CASE("times of a token flow") {
  const TokenFlow flow = small();
  CHECK(index_at(flow, -1) == 0);
  CHECK(index_at(flow, 0.49) == 0);
  CHECK(index_at(flow, 0.5) == 1);
  CHECK(index_at(flow, 7) == 2);
  CHECK(even_indices(flow, 13) == std::vector<std::size_t>{0, 1, 2});
  CHECK(even_indices(flow, 2) == std::vector<std::size_t>{0, 2});
}

TEST_CASE("tokens as levels: masks are not numbers, and nothing lies between two states") {
  const Trajectories levels = make_level_paths(small(), 10, 2);
  const Points at = points_at(levels, 0.9);  // the states at time 0.5, the last before 0.9
  CHECK(at.at(0, 0) == 10);
  CHECK(std::isnan(at.at(0, 1)));
  CHECK(at.at(1, 2) == 18);
  CHECK(points_at(levels, 1).at(1, 0) == 14);
}

TEST_CASE("the strip highlights tokens where they settle") {
  const TokenFlow flow = small();
  const Colour fresh{1 - 0.3 * (1 - colours::samples.red), 1 - 0.3 * (1 - colours::samples.green),
                     1 - 0.3 * (1 - colours::samples.blue)};
  CHECK(count_token_pixels(text_strip(flow, abc_glyphs, "strip"), fresh) > 400);
  TokenFlow still = flow;
  for (std::size_t k = 0; k < 2; ++k)
    std::copy_n(still.states.begin() + 12, 6, still.states.begin() + std::ptrdiff_t(6 * k));
  // Only the legend has this colour.
  CHECK(count_token_pixels(text_strip(still, abc_glyphs, "strip"), fresh) < 60);
  // New tokens are coloured in the animation. The colour fades, and the last frame has none.
  const Animation animation = animation_of(text_animation(flow, abc_glyphs, "film", "masks", 21));
  std::size_t max_count = 0;
  for (std::size_t k = 0; k < animation.durations.size(); ++k)
    max_count = std::max(max_count, count_token_pixels(frame(animation, k), fresh));
  CHECK(max_count > 100);
  CHECK(count_token_pixels(frame(animation, 20), fresh) < 60);
}

TEST_CASE("masks of images have a colour of their own, and none is left at the end") {
  TokenFlow flow{{}, 2, 4, 64, {0, 1}, 17};
  flow.states.assign(4 * 64, 17);
  for (int i = 0; i < 4 * 64; ++i) flow.states.push_back(i % 17);
  const ImageShape shape{8, 8, 0, 16, true};
  const Animation animation =
      animation_of(images_animation(make_level_paths(flow, 0, 1), shape, "digits", "masks", 5));
  CHECK(count_token_pixels(frame(animation, 0), colours::mask) > 4 * 40 * 40);
  // Only the legend has this colour.
  CHECK(count_token_pixels(frame(animation, 4), colours::mask) < 60);
  CHECK(count_token_pixels(frame(animation, 0), colours::samples) == 0);
}

TEST_CASE("pairs over time: what is known is in the grid, the rest at its edges") {
  const TokenFlow flow = pairs(400, 16);
  const std::vector<int> data(flow.states.end() - 800, flow.states.end());
  const Figure strip = token_grid_strip(flow, data, "grid");
  CHECK(svg(picture_of(strip)).find("</svg>") != std::string::npos);
  // The corner (fully masked pairs) at t = 0 and many cells at t = 1 have the last colour of the
  // scale.
  CHECK(count_token_pixels(strip, sequential_colour(1)) > 80);
  const Animation animation = animation_of(token_grid_animation(flow, data, "grid", "masks", 9));
  CHECK(png(frame(animation, 0), 1) != png(frame(animation, 8), 1));
  CHECK(png(frame(animation, 8), 1) == png(frame(animation, 8), 1));
}

TEST_CASE("empty flows have pictures and wrong ones say why") {
  for (const TokenFlow& none : {TokenFlow{{}, 0, 0, 2, {}, 5}, TokenFlow{{}, 2, 0, 2, {0, 1}, 5}}) {
    CHECK(!png(picture_of(text_strip(none, abc_glyphs, "none")), 1).empty());
    CHECK(!png(frame(animation_of(text_animation(none, abc_glyphs, "none", "masks", 3)), 1), 1)
               .empty());
    CHECK(!png(picture_of(token_grid_strip(none, {}, "none")), 1).empty());
    CHECK(!png(frame(animation_of(token_grid_animation(none, {}, "none", "masks", 3)), 1), 1)
               .empty());
  }
  TokenFlow flow = small();
  CHECK_THROWS_WITH(text_strip(flow, {"a"}, ""), Contains("1 glyphs for 5 tokens"));
  CHECK_THROWS_WITH(token_grid_strip(flow, {}, ""), Contains("sequences of 3 tokens"));
  flow.states[4] = 6;
  CHECK_THROWS_WITH(text_lines(flow, abc_glyphs), Contains("state 6 in a token flow of 5 tokens"));
  flow = small();
  flow.t[1] = 1;
  CHECK_THROWS_WITH(make_level_paths(flow, 0, 1), Contains("must increase"));
  flow.states.pop_back();
  CHECK_THROWS_WITH(text_lines(flow, abc_glyphs), Contains("holds 17 states"));
}
