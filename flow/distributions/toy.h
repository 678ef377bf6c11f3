// The synthetic 2D data sets (moons, 8gaussians, checkerboard and others). Each set is a formula
// with a few parameters.
//
// To add a data set, write its recipe, the function that computes it, and its row of the table in
// toy.cpp. The program's list, the config and the tests use that table.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "flow/distributions/distribution.h"

namespace pushforward {

// A parameter of a synthetic data set, such as the size of its noise.
struct ToyParameter {
  const char* name;
  double value;      // the default
  double low, high;  // the closed range it must lie in
  const char* doc;
  bool whole = false;  // must be an integer
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

constexpr int kMaxToyParameters = 5;
using ToyValues = std::array<double, kMaxToyParameters>;

// The random numbers for a block of rows, one column of numbers each: u is uniform on (0, 1), and z
// standard normal.
struct ToyDraws {
  static constexpr int kRows = 128;
  int rows = 0;
  real u[3][kRows];
  real z[2][kRows];
};

// A synthetic data set: one row of the table in toy.cpp.
struct ToyInfo {
  const char* name;
  const char* doc;  // the formula: U is uniform, n is normal, and each use is a new draw
  std::array<ToyParameter, kMaxToyParameters> parameters;
  int parameter_count;
  int (*classes)(const ToyValues&);
  // Computes points (rows, 2) and labels (rows) from the draws.
  void (*recipe)(const ToyValues&, const ToyDraws&, real* out, int* labels);
  // For finite sets: replaces the uniform draws of rows first .. first + rows - 1 of n by evenly
  // spaced values. Null: keeps the draws.
  void (*spread)(ToyDraws&, int first, int n) = nullptr;
  // The distribution as a mixture of round Gaussians. Null: it is not one.
  Mixture (*mixture)(const ToyValues&) = nullptr;
  // Writes ln p of points x (rows, 2), as Distribution::log_density does. If null, the density is
  // that of the mixture, if there is one.
  bool (*log_density)(const ToyValues&, int rows, const real* x, double* out) = nullptr;

  std::span<const ToyParameter> parameter_list() const {
    return {parameters.data(), std::size_t(parameter_count)};
  }
};

// Returns all synthetic data sets, in the order in which users see them.
std::span<const ToyInfo> toys();

// A synthetic data set with given parameters. Its rows are independent draws.
class Toy final : public Distribution {
 public:
  // Parameters that are not given have their defaults. Throws on an unknown name or parameter, or a
  // value out of range, and lists what is valid.
  explicit Toy(std::string_view name, const std::map<std::string, double>& parameters = {});

  int dim() const override { return 2; }
  int classes() const override { return info_.classes(values_); }
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  bool log_density(int rows, const real* x, double* out) const override {
    return info_.log_density ? info_.log_density(values_, rows, x, out)
                             : Distribution::log_density(rows, x, out);
  }
  std::optional<Mixture> mixture() const override {
    return info_.mixture ? std::optional(info_.mixture(values_)) : std::nullopt;
  }

  // Returns a finite set of n rows. The moons have their usual form: evenly spaced angles, first
  // all rows of one moon, then those of the other. The other data sets are n random draws. Writes
  // the labels unless `labels` is null. Throws unless n is positive.
  Tensor set(Stream stream, int n, std::vector<int>* labels = nullptr) const;

  const ToyInfo& info() const { return info_; }

 private:
  void block(Stream stream, std::uint32_t first_row, ToyDraws& draws) const;

  const ToyInfo& info_;
  ToyValues values_{};
};

}  // namespace pushforward::inline PF_REAL
