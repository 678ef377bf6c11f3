// Converts between the data's units and those of the flow: data = scale x + shift in each column.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {

// The model file stores them, so that samples can be converted to the
// data's units without the data.
struct Units {
  std::vector<double> scale, shift;

  std::size_t dim() const { return scale.size(); }
  // Each converts rows of dim() numbers in place: points to the data's units, points back, and
  // velocities to the data's units. Velocities are only scaled.
  void to_data(std::span<double> rows) const;
  void from_data(std::span<double> rows) const;
  void velocity_to_data(std::span<double> rows) const;
};

// Write and read the units as "data.scale" and "data.shift" of the metadata, JSON arrays.
// Reading throws Failure (exit 4), naming the file, if they are missing or are not arrays
// of numbers of equal length.
void write_units(const Units& units, Metadata& metadata);
Units read_units(const Metadata& metadata, const std::string& file);

}  // namespace pushforward::app
