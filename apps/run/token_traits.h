// What a run keeps of its token data beside the weights:
// how tokens are read and written where the data is gone.
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

// The characters of UTF-8 text, each a string of its own.
std::vector<std::string> split_characters(std::string_view text);

// Sequences of `length` tokens, each 0 .. vocabulary - 1;
// the mask, where there is one, is state `vocabulary`.
struct TokenTraits {
  std::string data;  // the type of the data set
  int length = 0, vocabulary = 0;
  std::vector<std::string> glyphs;  // what each token is written as; empty: its number
  int pad = -1;                     // the token that fills words up, written as nothing
  int spared = -1;                  // the file's own mask token: tokens from it on count one less
  TokenLevels levels{};             // of quantized numbers, and their units
  Units units{};                    // empty: the tokens are no numbers

  bool written() const { return !glyphs.empty(); }  // as text
  bool numeric() const { return units.dim() > 0; }  // as points
  bool words() const { return pad >= 0; }

  // One sequence as text: characters without pads, or numbers with blanks between. A state outside
  // the vocabulary, the mask, is written as `mask`.
  std::string text(std::span<const int> states, const std::string& mask = "_") const;
  // Text as tokens; words are padded. Failure (exit 4) "where what; cure" on a character that is
  // not in the vocabulary and on a wrong length.
  std::vector<int> tokens(const std::string& text, const std::string& where) const;
  // Text with free positions, each marked by the character `free`, as
  // tokens and -1 (length). A text whose windows are longer is given
  // from their first position on, the rest is free. Failure (exit 2).
  std::vector<int> given(const std::string& text, const std::string& free) const;
  // States as the data's own numbers, of any shape; and tokens back, (N, L). Failure (exit 4),
  // naming file, row, position and token.
  NdArray to_file(std::vector<std::size_t> shape, std::span<const int> states) const;
  std::vector<int> states(const NdArray& written) const;  // what to_file has written
  std::vector<int> from_file(const NdArray& array, const std::string& where) const;
  // Sequences (n, L) of numeric data as points (n, L)
  // in the data's units: the middle of each level.
  NdArray points(std::span<const int> tokens, const char* dtype) const;
  // Points back: the level of each number, beyond the ends the
  // nearest. Failure (exit 4) on another shape and on NaN.
  std::vector<int> from_points(const NdArray& array, const std::string& where) const;
  // How many of these points have a number beyond the ends.
  std::size_t outside(const NdArray& points) const;
};

// In the metadata as "data.tokens", a JSON object.
// Reading throws Failure (exit 4), naming the file.
void write_traits(const TokenTraits& traits, Metadata& metadata);
TokenTraits read_traits(const Metadata& metadata, const std::string& file);

}  // namespace pushforward::app
