// Turns /sampler of a config and the options of the command line into the options of a sampler.
#pragma once

#include "apps/config/config.h"
#include "apps/requests.h"
#include "apps/run/labels.h"
#include "flow/discrete/path.h"
#include "flow/discrete/sampler_options.h"
#include "flow/path/guidance.h"
#include "flow/solve/sampler_options.h"
#include "flow/solve/time_range.h"

namespace pushforward::app {

// The times of the path at which a field is defined.
struct FieldTimeRange {
  TimeRange within{};  // a part of the path's time range
  bool whole = false;  // true: the field is finite on all of it, whatever its parameterization
  // True for the exact field of a finite set. This field pulls every point to one of the rows with
  // a slope of 1 / (1 - t), and has no limit at t = 1. A solver that would evaluate it at t = 1
  // ends just before, and a last step to E[x1 | x] reaches the row.
  bool ends_in_points = false;
};

// Returns all options except labels and interruption, for a field with that parameterization that is
// defined in `field_range`. A solver from the command line uses its own defaults unless it is also
// the config's solver. Throws Failure (exit 2) for an unknown solver, for one that the run's path,
// source or coupling does not allow, and for tolerances given to a method without an error estimate
// or together with fixed steps.
SamplerOptions sampler_options(const Section& config, const SolverRequest& request,
                               const Parameterization& parameterization,
                               const FieldTimeRange& field_range = {});

// Returns all options of a sampler of tokens except labels and interruption. Throws Failure (exit
// 2) if tolerances, an ODE solver or an unknown solver are requested.
TokenSamplerOptions token_sampler_options(const Section& config, const SolverRequest& request,
                                          const TokenPath& path);

// Throws Failure (exit 2) if the tolerances of /sampler are too small for the config's precision.
// sampler_options makes the same check of the tolerances that it uses.
void check_tolerances_hold(const Section& config);

// Returns the guidance of /sampler/guidance; a scale from the command line replaces the config's.
// Throws Failure (exit 2) if the network was never trained without labels.
Guidance make_guidance(const Config& config, const RunRequest& request);

// Throws Failure (exit 2) if --raw has no effect, because the run keeps no average of the weights
// or the exact field is requested.
void check_raw(const Config& config, const RunRequest& request);

// check_without_label refuses samples without a label if the network was never trained without
// labels. check_guidance refuses guidance if the network takes no labels. Both throw Failure (exit
// 2). `shares` are the shares of the classes; an empty list means that the network takes no labels.
// `names` are the names of the classes, if they have any.
void check_without_label(const Config& config, const RunRequest& request, const ClassShares& shares,
                         const std::vector<std::string>& names = {});
void check_guidance(const RunRequest& request, const ClassShares& shares);

// Throws Failure (exit 2) if the request has no conditions although it has guidance, or although
// the network was never trained without conditions. `names` are the columns that are conditions.
void check_without_conditions(const Config& config, const RunRequest& request,
                              const std::vector<std::string>& names);

}  // namespace pushforward::app
