// The pairs (x0, x1) that a run makes of its noise and samples, and the file that holds them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/run/units.h"

namespace pushforward::app {

// The name of the file of the pairs in the folder of the run that is trained on them.
inline constexpr const char* kPairsFile = "pairs.safetensors";

// Pairs of a point of the source and the sample to which a flow takes it. x1 is in the data's units,
// and x0 in the source's own.
struct FlowPairs {
  Units units;                         // those of x1, as in the flow that made the pairs
  std::vector<double> x0, x1;          // (n, units.dim()) each
  std::vector<int> labels{};           // the class of each pair (n); empty: there are none
  std::vector<std::string> classes{};  // the names of the classes; empty: numbers
  std::string run{};                   // the folder of the run that made the pairs
  std::string source{};                // its /source, as JSON

  std::size_t rows() const { return units.dim() == 0 ? 0 : x0.size() / units.dim(); }
};

// Returns the pairs as the bytes of a safetensors file with x0, x1 (F64) and labels (I64).
std::string pairs_bytes(const FlowPairs& pairs);

// Reads a file of pairs. Throws FileError if it cannot be read or is damaged, and Failure (exit 4)
// if it holds other things, or arrays of shapes that differ.
FlowPairs read_pairs(const std::string& path);

}  // namespace pushforward::app
