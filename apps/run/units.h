// Converts between the data's units and those of the flow: data = scale x + shift in each column.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {

// The units of the data's columns: data = scale * x + shift for a number x of the flow. The model
// file stores them, so that samples can be converted to the data's units, and columns matched by
// name, without the data.
struct Units {
  std::vector<double> scale, shift;
  std::vector<std::string> names = {};  // the names of the columns; empty: none
  // For each column, its value if all rows of a finite set have the same value there, otherwise
  // nothing. Empty if no column is constant.
  std::vector<std::optional<double>> constant = {};
  // The least and the greatest number of each column in the rows that the run was trained on, in the data's
  // units; of data that is no finite set, in 16,384 drawn rows. Empty if they are not known.
  std::vector<double> low = {}, high = {};

  std::size_t dim() const { return scale.size(); }
  // These functions convert rows of dim() numbers in place: to_data converts points to the data's
  // units, from_data converts points to the flow's units, and velocity_to_data converts velocities
  // to the data's units. Velocities are scaled but not shifted.
  void to_data(std::span<double> rows) const;
  void from_data(std::span<double> rows) const;
  void velocity_to_data(std::span<double> rows) const;
  // Sets the constant columns of rows in the data's units to their exact values, which a flow only
  // approximates.
  void set_constants(std::span<double> rows) const;
  // Returns whether float32 is too coarse for the data's units: some number is out of its range, or
  // it rounds numbers to steps of more than 1/10,000 of one unit of the flow.
  bool need_double() const;
  // Returns the units after each value x of the data is replaced by scale x + shift, with one scale
  // and one shift per column.
  Units then(const std::vector<double>& scale, const std::vector<double>& shift) const;
};

// Returns the words for a column in messages: its name or, without names, its number from 0.
std::string column_name(std::span<const std::string> names, std::size_t column);

// write_units and read_units store the units as JSON arrays "data.scale", "data.shift", "data.names",
// "data.constant", "data.low" and "data.high" of the metadata. In data.constant, columns that are not constant
// are null. Files of earlier versions have only data.scale and data.shift. Reading throws Failure
// (exit 4), naming the file, if scale and shift are missing or the lengths of the arrays differ.
void write_units(const Units& units, Metadata& metadata);
Units read_units(const Metadata& metadata, const std::string& file);
// Returns whether an earlier version of the program wrote the metadata, in which the units do not
// include the scale and shift of `affine` sections. Later versions write an entry "data.units".
bool units_undo_affine(const Metadata& metadata);

}  // namespace pushforward::app
