// Counter-based random numbers: a number depends on its stream and index, never on earlier draws.
//
// The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as
// easy as 1, 2, 3", SC 2011) with key = seed (64 bits) and counter = (block, row, step,
// purpose). The noise of row 17 at step 400 is the same four words however the rows are divided
// among threads, in float and in double.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace pushforward {

// The purpose that random numbers serve. Each purpose has its own stream of random numbers. Users
// number their purposes from `user` on.
enum class Purpose : std::uint32_t {
  init = 1,
  data,
  noise,
  time,
  coupling,
  dropout,
  probe,
  shuffle,
  label,
  path_noise,
  diffusion,
  token_path,
  token_jump,
  token_bound,
  user = 1000
};

// Returns one block of four words from ten rounds of Philox4x32. Any counter and key are valid.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

// A stream of random numbers: a seed, a purpose and a step (the number of a training step or solver
// step, or any number that the caller chooses).
struct Stream {
  std::uint64_t seed = 0;
  Purpose purpose = Purpose::user;
  std::uint32_t step = 0;

  // Returns the four 32-bit random words of block `block` of row `row`.
  std::array<std::uint32_t, 4> words(std::uint32_t row, std::uint32_t block) const;
  // Writes the four words of one block for each of the rows first_row .. first_row + rows - 1,
  // vectorised. Word w of row first_row + r goes to words[w][r].
  void words(std::uint32_t first_row, int rows, std::uint32_t block,
             std::uint32_t* const words[4]) const;
  // Return this stream at another step, or for another purpose.
  Stream at(std::uint32_t other_step) const { return {seed, purpose, other_step}; }
  Stream with(Purpose other) const { return {seed, other, step}; }

  // Single numbers: each returns number `index` of row `row`, which is uniform on (0, 1), standard
  // normal, or a uniform integer in 0 .. n - 1 (fails unless n > 0).
  double uniform(std::uint32_t row, std::uint32_t index = 0) const;
  double normal(std::uint32_t row, std::uint32_t index = 0) const;
  int integer(int n, std::uint32_t row, std::uint32_t index = 0) const;
};

// Returns a random permutation of 0 .. n - 1: each number gets a random 64-bit key, and the numbers
// are sorted by key (ties by number). Fails on n < 0.
std::vector<int> permutation(Stream stream, int n);

// Draws one index below weights.size() for each of the rows first_row, first_row + 1, ... with
// probability proportional to the weights. Fails if a weight is negative or not finite, or all are
// 0.
void categorical(Stream stream, std::span<const double> weights, std::uint32_t first_row,
                 std::span<int> out);

}  // namespace pushforward
