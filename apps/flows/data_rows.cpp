#include "apps/flows/data_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "apps/data/data.h"
#include "apps/data/manifold.h"
#include "apps/flows/run_flow.h"
#include "flow/distributions/affine.h"
#include "flow/distributions/row_block.h"
#include "flow/solve/sampler.h"

namespace pushforward::app::inline PF_REAL {

int block_rows(int dim) {
  return std::min(kBlockRows, std::max(1, (1 << 22) / dim / kSamplerChunkRows) * kSamplerChunkRows);
}

namespace {

// Returns whether float32 is precise enough for the rows of data. For a finite set, it is if
// float32 holds every number of the rows exactly. For drawn rows, it is if float32 rounds each
// column to steps of at most 1/10,000 of the column's standard deviation.
bool is_enough(const Distribution& data, std::span<const double> rows) {
  if (sizeof(real) == sizeof(double) || !data.wide()) return true;
  if (data.all())
    return std::all_of(rows.begin(), rows.end(),
                       [](double x) { return static_cast<double>(static_cast<real>(x)) == x; });
  const ColumnMoments own = column_moments(data);
  const ColumnUnits units = data.units();
  for (std::size_t j = 0; j < units.scale.size(); ++j) {
    const double mean = units.scale[j] * own.mean[j] + units.shift[j],
                 std = std::abs(units.scale[j]) * own.std[j];
    if (std::abs(mean) * static_cast<double>(std::numeric_limits<real>::epsilon()) > 1e-4 * std)
      return false;
  }
  return true;
}

// The data of a config, and the conversion of its rows to the data's units. If the rows are a table
// that is encoded for the flow, the conversion gives rows of the table.
struct ShownData {
  DataTraits traits;
  DistributionPtr data;
  const Distribution& rows() const { return traits.coded() ? *traits.rows : *data; }
};

ShownData build_shown(const Config& config) {
  ShownData shown;
  shown.data = build_run_data(config, &shown.traits);
  return shown;
}

// Makes an array (n, D) of rows in the data's units, with the names of the data's columns.
NdArray as_table(const ShownData& shown, std::vector<double> rows, bool float32_is_enough) {
  if (const ManifoldCodePtr& code = shown.traits.manifold) {
    std::vector<double> decoded = code->decode(rows);
    NdArray table = as_array({decoded.size() / code->columns(), code->columns()}, {});
    if (!code->plain()) table.dtype = "<f8";
    table.values = std::move(decoded);
    table.names = code->names();
    return table;
  }
  const Distribution& data = shown.rows();
  const std::size_t dim = static_cast<std::size_t>(data.dim());
  NdArray table = as_array({rows.size() / dim, dim}, {});
  if (!float32_is_enough) table.dtype = "<f8";
  table.values = std::move(rows);
  table.names = {data.names().begin(), data.names().end()};
  if (shown.traits.code) table.columns = shown.traits.code->types();
  return table;
}

}  // namespace

NdArray draw_data(const Config& config, int n, std::uint64_t seed) {
  const ShownData shown = build_shown(config);
  std::vector<double> rows =
      draw_wide_rows(shown.rows(), {seed, Purpose::data, 0}, n, RowUnits::data);
  const bool enough = is_enough(shown.rows(), rows);
  return as_table(shown, std::move(rows), enough);
}

void draw_data_blocks(const Config& config, int n, std::uint64_t seed, const TakeRows& take) {
  const ShownData shown = build_shown(config);
  const Stream stream{seed, Purpose::data, 0};
  bool enough = true;
  const int most = block_rows(shown.rows().dim());
  for (int first = 0; first < n; first += most) {
    const int rows = std::min(most, n - first);
    std::vector<double> block = draw_row_block(
        shown.rows(), stream, static_cast<std::uint32_t>(first), rows, RowUnits::data);
    // Blocks must have one type. More than one block is judged by all rows of a finite set.
    if (first == 0)
      enough = n > most && shown.rows().all()
                   ? is_enough(shown.rows(), all_wide_rows(shown.rows(), RowUnits::data))
                   : is_enough(shown.rows(), block);
    take(as_table(shown, std::move(block), enough));
  }
}

NdArray draw_data_labels(const Config& config, int n, std::uint64_t seed) {
  const DistributionPtr data = build_run_data(config);
  if (data->classes() == 0) return {{0}, {}, "<i8"};
  std::vector<int> labels;
  draw_rows(*data, {seed, Purpose::data, 0}, n, &labels);
  return {{labels.size()}, {labels.begin(), labels.end()}, "<i8"};
}

DataRows data_rows(const Config& config, int n, std::uint64_t seed) {
  const ShownData shown = build_shown(config);
  const Tensor* all = shown.rows().all();
  if (!all || all->rows() > n)
    return {draw_data(config, n, seed), draw_data_labels(config, n, seed)};
  const std::span<const int> labels = shown.rows().all_labels();
  const RowConditions& given = shown.traits.given;
  const auto trained =
      given.rows.begin() +
      static_cast<std::ptrdiff_t>(
          given.code ? static_cast<std::size_t>(given.trained) * given.code->columns() : 0);
  std::vector<double> rows = all_wide_rows(shown.rows(), RowUnits::data);
  const bool enough = is_enough(shown.rows(), rows);
  return {as_table(shown, std::move(rows), enough),
          {{labels.size()}, {labels.begin(), labels.end()}, "<i8"},
          {given.rows.begin(), trained}};
}

}  // namespace pushforward::app::inline PF_REAL
