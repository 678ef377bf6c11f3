// The figures of discrete flows: how the tokens are filled in over time. They are shown as text,
// as histograms of pairs or as images.
//
// Wrong shapes and states outside the vocabulary throw "[plot] ...". An
// input without rows is allowed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "apps/figures/figures.h"

namespace pushforward::app {

// Sequences of states at T times. states[(k * rows + i) * length + l] is position l of sequence i
// at time t[k]: a token 0 .. vocabulary - 1, or `vocabulary` for the mask. `t` increases.
struct TokenFlow {
  std::vector<int> states;
  std::size_t times = 0, rows = 0, length = 0;
  std::vector<double> t;
  int vocabulary = 0;

  std::span<const int> row(std::size_t time, std::size_t i) const {
    return {states.data() + (time * rows + i) * length, length};
  }
  int mask() const { return vocabulary; }
};

void check_flow(const TokenFlow& flow);

// Returns the index of the last saved time that is not after `t`, or 0 if all saved times are after
// `t`.
std::size_t index_at(const TokenFlow& flow, double t);

// Returns the indices of up to `count` saved times, evenly spaced from the first to the last.
std::vector<std::size_t> even_indices(const TokenFlow& flow, std::size_t count);

// Converts the flow for the pictures of images: token k becomes low + k * step, and masks become
// NaN. Use an ImageShape with `masks`.
Trajectories make_level_paths(const TokenFlow& flow, double low, double step);

// The text of each token: one glyph in UTF-8. An empty glyph, such as that of a pad, takes
// space but shows no letter.
using Glyphs = std::vector<std::string>;

// Shows text over time: a line for each of 13 times, with as many sequences side by side as fit.
// Masks are middle dots; tokens that changed since the line above have a coloured background.
Figure text_strip(const TokenFlow& flow, const Glyphs& glyphs, const std::string& title);

// Returns the lines of text_strip as plain text for a terminal, such as "t = 0.25  h··lo".
std::string text_lines(const TokenFlow& flow, const Glyphs& glyphs);

// Shows a page of sequences being filled in as an animation that rests at both ends. Tokens that
// just changed have a coloured background that fades.
MovingFigure text_animation(const TokenFlow& flow, const Glyphs& glyphs, const std::string& title,
                            const std::string& source, std::size_t frames = 60);

// Shows histograms of pairs of tokens (length 2) at five times, beside that of the data's pairs (m,
// 2), on one scale; x is the first token. With masks, strips along the sides show pairs with one
// unmasked token, and the corner shows the share of pairs with none.
Figure token_grid_strip(const TokenFlow& flow, std::span<const int> data, const std::string& title);

// Shows the histograms of token_grid_strip as an animation beside the data.
MovingFigure token_grid_animation(const TokenFlow& flow, std::span<const int> data,
                                  const std::string& title, const std::string& source,
                                  std::size_t frames = 60);

}  // namespace pushforward::app
