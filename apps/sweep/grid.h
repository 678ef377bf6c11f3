// The grid of a sweep: every combination of the values that the command line gives for keys of a
// config.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pushforward::app {

// A key of the config and the values that it takes, as they are written on the command line.
struct SweepAxis {
  std::string key;
  std::vector<std::string> values;
};

// One combination: a value of each axis, and the overrides that set them.
struct SweepPoint {
  std::vector<std::string> values;
  std::vector<std::string> overrides;
  std::string name;  // for example "lr=1e-3,seed=2"; it is the name of the run's folder
};

struct SweepGrid {
  std::vector<SweepAxis> axes;       // the keys with several values, in the order of the command
  std::vector<std::string> fixed;    // the other overrides, which hold for all runs
  std::vector<SweepPoint> points{};  // all combinations; the last axis changes fastest
};

// Reads overrides such as "optimizer.lr=1e-3,3e-3" and "seed=0..4". Commas outside of brackets,
// braces and quotes separate values; "0..4" means the whole numbers from 0 to 4. Throws Failure
// (exit 2) if no key has several values, if a value is empty or given twice, if a key is given
// twice, or if there are more than 10,000 combinations.
SweepGrid read_grid(const std::vector<std::string>& arguments);

// A part of a sweep: the combinations k with k % of == index - 1.
struct Shard {
  std::size_t index = 1, of = 1;
};

// Reads "2/8". Throws Failure (exit 2) unless 1 <= index <= of.
Shard read_shard(const std::string& text);

}  // namespace pushforward::app
