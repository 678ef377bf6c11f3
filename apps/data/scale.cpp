#include "apps/data/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

#include "apps/config/data_types.h"
#include "apps/config/table.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// There is a warning if a standard deviation is kFar times larger or smaller than 1, or if a mean
// is further than kFar from 0.
constexpr double kFar = 5;

struct Moments {
  std::vector<double> mean, std;  // one element per column
};

Moments moments_of(const Tensor& rows) {
  const auto n = static_cast<std::size_t>(rows.rows()), dim = static_cast<std::size_t>(rows.cols());
  Moments found{std::vector<double>(dim, 0), std::vector<double>(dim, 0)};
  const std::span<const real> x = rows.values();
  for (std::size_t i = 0; i < x.size(); ++i)
    found.mean[i % dim] += static_cast<double>(x[i]) / static_cast<double>(n);
  for (std::size_t i = 0; i < x.size(); ++i)
    found.std[i % dim] += std::pow(static_cast<double>(x[i]) - found.mean[i % dim], 2);
  for (std::size_t k = 0; k < dim; ++k) {
    found.std[k] = std::sqrt(found.std[k] / static_cast<double>(n));
    // In a constant column, the rounding of the mean leaves a standard deviation of about 1e-16
    // times the mean instead of 0.
    if (found.std[k] <= 1e-12 * std::abs(found.mean[k])) found.std[k] = 0;
  }
  return found;
}

// Returns the larger of |mean| and the factor, at least 1, between the standard deviation and 1.
// Returns 1 for a constant column.
double distance(double mean, double std) {
  if (std == 0) return 1;
  return std::max({std, 1 / std, std::abs(mean)});
}

// Returns a data section without the keys that have their defaults.
Json without_defaults(const Json& section) {
  const Alternative& row = *section_table("data").find(section.at("type").text());
  Json short_form{{"type", section.at("type")}};
  for (const ConfigField& field : row.fields) {
    const Json& value = section.at(field.key);
    if (field.kind == FieldKind::section)
      short_form[field.key] = without_defaults(value);
    else if (value != field.fallback)
      short_form[field.key] = value;
  }
  return short_form;
}

// Returns the text as one word of a shell.
std::string shell_word(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

// Returns the command-line override of /data that scales the data so that a flow learns it well.
std::string scaling_override(const Json& data) {
  Json scaled{{"type", "standardize"}, {"of", without_defaults(data)}};
  // Standardizing each pixel by itself would change the contrasts of an image.
  if (data.at("type") == "digits")
    scaled = {{"type", "affine"}, {"scale", 0.125}, {"shift", -1}, {"of", without_defaults(data)}};
  return shell_word("data=" + scaled.dump());
}

bool holds_digits(const Config& config) {
  return innermost(config.section("/data").json()).at("type") == "digits";
}

// All pixels of an image share one scale, since some of them are almost always white.
Moments moments_together(const Moments& columns) {
  const double n = static_cast<double>(columns.mean.size());
  double mean = 0, square = 0;
  for (std::size_t k = 0; k < columns.mean.size(); ++k) {
    mean += columns.mean[k] / n;
    square += (columns.std[k] * columns.std[k] + columns.mean[k] * columns.mean[k]) / n;
  }
  return {{mean}, {std::sqrt(square - mean * mean)}};
}

void warn_of_scale(const Config& config, const Moments& columns, std::vector<std::string>& found) {
  const bool together = holds_digits(config);
  const Moments moments = together ? moments_together(columns) : columns;
  std::size_t worst = 0, far = 0;
  for (std::size_t k = 0; k < moments.mean.size(); ++k) {
    const double here = distance(moments.mean[k], moments.std[k]);
    far += here > kFar;
    if (here > distance(moments.mean[worst], moments.std[worst])) worst = k;
  }
  if (far == 0) return;
  found.push_back(fmt::format(
      "[data] warning: {} mean {:.3g} and standard deviation {:.3g}{}, far from the 0 and "
      "1 that a flow learns well; add {}",
      together ? "the pixels have" : fmt::format("column {} has", worst), moments.mean[worst],
      moments.std[worst], far > 1 ? fmt::format(" ({} columns are like this)", far) : "",
      scaling_override(config.section("/data").json())));
}

// Returns whether a column rises or falls by the same step from each row to the next.
bool counts(const Tensor& rows, int column) {
  const int n = rows.rows();
  const auto at = [&](int k) { return static_cast<double>(rows(k, column)); };
  const double step = (at(n - 1) - at(0)) / (n - 1);
  if (step == 0) return false;
  for (int k = 1; k < n; ++k) {
    if (std::abs(at(k) - at(k - 1) - step) > 0.05 * std::abs(step)) return false;
  }
  return true;
}

void warn_of_counting(const Config& config, const Tensor& rows, std::vector<std::string>& found) {
  // For CSV files this check was done when reading the file, with the names of the columns.
  if (innermost(config.section("/data").json()).at("type") == "csv") return;
  if (rows.rows() < 8 || rows.cols() < 2) return;
  for (int column = 0; column < rows.cols(); ++column) {
    if (counts(rows, column))
      found.push_back(fmt::format(
          "[data] warning: column {} goes up or down by the same step in every row, as a number of "
          "the row does, and would be learned like the others; leave it out of the file if it only "
          "counts",
          column));
  }
}

}  // namespace

std::vector<std::string> scale_warnings(const Config& config, const Distribution& data) {
  std::vector<std::string> found;
  const Tensor* all = data.all();
  // Draw at most 4096 rows, and fewer in high dimensions so that drawing them takes no time.
  constexpr int kRows = 4096, kNumbers = 1 << 22;
  const Tensor drawn = all ? Tensor()
                           : draw_rows(data, {0x7363616c65, Purpose::data, 0xffffffff},
                                       std::clamp(kNumbers / data.dim(), 64, kRows));
  const Moments moments = moments_of(all ? *all : drawn);
  // The scale of the data is compared with that of the noise. A flow between two data sets has no
  // noise, so it gets no such warning. Nor does the prediction edm, which scales the data by
  // /sigma_data; training_hints (hints.h) compares /sigma_data with the data.
  if (config.string("/source/type") != "data" && config.string("/prediction") != "edm")
    warn_of_scale(config, moments, found);
  if (all) warn_of_counting(config, *all, found);
  return found;
}

std::optional<std::string> repeated_rows(const Distribution& data) {
  constexpr int kMost = 65536;
  const Tensor* all = data.all();
  if (!all || all->rows() > kMost) return {};
  std::set<std::string_view> distinct;
  for (int r = 0; r < all->rows(); ++r) {
    const auto row = all->row(r);
    distinct.emplace(reinterpret_cast<const char*>(row.data()), row.size_bytes());
  }
  const int n = all->rows();
  const auto different = static_cast<int>(distinct.size());
  if (different == 1)
    return fmt::format("hint: {}, so the flow can only learn this one point",
                       n == 1 ? "the data has one row" : fmt::format("all {} rows are equal", n));
  if (2 * different > n) return {};
  return fmt::format(
      "hint: of the {} rows, {} are different, so the flow learns points that occur several times; "
      "for whole numbers or rounded ones, \"dequantize\" fills the gaps between them",
      n, different);
}

}  // namespace pushforward::app::inline PF_REAL
