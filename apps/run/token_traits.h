// The traits of token data that a model file stores, so that tokens can be read and
// written without the data.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/formats/npy.h"
#include "apps/run/units.h"
#include "flow/discrete/levels.h"
#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {

// Splits UTF-8 text into its characters.
std::vector<std::string> split_characters(std::string_view text);

// Describes sequences of `length` tokens, each in 0 .. vocabulary - 1. If positions can be masked,
// a masked position has the number `vocabulary`. A state is a token or the mask.
struct TokenTraits {
  std::string data;  // the type of the data set
  int length = 0, vocabulary = 0;
  std::vector<std::string> glyphs;  // the text of each token; empty: tokens are written as numbers
  int pad = -1;                     // the token that pads words, shown as no character; -1: none
  // The number of the mask in the data file, or -1 if the file has no mask. Tokens above this
  // number in the file are one less here, so that the tokens have no gap.
  int spared = -1;
  TokenLevels levels{};  // the levels of quantized numbers
  Units units{};         // the units of quantized numbers; empty: tokens are not numbers
  // True if read from a file of an earlier version, whose units do not include the scale and shift
  // of `affine` sections (run/units.h).
  bool units_undo_affine = false;

  bool written() const { return !glyphs.empty(); }  // tokens are text
  bool numeric() const { return units.dim() > 0; }  // tokens are numbers
  bool words() const { return pad >= 0; }

  // Returns one sequence as text: characters without padding, or numbers separated by spaces.
  // Masked positions are written as `mask`.
  std::string text(std::span<const int> states, const std::string& mask = "_") const;
  // Converts text to tokens and pads words. Throws Failure (exit 4) "where what; cure" if a
  // character is not in the vocabulary or the length is wrong.
  std::vector<int> tokens(const std::string& text, const std::string& where) const;
  // Converts text with free positions to `length` tokens. A free position is the character `free`
  // in the text and -1 in the result. If the data is windows of a text, the text may be shorter
  // than a window; the remaining positions are free. Throws Failure (exit 2).
  std::vector<int> given(const std::string& text, const std::string& free) const;
  // to_file converts states (tokens or masks) of any shape to the numbers of the data file.
  // from_file converts an array (N, L) of such numbers to tokens; its Failure (exit 4) names file,
  // row, position and token.
  NdArray to_file(std::vector<std::size_t> shape, std::span<const int> states) const;
  std::vector<int> states(const NdArray& written) const;  // the inverse of to_file
  std::vector<int> from_file(const NdArray& array, const std::string& where) const;
  // Converts sequences (n, L) of quantized data to points (n, L) in the data's units. Each token
  // becomes the middle of its level.
  NdArray points(std::span<const int> tokens, const char* dtype) const;
  // Converts points to tokens: each number becomes the level (an interval of values) that contains
  // it. A number outside all levels gets the nearest level. Throws Failure (exit 4) for another
  // shape and for NaN.
  std::vector<int> from_points(const NdArray& array, const std::string& where) const;
  // Returns how many of the points have a number outside all levels.
  std::size_t outside(const NdArray& points) const;
};

// write_traits and read_traits store the traits as "data.tokens" of the metadata, a JSON object.
// Reading throws Failure (exit 4) that names the file.
void write_traits(const TokenTraits& traits, Metadata& metadata);
TokenTraits read_traits(const Metadata& metadata, const std::string& file);

}  // namespace pushforward::app
