// From a checked config to the plain parts of a flow: scheduler, noise, time law, prediction,
// weights, and the time grid, guidance and diffusion of samplers.
#pragma once

#include "apps/config/config.h"
#include "apps/requests.h"
#include "flow/discrete/kappa.h"
#include "flow/path/noise.h"
#include "flow/path/prediction.h"
#include "flow/train/time_distribution.h"
#include "flow/train/weighting.h"

namespace pushforward::app {

// Of a section like /path; of a config, its /path. The other functions take a whole config, as a
// Section where it is still being checked.
Scheduler scheduler_of(const Section& path);
Scheduler scheduler_of(const Config& config);
PathNoise path_noise_of(const Section& config);  // /path/noise
TimeLaw time_law_of(const Section& config);      // /loss/time
Meaning meaning_of(const Section& config);       // /prediction on /path
Weighting weighting_of(const Section& config);   // /loss/weight
// Of a /path/kappa.
Kappa kappa_of(const Section& kappa);
bool sees_labels(const Section& config);  // whether /model/label is an embedding

// Whether the velocity that a run learned, asked about points of no class, is the marginal one of
// independent ends, which has a closed form between mixtures and finite sets: the field that
// --exact is, to be held against it.
bool learns_exact_field(const Section& config, const RunRequest& request);

}  // namespace pushforward::app
