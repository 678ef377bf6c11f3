#include "apps/flows/flow_velocity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "apps/flows/data_rows.h"
#include "apps/flows/far_rows.h"
#include "apps/flows/run_flow.h"
#include "apps/from_config/path.h"
#include "apps/tables/arrays.h"
#include "flow/evaluate.h"

namespace pushforward::app::inline PF_REAL {

using detail::check;

namespace {

// Fills every row of u that has a number that is not finite with NaN, and counts these rows.
RowFailures find_failures(Tensor& u) {
  RowFailures failures;
  const std::size_t d = static_cast<std::size_t>(u.cols());
  for (int r = 0; r < u.rows(); ++r) {
    const auto row = u.values().subspan(static_cast<std::size_t>(r) * d, d);
    if (std::ranges::all_of(row, [](real v) { return std::isfinite(v); })) continue;
    std::ranges::fill(row, std::numeric_limits<real>::quiet_NaN());
    failures.add({1, r, "the field's answer is not finite there"});
  }
  return failures;
}

// Converts velocities at points of a manifold to the columns of the table, with a note on the rows whose
// columns have none.
void show_in_columns(const RunFlow& flow, const Tensor& at, Moved& out) {
  std::vector<double> x(at.values().begin(), at.values().end());
  flow.units.to_data(x);
  const std::vector<double> u = std::move(out.points.values);
  const auto dim = static_cast<std::size_t>(flow.dim());
  out.points.values = flow.manifold->decode_velocity(x, u);
  out.points.shape[1] = flow.manifold->columns();
  out.points.names = flow.manifold->names();
  std::size_t poles = 0;
  for (std::size_t r = 0; r < out.points.shape[0]; ++r) {
    const auto row =
        std::span(out.points.values).subspan(r * out.points.shape[1], out.points.shape[1]);
    const auto has_nan = [](auto values) {
      return std::ranges::any_of(values, [](double v) { return std::isnan(v); });
    };
    if (has_nan(row) && !has_nan(std::span(u).subspan(r * dim, dim))) ++poles;
  }
  if (poles > 0)
    out.notes.push_back(
        fmt::format("{} of {} rows are at a pole, where latitude and longitude have no "
                    "velocity, so theirs is NaN",
                    poles, out.points.shape[0]));
}

// Throws if the velocity at time t does not exist at all points.
void check_time(const RunFlow& flow, double t) {
  check(!flow.field_range.ends_in_points || flow.parameterization.scheduler(t).sigma > 0,
        "velocity", "the exact velocity of a finite set at t = ", t,
        " is infinite at all points but the set's rows, and has no limit there; give a t below 1");
}

// The number of rows of a table of points.
int rows_of_points(const NdArray& table) {
  return table.shape.empty() ? 0 : static_cast<int>(table.shape[0]);
}

// Computes the velocities at the points that `next` returns, at most most(dim) at a time, and gives them to
// `take`. Returns notes about the rows that failed, without points.
template <class Most, class Next, class Take>
Moved velocity_rows(const Config& config, const RunRequest& request, double t, const NdArray& table,
                    Most most, const Next& next, const Take& take) {
  if (t != 0) check_all_times(config, "velocity", "--t above 0");
  const RunFlow flow = load_run_flow(config, request);
  flow.check_uncoded("velocity", "a velocity has no meaning in its columns");
  // The columns of a table with names are matched first.
  if (table.names.empty()) flow.check_columns(table, "velocity");
  const int n = rows_of_points(table), block = most(flow.dim());
  const Field field = flow.velocity();
  // Given points have no sample numbers, by which labels are drawn. If the field takes labels, the
  // points get the requested class or, without a request, none.
  const auto label_of = flow.label_of_points();
  Workers workers(request.threads);
  RowFailures failures;
  FarRows far;
  std::vector<real> failed;  // the first row that failed
  std::vector<std::string> notes;
  int first = 0;
  do {  // a table without rows has its velocities, too
    const CodedPoints coded =
        flow.encode(next(static_cast<std::size_t>(std::min(block, n - first))), "velocity",
                    RunFlow::noise_of(0), far.rows);
    const Tensor& at = coded.x;
    far.add(coded.far);
    if (first == 0) {
      flow.check_label(config, request);
      check_time(flow, t);
    }
    std::vector<int> labels;
    for (int row = 0; label_of && row < at.rows(); ++row) labels.push_back(label_of(first + row));
    Tensor u = evaluate_field(field, at, t, workers, labels);
    RowFailures of_block = find_failures(u);
    if (failures.count == 0 && of_block.count > 0) {
      const std::span<const real> row = at.row(of_block.first);
      failed.assign(row.begin(), row.end());
    }
    of_block.first += first;
    failures.add(of_block);
    Moved out{as_array({std::size_t(u.rows()), std::size_t(u.cols())}, u.values()), {}};
    flow.units.velocity_to_data(out.points.values);
    if (flow.units.need_double()) out.points.dtype = "<f8";
    out.points.names = flow.units.names;
    if (flow.manifold) show_in_columns(flow, at, out);
    notes.insert(notes.end(), out.notes.begin(), out.notes.end());
    first += at.rows();
    take(std::move(out.points));
  } while (first < n);
  std::vector<std::string> all = failure_notes(failures, n, failed, "velocity");
  add_notes(far.notes(), all);
  if (flow.given.rows)
    add_notes(notes_of_far_conditions(*flow.given.code, request.conditions), all);
  add_notes(notes, all);
  return {{}, std::move(all)};
}

}  // namespace

Moved velocity_of_run(const Config& config, const RunRequest& request, const NdArray& points,
                      double t) {
  NdArray moved;
  Moved out = velocity_rows(
      config, request, t, points, [](int) { return std::numeric_limits<int>::max(); },
      [&](std::size_t) -> const NdArray& { return points; },
      [&](NdArray block) { moved = std::move(block); });
  out.points = std::move(moved);
  return out;
}

Moved velocity_in_blocks(const Config& config, const RunRequest& request, double t,
                         const NdArray& table, const NextPoints& next, const TakeRows& take) {
  return velocity_rows(config, request, t, table, block_rows, next, take);
}

}  // namespace pushforward::app::inline PF_REAL
