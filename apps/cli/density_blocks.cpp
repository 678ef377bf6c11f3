#include "apps/cli/density_blocks.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "apps/failure.h"
#include "apps/report/files_read.h"
#include "apps/tables/array_file.h"
#include "apps/terminal/interrupt.h"
#include "apps/terminal/progress.h"

namespace pushforward::app {

void check_error_wanted(const DensityFiles& files, const Densities& found) {
  if (!files.error.empty() && found.estimate.by.empty())
    throw Failure(Exit::usage,
                  "[loglik] --error has no effect, since these densities are no estimates; "
                  "leave it out");
}

DensityReport write_density_blocks(const Config& config, const DensityRequest& request,
                                   NpyRows points, const DensityFiles& files, bool quiet) {
  files_read().add(table_report(points.table()), false);
  const std::size_t n = points.rows();
  // Until the files are opened a signal ends the program at once, also while data is read from a
  // pipe. Processes that share the points end together.
  std::optional<Interrupt> interrupt;
  if (request.ranks) interrupt.emplace();
  std::optional<ArrayFile> out, error;
  DensityReport report;
  ErrorSum errors;
  ProgressBar bar("loglik", 0, static_cast<std::int64_t>(n), Terminal::of_stderr(), quiet,
                  "points");
  const auto take = [&](const Densities& block) {
    check_error_wanted(files, block);
    const EstimateOf& estimate = block.estimate;
    report.estimate = {estimate.by, estimate.draws, 0, 0, estimate.smoothed_to};
    // The files are opened after the first block, so that a refusal leaves nothing behind.
    if (!out) {
      if (!interrupt) interrupt.emplace();
      out.emplace(files.out, n);
    }
    NdArray numbers = block.log_density;
    if (const std::string column = density_column(report.estimate); !column.empty())
      numbers.names = {column};
    out->append(numbers);
    if (!files.error.empty()) {
      if (!error) error.emplace(files.error, n);
      error->append(estimate.error);
    }
    report.mean.add(block.log_density.values);
    errors.add(estimate.error.values);
    if (bar.due()) bar.show(static_cast<std::int64_t>(report.mean.rows), "");
  };
  const auto next = [&](std::size_t rows) {
    const std::size_t first = points.rows_read();
    NdArray block = points.next(rows);
    check_finite(block, "loglik", first);
    return block;
  };
  report.found = engine_of(config).log_density_blocks(config, request, points.table(), next, take);
  interrupt.reset();
  bar.finish();
  out->finish();
  if (error) error->finish();
  report.found.estimate.smoothed_to = report.estimate.smoothed_to;
  report.estimate.row = errors.row();
  report.estimate.mean = errors.mean();
  report.note = write_density_note(files.out, report.estimate);
  return report;
}

}  // namespace pushforward::app
