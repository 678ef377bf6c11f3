#include "apps/cli/sample_blocks.h"

#include <cstdint>
#include <optional>

#include "apps/cli/points.h"
#include "apps/ranks/rows.h"
#include "apps/tables/array_file.h"
#include "apps/tables/arrays.h"
#include "apps/terminal/interrupt.h"
#include "apps/terminal/progress.h"

namespace pushforward::app {

NdArray table_for(const std::string& file, const Samples& samples) {
  if (!samples.class_column || has_ending(file, ".npy")) return samples.points;
  return with_column(samples.points, samples.labels, samples.class_column->name,
                     samples.class_column->at);
}

Samples write_in_blocks(const Config& config, const SampleRequest& request,
                        const SampleFiles& files, bool quiet) {
  const auto n = static_cast<std::size_t>(request.n);
  // Until the files are opened a signal ends the program at once, also while data is read from a
  // pipe. Processes that share the samples end together.
  std::optional<Interrupt> interrupt;
  if (request.ranks) interrupt.emplace();
  std::optional<ArrayFile> points, labels;
  std::int64_t done = 0;
  ProgressBar bar("sample", 0, request.n, Terminal::of_stderr(), quiet, "samples");
  const auto take = [&](const Samples& block) {
    // The files are opened after the first block, so that a refusal leaves nothing behind.
    if (!points) {
      if (!interrupt) interrupt.emplace();
      points.emplace(files.points, n);
    }
    points->append(table_for(files.points, block));
    if (!files.labels.empty()) {
      if (!labels) labels.emplace(files.labels, n);
      labels->append(block.labels);
    }
    done += static_cast<std::int64_t>(block.points.shape[0]);
    if (bar.due()) bar.show(done, "");
  };
  Samples rest = engine_of(config).sample_blocks(config, request, take);
  interrupt.reset();
  if (!has_rows(request.ranks)) return rest;
  bar.finish();
  points->finish();
  if (labels) labels->finish();
  rest.points.shape = {n};
  return rest;
}

}  // namespace pushforward::app
