// Training losses: functions of a field and a path sample, with their formulas.
#pragma once

#include "flow/field.h"
#include "flow/path/path.h"
#include "flow/path/prediction.h"
#include "flow/train/weighting.h"

namespace pushforward::inline PF_REAL {

// Conditional flow matching (Lipman et al. 2023, eq. 9; Tong et al. 2024, eq. 7): the mean of
// (u(xt, t) - dxt)^2 over dimensions and over the rows of `sample`, as one element. Return it from
// the loss that you pass to `Trainer`, which weights the mean of each chunk by its number of rows.
// Throws if the field's output does not have the shape of its points, and names both shapes.
Var cfm_loss(const Field& u, const PathSample& sample);

// The loss of a model of any prediction: the mean of w(t) (model(xt, t) - target)^2 with target =
// (p x0 + q x1) / over from `prediction_mix`. For a velocity without weights this is cfm_loss.
// Throws if the target or a weight is infinite.
Var prediction_loss(const Field& model, const Parameterization& parameterization,
                    const Weighting& weighting, const PathSample& sample);

// Joint score and flow matching ([SF]2M; Tong et al. 2024, arXiv 2307.03672, eq. 9): the mean over
// rows and dimensions of
//   (v(xt, t) - dxt)^2 + score_weight (n(xt, t) - z)^2
// for a model that returns [v, n], (B, 2 D). z is the noise on the path, so n learns E[z | xt], and
// the score is -n / gamma. The second term is |lambda s + eps|^2 of the paper for s = -n / lambda: its
// lambda = 2 gamma / sigma^2 makes the score's target unit noise. Throws if the sample has no noise,
// and unless the model's output is (B, 2 D).
Var score_and_flow_loss(const Field& model, const PathSample& sample, double score_weight = 1);

// Returns chunk_mean * rows / batch_rows. This is the contribution of a chunk of `rows` rows to the
// mean over a batch of `batch_rows`. The contributions of all chunks add up to the batch's loss, and
// their gradients to its gradient, also if the last chunk is shorter. Use it in your own training
// loops, with any loss of this folder or of flow/discrete. Do not use it with `Trainer`, which
// weights chunks itself. Throws unless 0 < rows <= batch_rows.
Var part_of_batch(Var chunk_mean, int rows, int batch_rows);

}  // namespace pushforward::inline PF_REAL
