// The engine's table of functions in one precision, in the order of apps/engine/engine.h.
#include "apps/engine/engine.h"

#include "apps/flows/data_rows.h"
#include "apps/flows/flow_density.h"
#include "apps/flows/flow_evaluate.h"
#include "apps/flows/flow_impute.h"
#include "apps/flows/flow_latent.h"
#include "apps/flows/flow_pairs.h"
#include "apps/flows/flow_sample.h"
#include "apps/flows/flow_velocity.h"
#include "apps/flows/token_bound.h"
#include "apps/flows/token_data.h"
#include "apps/flows/token_evaluate.h"
#include "apps/flows/token_sample.h"
#include "apps/training/inspect.h"
#include "apps/training/train.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Calls the function `flow` for a config of continuous data, and `tokens` for a config of tokens.
template <auto flow, auto tokens>
struct Either;
template <class Result, class... Rest, Result (*flow)(const Config&, Rest...),
          Result (*tokens)(const Config&, Rest...)>
struct Either<flow, tokens> {
  static Result call(const Config& config, Rest... rest) {
    return of_tokens(config) ? tokens(config, rest...) : flow(config, rest...);
  }
};

}  // namespace

extern const Engine engine;
const Engine engine{
    .train = train_run,
    .follow = follow_training,
    .sample = Either<sample_run, sample_tokens>::call,
    .sample_blocks = sample_run_in_blocks,
    .vary = vary_points,
    .token_traits = token_traits_of_run,
    .count_tokens = tokens_of_lines,
    .velocity = velocity_of_run,
    .velocity_blocks = velocity_in_blocks,
    .log_density = Either<log_density_of_run, bound_of_tokens>::call,
    .log_density_blocks = log_density_in_blocks,
    .encode = encode_points,
    .decode = decode_latents,
    .encode_blocks = encode_in_blocks,
    .decode_blocks = decode_in_blocks,
    .interpolate = interpolate_points,
    .impute = impute_points,
    .evaluate = Either<evaluate_run, evaluate_tokens>::call,
    .data = Either<draw_data, draw_token_data>::call,
    .data_blocks = draw_data_blocks,
    .data_text = draw_token_text,
    .data_labels = Either<draw_data_labels, draw_token_labels>::call,
    .rows = data_rows,
    .data_log_density = log_density_of_data,
    .pairs = draw_batch_pairs,
    .inspect = inspect_step,
};

}  // namespace pushforward::app::inline PF_REAL
