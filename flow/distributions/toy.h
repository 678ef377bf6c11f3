// The synthetic 2D data sets: moons, 8gaussians, checkerboard
// and the others, each a formula with a few parameters.
//
// To add one: its recipe and its row of the table in toy.cpp.
// The program's list, its config and the tests read the table.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "flow/distributions/distribution.h"

namespace pushforward {

// A number that a recipe takes.
struct ToyParameter {
  const char* name;
  double value;      // the default
  double low, high;  // the closed range it must lie in
  const char* doc;
  bool whole = false;  // an integer
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

constexpr int kMaxToyParameters = 5;
using ToyValues = std::array<double, kMaxToyParameters>;

// The random numbers of a block of rows, a column each: uniform on (0, 1), and standard normal.
struct ToyDraws {
  static constexpr int kRows = 128;
  int rows = 0;
  real u[3][kRows];
  real z[2][kRows];
};

// A data set as a row of a table.
struct ToyInfo {
  const char* name;
  const char* doc;  // the formula; U uniform, n normal, each use a fresh draw
  std::array<ToyParameter, kMaxToyParameters> parameters;
  int parameter_count;
  int (*classes)(const ToyValues&);
  // Points (rows, 2) and labels (rows) from the draws.
  void (*recipe)(const ToyValues&, const ToyDraws&, real* out, int* labels);
  // For finite sets: replaces the uniforms of rows first ..
  // first + rows - 1 of n by evenly spread ones. Null: as drawn.
  void (*spread)(ToyDraws&, int first, int n) = nullptr;
  // The distribution as a mixture of round Gaussians. Null: it is none.
  Mixture (*mixture)(const ToyValues&) = nullptr;
  // ln p of points x (rows, 2), as Distribution::log_density. Null: the mixture's, or none.
  bool (*log_density)(const ToyValues&, int rows, const real* x, double* out) = nullptr;

  std::span<const ToyParameter> parameter_list() const {
    return {parameters.data(), std::size_t(parameter_count)};
  }
};

// All of them, in the order they are listed to users.
std::span<const ToyInfo> toys();

// One of them with its parameters chosen. Rows are independent draws.
class Toy final : public Distribution {
 public:
  // Parameters not given have their defaults. Fails on an unknown
  // name, parameter or a value out of range, saying what there is.
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

  // A finite set of n rows as its inventors make it: moons has its angles evenly spaced and its
  // halves one after the other; the others are n draws. Labels unless null.
  Tensor set(Stream stream, int n, std::vector<int>* labels = nullptr) const;

  const ToyInfo& info() const { return info_; }

 private:
  void block(Stream stream, std::uint32_t first_row, ToyDraws& draws) const;

  const ToyInfo& info_;
  ToyValues values_{};
};

}  // namespace pushforward::inline PF_REAL
