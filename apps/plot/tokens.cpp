#include "apps/plot/tokens.h"

#include <algorithm>
#include <string>
#include <vector>

#include "apps/engine/engine.h"
#include "apps/figures/images.h"
#include "apps/figures/tokens.h"
#include "apps/plot/data.h"

namespace pushforward::app {
namespace {

constexpr int kTimes = 61, kMaxTexts = 200, kMaxImages = 500, kPairs = 5, kMaxPairs = 1'000'000;

// A drawn trajectory as the pictures take it.
TokenFlow make_token_flow(const Samples& drawn, const TokenTraits& traits) {
  return {traits.states(drawn.trajectory),
          drawn.trajectory.shape[0],
          drawn.trajectory.shape[1],
          drawn.trajectory.shape[2],
          drawn.times,
          traits.vocabulary};
}

// What each token is written as: its character, with a sign for what takes no ink, or its number.
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

void plot_images(const Samples& drawn, const TokenFlow& flow, const Points& data,
                 const TokenTraits& traits, ImageShape shape, const std::string& name,
                 Album& album) {
  // All pixels have the same units.
  const double scale = traits.units.scale[0];
  const Trajectories way = make_level_paths(
      flow, scale * traits.levels.centre(0) + traits.units.shift[0], scale * traits.levels.width());
  const Points samples = as_points(drawn.points);
  album.add("samples", images_figure(samples, data, shape, name));
  if (!drawn.labels.values.empty())
    album.add("classes",
              images_by_class(samples, as_labels(drawn.labels), shape, name + ": by class"));
  shape.masks = true;
  album.add("strip", images_strip(way, shape, name + ": from noise to data"));
  album.write("flow.webp", webp(images_animation(way, shape, name)));
}

}  // namespace

void plot_tokens(const Config& config, const PlotRequest& plot, Album& album) {
  const Engine& engine = engine_of(config);
  const std::string name = config.string("/name");
  const TokenTraits traits = engine.token_traits(config, plot);
  const auto images = image_shape(config);
  SampleRequest request;
  static_cast<RunRequest&>(request) = plot;
  // A histogram of pairs has many cells to fill; of text and images a page is enough.
  const bool pairs = traits.length == 2 && !traits.written();
  request.n = pairs ? std::min(plot.n, kMaxPairs) * kPairs
                    : std::min(plot.n, images ? kMaxImages : kMaxTexts);
  request.seed = plot.seed;
  request.times = kTimes;
  const Samples drawn = engine.sample(config, request);
  const TokenFlow flow = make_token_flow(drawn, traits);
  if (images && traits.numeric()) {
    const NdArray rows = engine.data(config, request.n, plot.seed + 1);
    const Points data = as_points(traits.points(traits.states(rows), "<f8"));
    plot_images(drawn, flow, data, traits, *images, name, album);
  } else if (pairs) {
    const std::vector<int> data = traits.states(engine.data(config, request.n, plot.seed + 1));
    album.add("strip", token_grid_strip(flow, data, name + ": pairs of tokens over time"));
    album.write("flow.webp", webp(token_grid_animation(flow, data, name)));
  } else {
    album.add("strip", text_strip(flow, make_glyphs(traits), name + ": from noise to data"));
    album.write("strip.txt", text_lines(flow, make_glyphs(traits)));
    album.write("flow.webp", webp(text_animation(flow, make_glyphs(traits), name)));
  }
}

}  // namespace pushforward::app
