#include "apps/run/table_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <stdexcept>

#include "apps/failure.h"

namespace pushforward::app {
namespace {

double turn(const CodedColumn& column) {
  return column.type.kind == ColumnKind::degrees ? 360 : 2 * std::numbers::pi;
}

// Returns (cos, sin) of an angle in turns. A quarter of a turn gives 0 and 1, where the functions of
// the rounded angle give 6e-17 in place of 0.
std::array<double, 2> direction(double turns) {
  const double quarters = 4 * turns;
  if (quarters != std::floor(quarters)) {
    const double angle = turns * 2 * std::numbers::pi;
    return {std::cos(angle), std::sin(angle)};
  }
  constexpr std::array<std::array<double, 2>, 4> kQuarters{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};
  const double rest = std::fmod(quarters, 4);
  return kQuarters[static_cast<std::size_t>(rest < 0 ? rest + 4 : rest)];
}

// Returns the upper bound of the transform logit. A whole number k is spread over [k, k + 1), so
// the bound is then larger by 1.
double upper_bound(const CodedColumn& column) { return column.high + (column.whole() ? 1 : 0); }

// Returns the quantile of a standard normal, by Newton's method from an approximation.
double normal_quantile(double p) {
  double z = std::copysign(
      std::sqrt(std::max(0., -std::numbers::pi / 2 * std::log(4 * p * (1 - p)))), p - 0.5);
  for (int k = 0; k < 20; ++k) {
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi),
                 off = 0.5 * std::erfc(-z / std::numbers::sqrt2) - p;
    // Halley's step, which also converges far in the tails.
    const double step = off / density;
    z -= step / (1 + 0.5 * z * step);
  }
  return z;
}

// Returns k + u for a whole number k, below k + 1 also if the sum is rounded.
double within_bin(double k, double u) { return std::min(k + u, std::nextafter(k + 1, k)); }

using Knot = std::pair<double, double>;

// Returns the value and the slope, at `at`, of the piecewise linear function through the knots.
// Beyond the first and the last knot, the outermost pieces continue. `from` and `to` are the
// members of a knot.
std::pair<double, double> on_line(const std::vector<Knot>& knots, double at, double Knot::*from,
                                  double Knot::*to) {
  std::size_t k = 1;
  const auto above =
      std::upper_bound(knots.begin() + 1, knots.end() - 1, at,
                       [from](double x, const Knot& knot) { return x < knot.*from; });
  k = static_cast<std::size_t>(above - knots.begin());
  const Knot &a = knots[k - 1], &b = knots[k];
  const double slope = (b.*to - a.*to) / (b.*from - a.*from);
  return {a.*to + slope * (at - a.*from), slope};
}

}  // namespace

std::size_t CodedColumn::width() const {
  if (constant) return 0;
  return type.kind == ColumnKind::category ? type.values.size() : angle() ? 2 : 1;
}

Transformed transformed(const CodedColumn& c, double x) {
  switch (c.transform) {
    case ColumnTransform::none: break;
    case ColumnTransform::log: return {std::log(x), -std::log(x)};
    case ColumnTransform::sqrt: return {std::sqrt(x), -std::log(2 * std::sqrt(x))};
    case ColumnTransform::logit: {
      const double below = x - c.low, above = upper_bound(c) - x;
      return {std::log(below / above), std::log(1 / below + 1 / above)};
    }
    case ColumnTransform::quantile: {
      const auto [z, slope] = on_line(c.knots, x, &Knot::first, &Knot::second);
      return {z, std::log(slope)};
    }
  }
  return {x, 0};
}

double transformed_back(const CodedColumn& c, double z) {
  switch (c.transform) {
    case ColumnTransform::none: break;
    case ColumnTransform::log: return std::exp(z);
    case ColumnTransform::sqrt: return z * z;
    case ColumnTransform::logit: {
      const double share = 1 / (1 + std::exp(-z));
      return c.low + (upper_bound(c) - c.low) * share;
    }
    case ColumnTransform::quantile: return on_line(c.knots, z, &Knot::second, &Knot::first).first;
  }
  return z;
}

std::vector<Knot> quantile_knots(std::vector<double> values, bool whole) {
  constexpr std::size_t kKnots = 200;
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  // Spreads equal whole numbers evenly over their bin, as the noise of the code does.
  for (std::size_t first = 0, last; whole && first < n; first = last) {
    for (last = first; last < n && values[last] == values[first]; ++last) {
    }
    const double bin = values[first], count = static_cast<double>(last - first);
    for (std::size_t k = first; k < last; ++k)
      values[k] = bin + (static_cast<double>(k - first) + 0.5) / count;
  }
  std::vector<Knot> knots;
  const std::size_t wanted = std::min(n, kKnots);
  for (std::size_t j = 0; j < wanted; ++j) {
    const std::size_t k = wanted == 1 ? 0 : j * (n - 1) / (wanted - 1);
    // Equal numbers all get the middle of their ranks.
    const auto [low, high] = std::equal_range(values.begin(), values.end(), values[k]);
    const double rank = 0.5 * static_cast<double>((low - values.begin()) + (high - values.begin()));
    if (knots.empty() || values[k] > knots.back().first)
      knots.emplace_back(values[k], normal_quantile(rank / static_cast<double>(n)));
  }
  if (knots.size() == 1) knots.emplace_back(knots[0].first + 1, knots[0].second + 1);
  return knots;
}

TableCode::TableCode(std::vector<CodedColumn> columns, bool named, std::optional<ClassColumn> label)
    : columns_(std::move(columns)), named_(named), label_(std::move(label)) {
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    const CodedColumn& c = columns_[k];
    for (std::size_t j = 0; j < c.width(); ++j) places_.push_back({k, j});
    plain_ = plain_ && !c.constant && c.type.kind == ColumnKind::number &&
             c.transform == ColumnTransform::none;
    exact_ = exact_ && (c.constant || (!c.whole() && !c.angle()));
  }
  width_ = places_.size();
  if (width_ == 0)
    throw std::invalid_argument(
        "[data] every column has one value in all rows, so there is nothing to learn; give a table "
        "with a column that varies");
}

std::vector<std::string> TableCode::names() const {
  std::vector<std::string> names;
  for (const CodedColumn& c : columns_)
    if (named_) names.push_back(c.name);
  return names;
}

std::vector<std::string> TableCode::code_names() const {
  if (plain_) return names();
  std::vector<std::string> names;
  for (const Place& at : places_) {
    const CodedColumn& c = columns_[at.column];
    names.push_back(c.type.kind == ColumnKind::category ? c.name + "=" + c.type.values[at.within]
                    : c.angle() ? c.name + (at.within == 0 ? " (cos)" : " (sin)")
                                : c.name);
  }
  return names;
}

std::size_t TableCode::noise_column(std::size_t code_column) const {
  const Place& at = places_[code_column];
  return columns_[at.column].angle() ? code_column - at.within : code_column;
}

double TableCode::some_value(std::size_t k) const {
  const CodedColumn& c = columns_[k];
  if (c.constant) return *c.constant;
  switch (c.transform) {
    case ColumnTransform::none: return 0;
    case ColumnTransform::log:
    case ColumnTransform::sqrt: return 1;
    case ColumnTransform::logit: return c.whole() ? c.low : 0.5 * (c.low + c.high);
    case ColumnTransform::quantile: return c.knots.front().first;
  }
  return 0;
}

double TableCode::encoded(std::size_t code_column, std::span<const double> row,
                          double noise) const {
  const Place& at = places_[code_column];
  const CodedColumn& c = columns_[at.column];
  const double x = row[at.column];
  if (c.type.kind == ColumnKind::category)
    return noise + (x == static_cast<double>(at.within) ? 1 : 0);
  if (c.angle()) {
    return (0.5 + noise) * direction(x / turn(c))[at.within];
  }
  return transformed(c, c.whole() ? within_bin(x, noise) : x).z;
}

double TableCode::encode(std::span<const double> row, std::span<const double> noise,
                         std::span<double> code) const {
  double log_slope = 0;
  for (std::size_t j = 0; j < width_; ++j) {
    const double u = noise[noise_column(j)];
    code[j] = encoded(j, row, u);
    const CodedColumn& c = columns_[places_[j].column];
    if (c.type.kind == ColumnKind::category) continue;
    const double x = row[places_[j].column];
    if (!c.angle())
      log_slope += transformed(c, c.whole() ? within_bin(x, u) : x).log_slope;
    else if (places_[j].within == 0)
      // The map from (angle, r) to (r cos, r sin) enlarges areas by r, and angles may be in degrees.
      log_slope += std::log((0.5 + u) * 2 * std::numbers::pi / turn(c));
  }
  return log_slope;
}

void TableCode::decode(std::span<const double> code, std::span<double> row) const {
  std::size_t at = 0;
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    const CodedColumn& c = columns_[k];
    const std::span<const double> mine = code.subspan(at, c.width());
    at += c.width();
    const bool finite =
        std::all_of(mine.begin(), mine.end(), [](double x) { return !std::isnan(x); });
    if (!finite) {
      row[k] = std::nan("");
    } else if (c.constant) {
      row[k] = *c.constant;
    } else if (c.type.kind == ColumnKind::category) {
      row[k] = static_cast<double>(std::max_element(mine.begin(), mine.end()) - mine.begin());
    } else if (c.angle()) {
      const double angle = std::atan2(mine[1], mine[0]) / (2 * std::numbers::pi) * turn(c);
      row[k] = angle < c.low ? angle + turn(c) : angle;
    } else {
      const double x = transformed_back(c, mine[0]);
      row[k] = c.whole() ? std::floor(x) : x;
      // Rounding may take a number to the bound of its bins.
      if (c.whole() && c.transform == ColumnTransform::logit) row[k] = std::min(row[k], c.high);
    }
  }
}

void TableCode::check(const NdArray& table, const std::string& what) const {
  const std::size_t d = columns_.size();
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    const CodedColumn& c = columns_[i % d];
    const double x = table.values[i];
    std::string wrong;
    if (c.constant && x != *c.constant)
      wrong =
          fmt::format("but is {} in all rows of the run's data", cell_text(c.type, *c.constant));
    else if (c.type.kind == ColumnKind::category &&
             (x != std::floor(x) || x < 0 || x >= static_cast<double>(c.type.values.size())))
      wrong = fmt::format("and its values are 0 to {}", c.type.values.size() - 1);
    else if (c.whole() && x != std::floor(x))
      wrong = "and its values are whole numbers";
    else if (c.transform == ColumnTransform::log && (c.whole() ? x < 0 : x <= 0))
      wrong = c.whole() ? "and log needs whole numbers from 0" : "and log needs numbers above 0";
    else if (c.transform == ColumnTransform::sqrt && x < 0)
      wrong = "and sqrt needs numbers from 0";
    else if (c.transform == ColumnTransform::logit &&
             (c.whole() ? x < c.low || x > c.high : x <= c.low || x >= c.high))
      wrong = fmt::format("and its bounds are {} and {}{}", c.low, c.high,
                          c.whole() ? "" : ", which it must be between");
    if (wrong.empty()) continue;
    throw Failure(
        Exit::file,
        fmt::format("[{}] {}row {}, column {} is {}, {}; correct it{}", what, file_prefix(table),
                    i / d, c.name,
                    c.whole() && x != std::floor(x) ? fmt::format("{}", x) : cell_text(c.type, x),
                    wrong, what == "data" ? ", or choose another transform in `types`" : ""));
  }
}

std::string TableCode::likelihood_words() const {
  std::string whole, angles, exact;
  for (const CodedColumn& c : columns_) {
    if (c.constant) continue;
    std::string& list = c.whole() ? whole : c.angle() ? angles : exact;
    list += (list.empty() ? "" : ", ") + c.name;
  }
  if (whole.empty() && angles.empty()) return "";
  std::string text = "ln p is a lower bound, estimated with one draw of noise for each row: ";
  if (!whole.empty()) text += "of the probability in the whole columns " + whole;
  if (!angles.empty())
    text += (whole.empty() ? "" : "; ") + std::string("of the density in the angles ") + angles;
  return text + (exact.empty() ? "" : "; the density in " + exact + " is exact given these");
}

std::vector<TableColumn> TableCode::types() const {
  std::vector<TableColumn> types;
  for (const CodedColumn& c : columns_) types.push_back(c.type);
  return types;
}

}  // namespace pushforward::app
