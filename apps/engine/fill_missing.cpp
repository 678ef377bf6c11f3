#include "apps/engine/fill_missing.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "apps/engine/flow_impute.h"
#include "apps/failure.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Few steps and particles: each draw replaces an earlier one, and the errors of single draws average
// out over the fills.
constexpr int kSteps = 30, kParticles = 16;
constexpr std::int64_t kUsualFills = 15, kFewestSteps = 50;
// The first draws come after one part in so many of all steps.
constexpr std::int64_t kFirstPart = 5;
// The step of the random stream that chooses complete rows. No training step has this number.
constexpr std::uint32_t kDonors = 0xfffffff2;

std::int64_t steps_between(const Config& config) {
  const std::int64_t every = config.integer("/train/fill_every");
  if (every > 0) return every;
  return std::max(kFewestSteps, config.integer("/train/steps") / kUsualFills);
}

}  // namespace

MissingFill::MissingFill(const Config& config, IncompleteRows rows, TableCodePtr code,
                         std::vector<int> labels)
    : rows_(std::move(rows)),
      code_(std::move(code)),
      labels_(std::move(labels)),
      every_(steps_between(config)) {
  check_imputes(config, "data");
  const std::size_t columns = rows_.known.shape.at(1);
  std::vector<double> row(columns);
  for (std::size_t i = 0; i < rows_.known.values.size(); ++i) {
    if (!std::isnan(rows_.known.values[i])) continue;
    const std::size_t number = i / columns;
    if (incomplete_.empty() || incomplete_.back() != number) incomplete_.push_back(number);
    rows_.rows->finish({{}, 0, static_cast<int>(number)}, 0, static_cast<int>(columns), row.data(),
                       RowUnits::own);
    cells_.push_back(row[i % columns]);
  }
  missing_ = cells_.size();
  const std::int64_t part = config.integer("/train/steps") / kFirstPart;
  first_ = std::max<std::int64_t>(1, (part + every_ - 1) / every_) * every_;
  put_complete_rows(static_cast<std::uint64_t>(config.integer("/seed")));
}

// Puts a complete row with the same label, chosen at random, in the place of each incomplete one. A row
// without such a row keeps its first values.
void MissingFill::put_complete_rows(std::uint64_t seed) {
  const std::size_t columns = rows_.known.shape.at(1);
  std::map<int, std::vector<std::size_t>> complete;
  const auto label_of = [this](std::size_t row) { return labels_.empty() ? 0 : labels_[row]; };
  for (std::size_t row = 0, next = 0; row < rows_.known.shape[0]; ++row) {
    if (next < incomplete_.size() && incomplete_[next] == row)
      ++next;
    else
      complete[label_of(row)].push_back(row);
  }
  std::vector<double> values = rows_.known.values;
  std::size_t next = 0;
  for (double& x : values)
    if (std::isnan(x)) x = cells_[next++];
  const Stream stream{seed, Purpose::data, kDonors};
  for (const std::size_t row : incomplete_) {
    const std::vector<std::size_t>& donors = complete[label_of(row)];
    if (donors.empty()) continue;
    const std::size_t donor = donors[static_cast<std::size_t>(
        stream.integer(static_cast<int>(donors.size()), static_cast<std::uint32_t>(row)))];
    for (std::size_t k = 0; k < columns; ++k)
      values[row * columns + k] = rows_.known.values[donor * columns + k];
  }
  rows_.rows->replace(std::move(values));
}

// Puts the values of the missing cells into the rows.
void MissingFill::put(const std::vector<double>& cells) {
  std::vector<double> values = rows_.known.values;
  std::size_t next = 0;
  for (double& x : values)
    if (std::isnan(x)) x = cells[next++];
  rows_.rows->replace(std::move(values));
  cells_ = cells;
}

void MissingFill::fill(RunFlow flow, std::int64_t step, std::uint64_t seed, Workers& workers) {
  flow.code = code_;
  const std::size_t columns = rows_.known.shape.at(1), width = flow.units.dim(),
                    n = incomplete_.size();
  // Another seed for each fill, so that its draws differ from those of the others.
  const std::uint64_t own = seed ^ (0x66696c6c00000000 + static_cast<std::uint64_t>(step));
  std::vector<double> x(n * width);
  for (std::size_t k = 0; k < n; ++k)
    encode_incomplete(flow,
                      std::span(rows_.known.values).subspan(incomplete_[k] * columns, columns),
                      RunFlow::noise_of(own), static_cast<std::uint32_t>(k),
                      std::span(x).subspan(k * width, width));
  flow.units.from_data(x);
  ImputeOptions options = impute_options(flow, kSteps, kParticles);
  if (!labels_.empty())
    options.label_of = [this](int sample) {
      return labels_[incomplete_[static_cast<std::size_t>(sample)]];
    };
  Tensor filled({static_cast<int>(n), static_cast<int>(width)},
                std::vector<real>(x.begin(), x.end()));
  Imputer(flow.field, static_cast<int>(width), std::move(options), workers)
      .impute(static_cast<int>(n), filled.data(), own, filled.data());
  const NdArray table = flow.to_data_points(filled);
  std::vector<double> cells;
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t j = 0; j < columns; ++j)
      if (std::isnan(rows_.known.values[incomplete_[k] * columns + j]))
        cells.push_back(table.values[k * columns + j]);
  put(cells);
  filled_at_ = step;
}

std::string MissingFill::state() const {
  std::string text = std::to_string(filled_at_);
  for (const double x : cells_) text += fmt::format(" {}", x);
  return text;
}

void MissingFill::restore(const std::string& state, const std::string& file) {
  const auto fail = [&] {
    throw Failure(Exit::file,
                  fmt::format("[train] {}: the drawn cells in it do not fit the {} missing cells of "
                              "the table; go on with the table that the run was trained on, or "
                              "start a new run",
                              file, missing_));
  };
  std::vector<double> cells;
  const char *at = state.data(), *const end = at + state.size();
  std::int64_t step = 0;
  const auto first = std::from_chars(at, end, step);
  if (first.ec != std::errc()) fail();
  for (at = first.ptr; at != end;) {
    double x = 0;
    const auto next = std::from_chars(at + 1, end, x);
    if (*at != ' ' || next.ec != std::errc() || !std::isfinite(x)) fail();
    cells.push_back(x);
    at = next.ptr;
  }
  if (cells.size() != missing_) fail();
  if (step > 0) put(cells);  // else there were no draws yet
  filled_at_ = step;
}

}  // namespace pushforward::app::inline PF_REAL
