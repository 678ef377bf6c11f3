// Draws histograms of pairs of tokens over time, with strips for pairs that are partly masked.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "apps/figures/panels.h"
#include "apps/figures/tokens.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

constexpr double strip_gap = 4, strip_thick = 11;

// Shares of all pairs, in square bins of `merged` tokens per side: both
// tokens unmasked, one, or none.
struct PairShares {
  std::size_t bins = 1;
  std::vector<double> both;              // [y * bins + x]
  std::vector<double> only_x, only_y;    // [bin]
  double neither = 0, one = 0, two = 0;  // the shares with no, one and two unmasked tokens
};

// The bins of pairs: the number of tokens per bin on each side.
struct Binning {
  int vocabulary = 1, merged = 1;

  std::size_t bins() const { return std::size_t((vocabulary + merged - 1) / merged); }
};

PairShares count_pair_shares(std::span<const int> pairs, const Binning& binning) {
  PairShares shares{binning.bins(), {}, {}, {}};
  shares.both.assign(shares.bins * shares.bins, 0.0);
  shares.only_x.assign(shares.bins, 0.0);
  shares.only_y.assign(shares.bins, 0.0);
  const double each = pairs.empty() ? 0 : 2.0 / double(pairs.size());
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    const auto x = std::size_t(pairs[i] / binning.merged),
               y = std::size_t(pairs[i + 1] / binning.merged);
    const bool x_known = pairs[i] != binning.vocabulary,
               y_known = pairs[i + 1] != binning.vocabulary;
    if (x_known && y_known) {
      shares.both[y * shares.bins + x] += each;
      shares.two += each;
    } else if (x_known || y_known) {
      (x_known ? shares.only_x[x] : shares.only_y[y]) += each;
      shares.one += each;
    } else {
      shares.neither += each;
    }
  }
  return shares;
}

// Chooses the finest bins whose non-empty cells hold 8 pairs on average. Each side has a whole
// number of bins, at least 16.
Binning make_binning(std::span<const int> pairs, int vocabulary) {
  Binning best{std::max(1, vocabulary), 1};
  for (int merged = 1; merged * 16 <= vocabulary; ++merged) {
    if (vocabulary % merged != 0) continue;
    best.merged = merged;
    const PairShares shares = count_pair_shares(pairs, best);
    const auto empty = std::count(shares.both.begin(), shares.both.end(), 0.0);
    const double filled = double(shares.both.size()) - double(empty);
    if (double(pairs.size()) / 2 >= 8 * filled) break;
  }
  return best;
}

// The shares that get the full colour, for a cell and for a cell of a strip.
struct Scale {
  double cell = 1, strip = 1;
};

// For cells it is the 99 % quantile of the data's filled cells, so that one crowded cell does not
// make the rest pale. For strips it is the larger marginal share of the data.
Scale make_scale(const PairShares& data) {
  Scale scale;
  std::vector<double> filled;
  for (double share : data.both) {
    if (share > 0) filled.push_back(share);
  }
  if (filled.empty()) return scale;
  const auto place = filled.begin() + std::ptrdiff_t(0.99 * double(filled.size() - 1));
  std::nth_element(filled.begin(), place, filled.end());
  scale.cell = *place;
  std::vector<double> x(data.bins, 0.0), y(data.bins, 0.0);
  for (std::size_t at = 0; at < data.both.size(); ++at) {
    x[at % data.bins] += data.both[at];
    y[at / data.bins] += data.both[at];
  }
  scale.strip =
      std::max(*std::max_element(x.begin(), x.end()), *std::max_element(y.begin(), y.end()));
  return scale;
}

// The square root makes small shares distinguishable.
Colour shade(double part) { return sequential_colour(std::sqrt(part)); }

Raster make_share_raster(std::span<const double> shares, std::size_t width, std::size_t height,
                         double top) {
  Raster raster{width, height, std::vector<std::uint32_t>(width * height)};
  for (std::size_t row = 0; row < height; ++row) {
    for (std::size_t col = 0; col < width; ++col)
      raster.rgb[row * width + col] = packed(shade(shares[(height - 1 - row) * width + col] / top));
  }
  return raster;
}

// Returns the part of a panel for the histogram. With masks there are strips
// below and to the left of it.
Box inner_box(const Box& box, bool masks) {
  const double off = masks ? strip_gap + strip_thick : 0;
  return {box.x + off, box.y, box.width - off, box.height - off};
}

// Draws one histogram in `box`, with its strips or without.
void draw_shares(Canvas& canvas, Box box, const PairShares& shares, const Scale& scale,
                 bool strips) {
  if (strips) {
    const Box rest = inner_box(box, true);
    const double y = box.bottom() - strip_thick;
    const Box left{box.x, box.y, strip_thick, rest.height};
    const Box below{rest.x, y, rest.width, strip_thick}, corner{box.x, y, strip_thick, strip_thick};
    canvas.image(left, make_share_raster(shares.only_y, 1, shares.bins, scale.strip), false);
    canvas.image(below, make_share_raster(shares.only_x, shares.bins, 1, scale.strip), false);
    canvas.fill(corner, shade(shares.neither));
    for (const Box& part : {left, below, corner}) canvas.edge(part, colours::frame, 0.7);
    box = rest;
  }
  canvas.image(box, make_share_raster(shares.both, shares.bins, shares.bins, scale.cell), false);
  canvas.edge(box, colours::frame, 0.9);
}

std::string known_words(const PairShares& shares) {
  return fmt::format("known: both {:.0f} %, one {:.0f} %", 100 * shares.two, 100 * shares.one);
}

struct Grids {
  TokenFlow flow;
  Binning binning;
  PairShares data;
  Scale scale;
  bool masks = false;
  std::string note;

  PairShares at(std::size_t index) const {
    const std::size_t size = flow.rows * 2;
    return count_pair_shares(std::span(flow.states).subspan(index * size, size), binning);
  }
};

std::shared_ptr<const Grids> make_grids(const TokenFlow& flow, std::span<const int> data) {
  check_flow(flow);
  check(flow.times * flow.rows == 0 || flow.length == 2, "plot", "a histogram of pairs from ",
        "sequences of ", flow.length, " tokens; give sequences of 2");
  check(data.size() % 2 == 0 && std::all_of(data.begin(), data.end(),
                                            [&](int s) { return s >= 0 && s < flow.vocabulary; }),
        "plot", "the data's pairs must be pairs of tokens 0 .. ", flow.vocabulary - 1);
  Grids grids{flow, make_binning(data, flow.vocabulary), {}, {}, {}, {}};
  grids.data = count_pair_shares(data, grids.binning);
  const std::size_t last = flow.times > 0 ? flow.times - 1 : 0;
  grids.scale = make_scale(data.empty() && flow.times > 0 ? grids.at(last) : grids.data);
  grids.masks = std::find(flow.states.begin(), flow.states.end(), flow.mask()) != flow.states.end();
  const auto merged = grids.binning.merged;
  grids.note =
      fmt::format(
          "{} x {} tokens{}{}", flow.vocabulary, flow.vocabulary,
          merged > 1 ? fmt::format(", {} x {} to a cell", merged, merged) : "",
          grids.masks ? " \u00b7 strips: pairs with one token known; corner: none known" : "") +
      " \u00b7 colour: the square root of the share";
  return std::make_shared<const Grids>(std::move(grids));
}

}  // namespace

Picture token_grid_strip(const TokenFlow& flow, std::span<const int> data,
                         const std::string& title) {
  const auto grids = make_grids(flow, data);
  const std::vector<std::size_t> shown = even_indices(grids->flow, 5);
  const std::size_t panels = shown.size() + 1;
  const Row row =
      make_row(panels, 190, 190, {18, 18, 66, grids->masks ? 28.0 : 14.0, 16}, grids->note);
  const std::size_t data_rows = data.size() / 2;
  return {row.width, row.height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, grids->note);
            for (std::size_t k = 0; k < panels; ++k) {
              const bool is_data = k + 1 == panels;
              const PairShares shares = is_data ? grids->data : grids->at(shown[k]);
              const Box box = row.panel(k), within = inner_box(box, grids->masks);
              draw_shares(canvas, is_data ? within : box, shares, grids->scale,
                          grids->masks && !is_data);
              canvas.text({within.x, box.y - 9},
                          is_data ? panel_name(0, data_rows, 0)
                                  : fmt::format("t = {:.2f}", grids->flow.t[shown[k]]),
                          {sizes::panel_title, colours::ink});
              if (grids->masks && !is_data)
                canvas.text({within.x, box.bottom() + 15}, known_words(shares),
                            {sizes::tick, colours::quiet});
            }
          }};
}

Animation token_grid_animation(const TokenFlow& flow, std::span<const int> data,
                               const std::string& title, std::size_t frames) {
  const auto grids = make_grids(flow, data);
  const Timing timing = make_timing(Trajectories{{}, flow.times, 0, 0, flow.t}, frames);
  constexpr double margin = 18, side = 300, top = 66;
  const Row row = make_row(2, side, side, {margin, margin, top, 46, 26}, "");
  Animation animation{row.width, row.height, timing.durations, {}};
  const std::string data_name = panel_name(0, data.size() / 2, 0);
  const std::string samples_name = panel_name(1, 0, flow.rows);
  animation.draw = [=](Canvas& canvas, std::size_t k) {
    draw_title(canvas, title);
    const Box ours = row.panel(0), theirs = inner_box(row.panel(1), grids->masks);
    const TextStyle style{sizes::panel_title, colours::ink};
    canvas.text({inner_box(ours, grids->masks).x, ours.y - 9}, samples_name, style);
    canvas.text({theirs.x, theirs.y - 9}, data_name, style);
    if (grids->flow.times > 0)
      draw_shares(canvas, ours, grids->at(index_at(grids->flow, timing.t[k])), grids->scale,
                  grids->masks);
    else
      draw_placard(canvas, ours, "no sequences");
    draw_shares(canvas, theirs, grids->data, grids->scale, false);
    draw_clock(canvas, {margin, ours.bottom() + 16, theirs.right() - margin, 5}, timing, k);
  };
  return animation;
}

}  // namespace pushforward::app
