#include "apps/flows/flow_impute.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "apps/config/data_types.h"
#include "apps/data/table.h"
#include "apps/failure.h"
#include "apps/suggest.h"
#include "apps/terminal/clock.h"
#include "apps/terminal/interrupt.h"
#include "flow/path/time_grid.h"

namespace pushforward::app::inline PF_REAL {
namespace {

constexpr double kFewParticles = 3;  // an effective number below it is worth a note
constexpr double kFirstLevel = 80;  // the noise level at which the draws begin (Karras et al. 2022)

// Returns the time at which the path has the first noise level, or 0 if it begins with less noise.
double first_time(const Scheduler& path) {
  const Coefficients begin = path(0);
  return begin.alpha * kFirstLevel < begin.sigma ? path.time_of_ratio(1 / kFirstLevel) : 0;
}

// The names by which the columns of the run's table are given: numbers if it has no names.
std::vector<std::string> column_names(const RunFlow& flow) {
  std::vector<std::string> names = flow.coded() ? flow.code->names() : flow.units.names;
  const std::size_t columns = flow.coded() ? flow.code->columns().size() : flow.units.dim();
  for (std::size_t k = names.size(); k < columns; ++k) names.push_back(std::to_string(k));
  return names;
}

// Returns the given rows with all columns of the run's table. Columns that are not given are NaN.
NdArray given_rows(const RunFlow& flow, const NdArray& points) {
  const std::vector<std::string> names = column_names(flow);
  const std::size_t columns = names.size();
  if (points.shape.size() != 2 || (points.names.empty() && points.shape[1] != columns))
    throw Failure(Exit::file,
                  fmt::format("[impute] {}the points have shape {}, but the run's data has {} "
                              "columns; give a table (N, {}) whose missing numbers are NaN",
                              file_prefix(points), shape_text(points.shape), columns, columns));
  std::vector<std::size_t> to(points.shape[1]);
  std::vector<bool> taken(columns, false);
  for (std::size_t k = 0; k < to.size(); ++k) {
    to[k] =
        points.names.empty()
            ? k
            : static_cast<std::size_t>(std::ranges::find(names, points.names[k]) - names.begin());
    if (to[k] == columns || taken[to[k]])
      throw Failure(Exit::file, fmt::format("[impute] {}column \"{}\" {}; the columns are {}",
                                            file_prefix(points), points.names[k],
                                            to[k] == columns ? "is not one of the run's data"
                                                             : "is there twice",
                                            join_words(names)));
    taken[to[k]] = true;
  }
  NdArray rows = points;
  rows.names = names;
  rows.shape[1] = columns;
  rows.values.assign(points.shape[0] * columns, std::nan(""));
  for (std::size_t i = 0; i < points.values.size(); ++i) {
    const std::size_t row = i / to.size(), k = i % to.size();
    if (std::isinf(points.values[i]))
      throw Failure(
          Exit::file,
          fmt::format("[impute] {}row {}, column {} is infinite; give a number, or NaN if "
                      "it is missing",
                      file_prefix(points), row, names[to[k]]));
    rows.values[row * columns + to[k]] = points.values[i];
  }
  return rows;
}

// Checks the known numbers of the rows, as TableCode::check does.
void check_known(const RunFlow& flow, NdArray rows) {
  if (!flow.coded()) return;
  const std::size_t columns = rows.shape[1];
  for (std::size_t i = 0; i < rows.values.size(); ++i)
    if (std::isnan(rows.values[i])) rows.values[i] = flow.code->some_value(i % columns);
  flow.code->check(rows, "impute");
}

}  // namespace

void check_imputes(const Section& config, const char* what) {
  if (on_manifold(config))
    throw Failure(Exit::usage,
                  fmt::format("[{}] the data of this run is on a manifold, where the missing "
                              "coordinates of a point are not free; give whole rows",
                              what));
  const Section source = config.section("/source");
  std::string wrong;
  if (config.string("/path/noise/type") != "none")
    wrong = fmt::format("its path has noise ({})", config.string("/path/noise/type"));
  else if (source.type() != "gaussian" || source.number("std") != 1)
    wrong = fmt::format("its source is {}", source.json().dump());
  else if (config.string("/coupling/type") != "independent")
    wrong = fmt::format("its coupling ({}) makes x0 depend on x1", config.string("/coupling/type"));
  if (!wrong.empty())
    throw Failure(Exit::usage,
                  fmt::format("[{}] missing numbers can be drawn only from a flow that starts "
                              "from standard normal noise that is independent of the data, but {}; "
                              "train a run with source gaussian, coupling independent and no noise "
                              "on the path",
                              what, wrong));
}

void encode_incomplete(const RunFlow& flow, std::span<const double> row, Stream stream,
                       std::uint32_t number, std::span<double> out) {
  if (!flow.coded()) {
    std::ranges::copy(row, out.begin());
    return;
  }
  std::vector<double> known(row.begin(), row.end());
  for (std::size_t k = 0; k < known.size(); ++k)
    if (std::isnan(known[k])) known[k] = flow.code->some_value(k);
  flow.code->encode(known, code_noise(stream, number, out.size()), out);
  for (std::size_t e = 0; e < out.size(); ++e)
    if (std::isnan(row[flow.code->table_column(e)])) out[e] = std::nan("");
}

ImputeOptions impute_options(const RunFlow& flow, int steps, int particles) {
  ImputeOptions options;
  options.parameterization = flow.parameterization;
  options.times = log_snr_grid(flow.parameterization.scheduler, steps,
                               first_time(flow.parameterization.scheduler), 1);
  options.particles = particles;
  options.interrupted = &Interrupt::requested;
  return options;
}

Imputed impute_points(const Config& config, const ImputeRequest& request, const NdArray& points) {
  check_imputes(config, "impute");
  const RunFlow flow = load_run_flow(config, request);
  if (request.row_labels.empty()) flow.check_label(config, request);
  const NdArray rows = given_rows(flow, points);
  check_known(flow, rows);
  const std::size_t count = rows.shape[0], columns = rows.shape[1],
                    draws = static_cast<std::size_t>(request.n), width = flow.units.dim();
  if (count * draws > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw Failure(Exit::usage, fmt::format("[impute] {} rows with {} draws each are too many; give "
                                           "fewer draws (-n), or the rows in parts",
                                           count, draws));
  Imputed imputed;
  std::vector<double> x(count * draws * width);
  for (std::size_t r = 0; r < count; ++r) {
    const std::span<const double> row = std::span(rows.values).subspan(r * columns, columns);
    const auto missing = static_cast<std::size_t>(
        std::count_if(row.begin(), row.end(), [](double v) { return std::isnan(v); }));
    imputed.missing += missing;
    imputed.incomplete += missing > 0;
    for (std::size_t k = 0; k < draws; ++k) {
      const std::size_t at = r * draws + k;
      encode_incomplete(flow, row, RunFlow::noise_of(request.seed), static_cast<std::uint32_t>(at),
                        std::span(x).subspan(at * width, width));
    }
  }
  flow.units.from_data(x);

  ImputeOptions options = impute_options(flow, request.steps, request.particles);
  if (!request.row_labels.empty()) {
    options.label_of = [&](int sample) {
      const std::size_t row = static_cast<std::size_t>(sample) / draws;
      return request.row_labels[std::min(row, count - 1)];
    };
  } else if (const auto label_of = flow.label_of_points()) {
    options.label_of = [label_of, draws](int sample) {
      return label_of(sample / static_cast<int>(draws));
    };
  }
  const double start = seconds_now();
  Workers workers(request.threads);
  Imputer imputer(flow.field, flow.dim(), std::move(options), workers);
  Tensor filled({static_cast<int>(count * draws), flow.dim()},
                std::vector<real>(x.begin(), x.end()));
  const ImputeReport report =
      imputer.impute(filled.rows(), filled.data(), request.seed, filled.data());
  imputed.mean_effective = report.mean_effective;
  imputed.least_effective = report.least_effective;
  imputed.evaluations = static_cast<double>(report.evaluations);
  imputed.seconds = seconds_now() - start;
  if (report.incomplete == 0)
    imputed.notes.push_back("no number is missing, so the rows are written as they are");
  else if (request.particles > 1 && report.mean_effective < kFewParticles)
    imputed.notes.push_back(fmt::format(
        "the known numbers leave {:.1f} of {} particles on average, so the draws are "
        "inexact; more particles make them exacter: `pushforward impute --particles` sets their "
        "number, also for a table that lacks whole columns",
        report.mean_effective, request.particles));
  imputed.points = flow.to_data_points(filled);
  for (std::size_t i = 0; i < imputed.points.values.size(); ++i) {
    const double known = rows.values[i / (draws * columns) * columns + i % columns];
    if (!std::isnan(known)) imputed.points.values[i] = known;
  }
  if (rows.dtype == "<f8") imputed.points.dtype = "<f8";
  return imputed;
}

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
      // The last block of the imputer has places after the last row.
      return labels_[incomplete_[std::min(static_cast<std::size_t>(sample),
                                          incomplete_.size() - 1)]];
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
    throw Failure(
        Exit::file,
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
