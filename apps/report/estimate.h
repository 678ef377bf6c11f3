// Describes log-densities that are not ln p itself: estimates, with their number of draws and
// standard error, and densities of data that was smoothed.
#pragma once

#include <string>

#include "apps/formats/npy.h"
#include "apps/json/json.h"

namespace pushforward::app {

// The method of an estimate, its draws per row and its errors. `by` is "rademacher" or "gaussian"
// (Hutchinson's estimate of a divergence), "bound" (the bound on ln P of tokens, estimated at
// random times), or "" for exact numbers. `row` is the root mean square of the standard errors of
// the rows, and `mean` the standard error of the mean over rows. Both errors are NaN where unknown.
struct EstimateWords {
  std::string by;
  int draws = 0;
  double row = 0, mean = 0;
  // For data without a density (a finite set), the time t < 1 at which the density is that of the
  // path's points. It is 1 if the data has a density.
  double smoothed_to = 1;
};

// Returns a clause such as "Hutchinson's estimate by 8 rademacher probes a row: standard error 0.18
// nats of a row, 0.006 of the mean", or "" for the exact ln p of the data.
std::string estimate_text(const EstimateWords& words);

// Adds the keys "divergence" (unless the numbers are bounds) and "estimate" to an object. For
// estimates it also adds "probes" or "times", "row_error" and "mean_error", and for smoothed data
// "smoothed_to".
void add_estimate(const EstimateWords& words, Json& object);

// Writes the log-densities (N) to a file that write_array takes. If they are not the ln p of the
// data, the first line of a table of text says what they are, for example "ln_p_estimate". A .npy
// file has no place for this, so it is written to a note, the file note_file(path): an object with
// the keys of add_estimate and "text". Returns the name of the note, or "" if there is none. A note
// of earlier densities is replaced.
std::string write_log_density(const std::string& path, NdArray log_density,
                              const EstimateWords& words);

// Returns the name of the column of log-densities in a table of text: "" if they are ln p itself.
std::string density_column(const EstimateWords& words);

// Writes the note of write_log_density, if there must be one, and returns its name.
std::string write_density_note(const std::string& path, const EstimateWords& words);

// Returns the name of the note beside a file of log-densities: "p.npy.json"; "" for a table of text.
std::string note_file(const std::string& path);

}  // namespace pushforward::app
