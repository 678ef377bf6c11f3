#include "apps/plot_tokens.h"

#include <algorithm>

#include "apps/build_images.h"
#include "apps/plot_data.h"

namespace pushforward {
namespace {

constexpr int kTimes = 61;

// A state of a file as the network's: the mask, if it is a token of the file, becomes the last.
int state_of(double value, const TokenTraits& traits) {
  const int state = static_cast<int>(value);
  if (traits.spared < 0 || state < traits.spared) return state;
  return state == traits.spared ? traits.vocabulary : state - 1;
}

std::vector<int> states_of(const NdArray& array, const TokenTraits& traits) {
  std::vector<int> states;
  states.reserve(array.values.size());
  for (double value : array.values) states.push_back(state_of(value, traits));
  return states;
}

// One state of the flow as points of levels.
Points levels_at(const Trajectories& levels, std::size_t time) {
  const std::size_t size = levels.rows * levels.cols;
  const auto from = levels.values.begin() + static_cast<std::ptrdiff_t>(time * size);
  return {{from, from + static_cast<std::ptrdiff_t>(size)}, levels.rows, levels.cols};
}

void plot_images(const std::string& name, const Samples& drawn, const std::vector<int>& data,
                 const ImageShape& given, Album& album) {
  ImageShape shape = given;
  shape.masks = true;
  const TokenTraits& traits = *drawn.traits;
  const double scale = traits.units.scale[0];
  const double low = scale * traits.levels.centre(0) + traits.units.shift[0],
               step = scale * traits.levels.width();
  const TokenFlow flow = token_flow_of(drawn);
  const Trajectories levels = levels_of(flow, low, step);
  const Points samples = levels_at(levels, flow.times - 1);
  const TokenFlow true_rows{data, 1, data.size() / flow.length, flow.length, {1}, flow.vocabulary};
  album.add("samples",
            images_figure(samples, levels_at(levels_of(true_rows, low, step), 0), shape, name));
  album.add("strip", images_strip(levels, shape, name + ": tokens over time"));
  if (const std::vector<int> labels = as_labels(drawn.labels); !labels.empty())
    album.add("classes", images_by_class(samples, labels, shape, name + ": by class"));
  album.write("flow.webp", webp(images_film(levels, shape, name)));
}

void plot_text(const std::string& name, const TokenFlow& flow, const Glyphs& glyphs, Album& album) {
  album.add("strip", text_strip(flow, glyphs, name + ": tokens over time"));
  album.write("strip.txt", text_lines(flow, glyphs));
  album.write("flow.webp", webp(text_film(flow, glyphs, name)));
}

}  // namespace

TokenFlow token_flow_of(const Samples& samples) {
  const auto& shape = samples.trajectory.shape;
  return {states_of(samples.trajectory, *samples.traits),
          shape[0],
          shape[1],
          shape[2],
          samples.times,
          samples.traits->vocabulary};
}

Glyphs glyphs_of(const TokenTraits& traits) {
  Glyphs glyphs = traits.glyphs;
  for (std::string& glyph : glyphs) {
    if (glyph == "\n") glyph = "\u21b5";
    if (glyph.size() == 1 && static_cast<unsigned char>(glyph[0]) < ' ') glyph = "\u2423";
  }
  if (!glyphs.empty() || traits.vocabulary > 36) return glyphs;
  for (int k = 0; k < traits.vocabulary; ++k)
    glyphs.emplace_back(1, static_cast<char>(k < 10 ? '0' + k : 'a' + k - 10));
  return glyphs;
}

void plot_tokens(const Config& config, const PlotArguments& args, Album& album) {
  const Engine& engine = engine_of(config);
  const std::string name = config.string("/name");
  const auto shape = image_shape(config);
  // Text needs few samples; a histogram has many cells to fill.
  const auto sampled = [&](int n) {
    SampleRequest request;
    static_cast<RunRequest&>(request) = args.request;
    request.n = n;
    request.seed = args.seed;
    request.times = kTimes;
    request.tokens = config.string("/data/type") == "quantize";
    return engine.sample(config, request);
  };
  const auto data = [&](int n, const Samples& samples) {
    return states_of(engine.data(config, n, args.seed + 1), *samples.traits);
  };
  if (shape) {
    const int n = std::min(args.n, 200);
    const Samples drawn = sampled(n);
    return plot_images(name, drawn, data(n, drawn), *shape, album);
  }
  Samples drawn = sampled(std::min(args.n, 200));
  const Glyphs glyphs = glyphs_of(*drawn.traits);
  const bool pairs = drawn.traits->length == 2 && !drawn.traits->written();
  if (pairs) {
    const int n = args.n < 20'000'000 ? 5 * args.n : args.n;
    drawn = sampled(n);
    const TokenFlow flow = token_flow_of(drawn);
    const std::vector<int> rows = data(n, drawn);
    album.add("strip", token_grid_strip(flow, rows, name + ": tokens over time"));
    album.write("flow.webp", webp(token_grid_film(flow, rows, name)));
  } else if (!glyphs.empty()) {
    plot_text(name, token_flow_of(drawn), glyphs, album);
  } else {
    // Numbers without a picture of their own, on their principal axes.
    const auto as_numbers = [&](std::vector<int> rows) {
      const std::size_t length = static_cast<std::size_t>(drawn.traits->length);
      return Points{{rows.begin(), rows.end()}, rows.size() / length, length};
    };
    drawn = sampled(args.n);
    album.add("samples", samples_figure(as_numbers(states_of(drawn.points, *drawn.traits)),
                                        as_numbers(data(args.n, drawn)), name + ": tokens"));
  }
}

}  // namespace pushforward
