// The units of the data beside those that the flow is
// trained in: data = scale x + shift, column by column.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {

// Kept in a model file's metadata, so that samples are
// in the data's units even where the data is gone.
struct Units {
  std::vector<double> scale, shift;

  std::size_t dim() const { return scale.size(); }
  // Rows of dim() numbers, in place: to the data's
  // units and back; and velocities, which only scale.
  void to_data(std::span<double> rows) const;
  void from_data(std::span<double> rows) const;
  void velocity_to_data(std::span<double> rows) const;
};

// In the metadata as "data.scale" and "data.shift", JSON arrays. Reading throws Failure (exit 4),
// naming the file, where they are missing or no arrays of equally many numbers.
void write_units(const Units& units, Metadata& metadata);
Units read_units(const Metadata& metadata, const std::string& file);

}  // namespace pushforward::app
