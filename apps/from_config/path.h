// From a checked config to the plain parts of a flow: scheduler, noise, time distribution,
// prediction, weights, and the time grid, guidance and diffusion of samplers.
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
Scheduler make_scheduler(const Section& path);
Scheduler make_scheduler(const Config& config);
PathNoise make_path_noise(const Section& config);                // /path/noise
TimeDistribution make_time_distribution(const Section& config);  // /loss/time
Parameterization make_parameterization(const Section& config);   // /prediction on /path
Weighting make_weighting(const Section& config);                 // /loss/weight
// Of a /path/kappa.
Kappa make_kappa(const Section& kappa);
bool sees_labels(const Section& config);  // whether /model/label is an embedding

// Whether the velocity that a run learned, asked about points of no class, is the marginal one of
// independent ends, which has a closed form between mixtures and finite sets: the field that
// --exact is, to be held against it.
bool learns_exact_field(const Section& config, const RunRequest& request);

}  // namespace pushforward::app
