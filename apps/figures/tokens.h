// The pictures of discrete flows as functions of plain data: tokens filled in over time, as text,
// as histograms of pairs and as images.
//
// Wrong shapes and states outside the vocabulary throw "[plot] ..."; no rows give a picture too.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "apps/figures/figures.h"

namespace pushforward::app {

// Sequences of states followed over T times: states[(k * rows + i) * length + l] is position l of
// sequence i at time t[k], a token 0 .. vocabulary - 1 or the mask, `vocabulary`. `t` increases.
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

// The last saved time that is not after `t`, as an index; 0 where all are.
std::size_t index_at(const TokenFlow& flow, double t);

// Indices of up to `count` saved times, evenly spread from the first to the last.
std::vector<std::size_t> even_indices(const TokenFlow& flow, std::size_t count);

// The flow with token k as the number low + k step and masks as
// NaN, for the pictures of images: use a shape with `masks`.
Trajectories make_level_paths(const TokenFlow& flow, double low, double step);

// How tokens are written: one glyph each, in UTF-8; an empty
// one, as of a pad, takes its place but shows no letter.
using Glyphs = std::vector<std::string>;

// Text over time: a line for each of 13 times, as many sequences side by side as fit; masks are
// middle dots, tokens that changed since the line above stand on colour.
Picture text_strip(const TokenFlow& flow, const Glyphs& glyphs, const std::string& title);

// The same lines for a terminal, "t = 0.25  h··lo"; no colour.
std::string text_lines(const TokenFlow& flow, const Glyphs& glyphs);

// A page of sequences being filled in, an animation that rests at both ends; tokens that just
// changed stand on a colour that fades.
Animation text_animation(const TokenFlow& flow, const Glyphs& glyphs, const std::string& title,
                         std::size_t frames = 60);

// Pairs of tokens (length 2) as histograms at five times, beside that of the data's pairs (m, 2),
// on one scale; x is the first token. Where there are masks, pairs of which one token is known
// stand in strips along the sides, and the share that is all mask in the corner.
Picture token_grid_strip(const TokenFlow& flow, std::span<const int> data,
                         const std::string& title);

// The same as an animation beside the data.
Animation token_grid_animation(const TokenFlow& flow, std::span<const int> data,
                               const std::string& title, std::size_t frames = 60);

}  // namespace pushforward::app
