// From a checked config to the plain parts of a flow: scheduler, noise, time law, prediction,
// weights, and the time grid, guidance and diffusion of samplers.
#pragma once

#include "apps/config.h"
#include "flow/path_noise.h"
#include "flow/prediction.h"
#include "flow/time_law.h"
#include "flow/weighting.h"

namespace pushforward {

Scheduler scheduler_of(const Section& path);    // of a section like /path
Scheduler scheduler_of(const Config& config);   // /path
PathNoise path_noise_of(const Config& config);  // /path/noise
TimeLaw time_law_of(const Config& config);      // /loss/time
Meaning meaning_of(const Config& config);       // /prediction on /path
Weighting weighting_of(const Config& config);   // /loss/weight
bool sees_labels(const Config& config);         // whether /model/label is an embedding

}  // namespace pushforward
