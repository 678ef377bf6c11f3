// Converts between the data's units and those of the flow: data = scale x + shift in each column.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {

// What the numbers of the data's columns mean. The model file stores it, so that samples can be
// converted to the data's units, and columns be matched by name, without the data.
struct Units {
  std::vector<double> scale, shift;
  std::vector<std::string> names = {};  // of the columns; empty: none
  // The number that all rows of a finite set have in a column; nothing in other columns. Empty:
  // nothing in any.
  std::vector<std::optional<double>> constant = {};

  std::size_t dim() const { return scale.size(); }
  // Each converts rows of dim() numbers in place: points to the data's units, points back, and
  // velocities to the data's units. Velocities are only scaled.
  void to_data(std::span<double> rows) const;
  void from_data(std::span<double> rows) const;
  void velocity_to_data(std::span<double> rows) const;
  // Gives rows in the data's units the numbers of constant columns. No flow hits a number exactly.
  void set_constants(std::span<double> rows) const;
  // Returns whether float32 is too coarse for the data's units: it cannot hold the numbers, or it
  // rounds them to steps of more than 1/10,000 of one unit of the flow.
  bool need_double() const;
  // Returns the units once each value x of the data becomes scale x + shift, with one scale and one
  // shift per column.
  Units then(const std::vector<double>& scale, const std::vector<double>& shift) const;
};

// What a column is called in messages: its name or, without names, its number from 0.
std::string column_name(std::span<const std::string> names, std::size_t column);

// Write and read the units as "data.scale", "data.shift", "data.names" and "data.constant" (null
// where a column is not) of the metadata, JSON arrays; files of earlier versions have only the
// first two. Reading throws Failure (exit 4), naming the file, if scale and shift are missing or
// the arrays have no equal lengths.
void write_units(const Units& units, Metadata& metadata);
Units read_units(const Metadata& metadata, const std::string& file);
// Whether the units are those of a version before "data.units", which undid `affine`.
bool units_undo_affine(const Metadata& metadata);

}  // namespace pushforward::app
