// The functions of this precision, in the order of apps/engine.h.
#include "apps/engine.h"

#include "apps/flow_density.h"
#include "apps/flow_evaluate.h"
#include "apps/flow_latent.h"
#include "apps/flow_sample.h"
#include "apps/verb_inspect.h"
#include "apps/verb_train.h"
#include "autograd/real.h"

namespace pushforward::inline PF_REAL {

extern const Engine engine;
const Engine engine{.train = train_run,
                    .sample = sample_run,
                    .velocity = velocity_of_run,
                    .log_density = log_density_of_run,
                    .encode = encode_points,
                    .decode = decode_latents,
                    .interpolate = interpolate_points,
                    .evaluate = evaluate_run,
                    .data = draw_data,
                    .data_labels = draw_data_labels,
                    .data_log_density = log_density_of_data,
                    .inspect = inspect_step};

}  // namespace pushforward::inline PF_REAL
