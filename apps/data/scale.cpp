#include "apps/data/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

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

// Rows in the units of the flow, which are visited in their order, until visit(row, x) returns false.
struct RowsToVisit {
  int rows;
  std::size_t columns;
  std::function<void(const std::function<bool(int row, std::span<const double> x)>&)> each;
};

// Returns the rows of a finite set, rounded to `real`, or of a drawn table if there is none.
RowsToVisit rows_to_visit(const Distribution& data, const Tensor& drawn) {
  using Visit = std::function<bool(int, std::span<const double>)>;
  const auto columns = static_cast<std::size_t>(data.dim());
  if (data.is_stored())
    return {data.row_count(), columns, [&data, columns](const Visit& visit) {
              std::vector<double> rounded(columns);
              each_wide_row(data, RowUnits::own, [&](int row, std::span<const double> x) {
                for (std::size_t j = 0; j < columns; ++j)
                  rounded[j] = static_cast<double>(static_cast<real>(x[j]));
                return visit(row, rounded);
              });
            }};
  const Tensor& table = data.is_finite() ? *data.all() : drawn;
  return {table.rows(), columns, [&table, columns](const Visit& visit) {
            std::vector<double> row(columns);
            for (int r = 0; r < table.rows(); ++r) {
              std::ranges::transform(table.row(r), row.begin(),
                                     [](real x) { return static_cast<double>(x); });
              if (!visit(r, row)) return;
            }
          }};
}

Moments moments_of(const RowsToVisit& rows) {
  const auto n = static_cast<double>(rows.rows);
  const std::size_t dim = rows.columns;
  Moments found{std::vector<double>(dim, 0), std::vector<double>(dim, 0)};
  rows.each([&](int, std::span<const double> x) {
    for (std::size_t k = 0; k < dim; ++k) found.mean[k] += x[k] / n;
    return true;
  });
  rows.each([&](int, std::span<const double> x) {
    for (std::size_t k = 0; k < dim; ++k) found.std[k] += std::pow(x[k] - found.mean[k], 2);
    return true;
  });
  for (std::size_t k = 0; k < dim; ++k) {
    found.std[k] = std::sqrt(found.std[k] / n);
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

// Returns for each column whether it rises or falls by the same step from each row to the next.
std::vector<char> counting_columns(const RowsToVisit& rows) {
  std::vector<double> before, last, step(rows.columns);
  std::vector<char> counts(rows.columns, 1);
  rows.each([&](int row, std::span<const double> x) {
    if (row == 0) before.assign(x.begin(), x.end());
    if (row == rows.rows - 1) last.assign(x.begin(), x.end());
    return true;
  });
  for (std::size_t k = 0; k < rows.columns; ++k) {
    step[k] = (last[k] - before[k]) / (rows.rows - 1);
    counts[k] = step[k] != 0;
  }
  rows.each([&](int row, std::span<const double> x) {
    for (std::size_t k = 0; k < rows.columns && row > 0; ++k)
      if (std::abs(x[k] - before[k] - step[k]) > 0.05 * std::abs(step[k])) counts[k] = 0;
    before.assign(x.begin(), x.end());
    return std::ranges::any_of(counts, [](char c) { return c != 0; });
  });
  return counts;
}

void warn_of_counting(const Config& config, const RowsToVisit& rows,
                      std::vector<std::string>& found) {
  // For CSV files this check was done when reading the file, with the names of the columns.
  if (innermost(config.section("/data").json()).at("type") == "csv") return;
  if (rows.rows < 8 || rows.columns < 2) return;
  const std::vector<char> counts = counting_columns(rows);
  for (std::size_t column = 0; column < rows.columns; ++column) {
    if (counts[column])
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
  const bool all = data.is_finite();
  // Draw at most 4096 rows, and fewer in high dimensions so that drawing them takes no time.
  constexpr int kRows = 4096, kNumbers = 1 << 22;
  const Tensor drawn = all ? Tensor()
                           : draw_rows(data, {0x7363616c65, Purpose::data, 0xffffffff},
                                       std::clamp(kNumbers / data.dim(), 64, kRows));
  const RowsToVisit rows = rows_to_visit(data, drawn);
  const Moments moments = moments_of(rows);
  // The scale of the data is compared with that of the noise. A flow between two data sets has no
  // noise, so it gets no such warning. Nor does the prediction edm, which scales the data by
  // /sigma_data; training_hints (hints.h) compares /sigma_data with the data.
  if (config.string("/source/type") != "data" && config.string("/prediction") != "edm")
    warn_of_scale(config, moments, found);
  if (all) warn_of_counting(config, rows, found);
  return found;
}

std::optional<std::string> repeated_rows(const Distribution& data) {
  constexpr int kMost = 65536;
  const int n = data.row_count();
  if (!data.is_finite() || n > kMost) return {};
  // Rows that differ have different hashes, except by a chance of about 1e-10.
  std::set<std::size_t> distinct;
  std::vector<real> rounded(static_cast<std::size_t>(data.dim()));
  each_wide_row(data, RowUnits::own, [&](int, std::span<const double> x) {
    std::ranges::transform(x, rounded.begin(), [](double v) { return static_cast<real>(v); });
    distinct.insert(std::hash<std::string_view>()(
        {reinterpret_cast<const char*>(rounded.data()), rounded.size() * sizeof(real)}));
    return true;
  });
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
