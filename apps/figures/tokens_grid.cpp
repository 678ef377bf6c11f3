// Shows histograms of pairs of tokens over time, with strips for pairs that are partly masked.
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

// The shares of all pairs of tokens in bins of several tokens: `both` for pairs with two unmasked
// tokens, `only_x` and `only_y` for pairs with one unmasked token, and `neither` for pairs without
// one.
struct PairShares {
  std::size_t bins = 1;
  std::vector<double> both;              // [y * bins + x]
  std::vector<double> only_x, only_y;    // [bin]
  double neither = 0, one = 0, two = 0;  // the shares with no, one and two unmasked tokens
};

// The bins of a histogram of pairs: each has `merged` tokens on both sides.
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

// Returns the shares that get the full colour. For cells it is the 99 % quantile of the data's
// filled cells, so that one crowded cell does not make the rest pale. For strips it is the larger
// marginal share of the data.
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

// Returns the length on the page of a side of a histogram with its strips; `side` is the length
// without strips.
double side_with_strips(double side, bool strips) {
  return side + (strips ? strip_gap + strip_thick : 0);
}

Heat shares_heat(Area at, std::size_t width, std::size_t height, std::vector<double> shares,
                 double top) {
  return {at, width, height, std::move(shares), {0, top}, ColourScale::root};
}

// Returns a panel with one histogram, and with the strips below the histogram and to its left. Its
// units are page units; all panels have the same place for the histogram.
Panel share_panel(const PairShares& shares, const Scale& scale, double side, bool room,
                  bool strips) {
  Panel panel;
  panel.axes = false;
  panel.width = panel.height = side_with_strips(side, room);
  panel.x = panel.y = {0, panel.width};
  const double off = panel.width - side;
  const Limits whole{off, panel.width}, strip{0, strip_thick};
  const std::size_t n = shares.bins;
  if (strips) {
    panel.marks.push_back(shares_heat({strip, whole}, 1, n, shares.only_y, scale.strip));
    panel.marks.push_back(shares_heat({whole, strip}, n, 1, shares.only_x, scale.strip));
    panel.marks.push_back(shares_heat({strip, strip}, 1, 1, {shares.neither}, 1));
  }
  panel.marks.push_back(shares_heat({whole, whole}, n, n, shares.both, scale.cell));
  return panel;
}

ColourBar share_bar(const Scale& scale) {
  return {{0, 100 * scale.cell}, "% of all pairs, to a cell", ColourScale::root};
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

Figure token_grid_strip(const TokenFlow& flow, std::span<const int> data,
                        const std::string& title) {
  const auto grids = make_grids(flow, data);
  const std::vector<std::size_t> shown = even_indices(grids->flow, 5);
  Figure figure{title, {grids->note}, {}, {}, shown.size() + 1, {}};
  for (const std::size_t index : shown) {
    const PairShares shares = grids->at(index);
    Panel panel = share_panel(shares, grids->scale, 176, grids->masks, grids->masks);
    panel.title = fmt::format("t = {:.2f}", grids->flow.t[index]);
    panel.x_label = grids->masks ? known_words(shares) : "first token";
    if (index == shown.front()) panel.y_label = "second token";
    figure.panels.push_back(std::move(panel));
  }
  Panel panel = share_panel(grids->data, grids->scale, 176, grids->masks, false);
  panel.title = panel_name(0, data.size() / 2, 0);
  panel.x_label = "first token";
  panel.bar = share_bar(grids->scale);
  figure.panels.push_back(std::move(panel));
  return figure;
}

MovingFigure token_grid_animation(const TokenFlow& flow, std::span<const int> data,
                                  const std::string& title, const std::string& source,
                                  std::size_t frames) {
  const auto grids = make_grids(flow, data);
  const Timing timing = make_timing(Trajectories{{}, flow.times, 0, 0, flow.t}, frames);
  const std::size_t pairs = data.size() / 2;
  const auto draw = [=](std::size_t k) {
    const bool any = grids->flow.times > 0, masks = grids->masks;
    Panel ours = share_panel(any ? grids->at(index_at(grids->flow, timing.t[k])) : grids->data,
                             grids->scale, 290, masks, masks && any);
    Panel theirs = share_panel(grids->data, grids->scale, 290, masks, false);
    if (!any) {
      ours.marks.clear();
      ours.placard = "no sequences";
    }
    ours.title = panel_name(1, 0, grids->flow.rows);
    theirs.title = panel_name(0, pairs, 0);
    ours.x_label = theirs.x_label = "first token";
    ours.y_label = "second token";
    theirs.bar = share_bar(grids->scale);
    Figure figure{title, {grids->note}, {}, {std::move(ours), std::move(theirs)}, 2, {}};
    figure.clock = clock_at(timing, k, source);
    return figure;
  };
  return {timing.durations, draw};
}

}  // namespace pushforward::app
