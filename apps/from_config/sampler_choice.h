// Turns /sampler of a config, and what the command line overrides, into the options of a sampler.
#pragma once

#include "apps/config/config.h"
#include "apps/requests.h"
#include "apps/run/labels.h"
#include "flow/path/guidance.h"
#include "flow/solve/sampler_options.h"
#include "flow/solve/time_range.h"

namespace pushforward::app {

// The times of the path at which a field is defined.
struct FieldTimeRange {
  TimeRange within{};  // a part of the path's time range
  bool whole = false;  // true: the field is finite on all of it, whatever its parameterization
  // true: the field is the exact one of a finite set. It pulls every point to one of the rows, with
  // a slope of 1 / (1 - t), and has no limit at t = 1. So a solver that looks at t = 1 ends just
  // before, and a last step to E[x1 | x] reaches the row.
  bool ends_in_points = false;
};

// Returns all options except labels and interruption, for a field of that parameterization which
// is defined in `field_range`. A solver named on the command line uses its own defaults unless it
// is the config's solver. Throws Failure (exit 2) for tolerances with a method that has no error
// estimate or with fixed steps, for an unknown solver, and for one that the run's path, source
// or coupling does not allow.
SamplerOptions sampler_options(const Section& config, const SolverRequest& request,
                               const Parameterization& parameterization,
                               const FieldTimeRange& field_range = {});

// Throws Failure (exit 2) if the tolerances of /sampler are below what the config's precision can
// hold. sampler_options does the same for those that it uses.
void check_tolerances_hold(const Section& config);

// Returns /sampler/guidance; a scale on the command line replaces the config's. Throws Failure
// (exit 2) if the network was never trained without labels.
Guidance make_guidance(const Config& config, const RunRequest& request);

// Throws Failure (exit 2) if --raw was given and has no effect, since the run keeps no average or
// the exact field is asked for.
void check_raw(const Config& config, const RunRequest& request);

// Both throw Failure (exit 2). `shares` are the shares of the classes; empty means that the network
// takes no labels. The first refuses samples without a label if the network was never trained
// without labels. The second refuses guidance if the network takes no labels.
void check_without_label(const Config& config, const RunRequest& request,
                         const ClassShares& shares);
void check_guidance(const RunRequest& request, const ClassShares& shares);

}  // namespace pushforward::app
