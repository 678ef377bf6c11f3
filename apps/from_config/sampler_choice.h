// From /sampler of a config, and what the command line says instead, to the options of a sampler.
#pragma once

#include "apps/config/config.h"
#include "apps/requests.h"
#include "apps/run/labels.h"
#include "flow/path/guidance.h"
#include "flow/solve/sampler_options.h"
#include "flow/solve/time_range.h"

namespace pushforward::app {

// Where on the path a field can be asked about.
struct FieldTimeRange {
  TimeRange within{};  // a part of the path
  bool whole = false;  // all of it: the field is finite there, whatever its prediction says
};

// All of `options` but labels and interruption. `parameterization` says what the field that is
// sampled gives, `field_range` where it can be asked about. A solver given by name has its
// own defaults, unless it is the config's. Tolerances for a method without an error estimate, or
// together with fixed steps, are a usage error, and so is a solver that there is not, or that does
// not suit the run's path or source.
SamplerOptions sampler_options(const Section& config, const SolverRequest& request,
                               const Parameterization& parameterization,
                               const FieldTimeRange& field_range = {});

// /sampler/guidance, with the scale that the command line says
// instead. A usage error where the run never trained without labels.
Guidance make_guidance(const Config& config, const RunRequest& request);

// Usage errors about labels, for a field or posterior that sees classes
// of these shares (none: it sees no labels): a row of no class where
// the network never trained without, and guidance of what sees none.
void check_without_label(const Config& config, const RunRequest& request,
                         const ClassShares& shares);
void check_guidance(const RunRequest& request, const ClassShares& shares);

}  // namespace pushforward::app
