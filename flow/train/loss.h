// Training losses: functions of a field and a path sample, with their formulas.
#pragma once

#include "flow/field.h"
#include "flow/path/path.h"
#include "flow/path/prediction.h"
#include "flow/train/weighting.h"

namespace pushforward::inline PF_REAL {

// Conditional flow matching (Lipman et al. 2023, eq. 9; Tong et al. 2024, eq. 7): the mean over the
// rows of `sample` and over dimensions of (u(xt, t) - dxt)^2. One element. `Trainer` takes it as it
// is: it weights the mean of each chunk by the chunk's rows. Fails, naming both shapes, where the
// field's answer has another shape than its points.
Var cfm_loss(const Field& u, const PathSample& sample);

// The same for a model of any prediction: the mean
// of w(t) (model(xt, t) - target)^2, target = (p x0
// + q x1) / over of `prediction_mix`. Velocity without weights is cfm_loss. Fails where the target
// or a weight is infinite.
Var prediction_loss(const Field& model, const Parameterization& parameterization,
                    const Weighting& weighting, const PathSample& sample);

// chunk_mean rows / batch_rows: what a chunk of `rows` rows contributes to the mean over a batch of
// `batch_rows`. The parts of all chunks add up to the batch's loss, and their gradients to its
// gradient, also where the last chunk is shorter. For loops of your own, around any loss of this
// folder or of flow/discrete; inside `Trainer`, which does this itself, it would count twice. Fails
// unless 0 < rows <= batch_rows.
Var part_of_batch(Var chunk_mean, int rows, int batch_rows);

}  // namespace pushforward::inline PF_REAL
