// Training losses: functions of a field and a path sample, each under its formula.
#pragma once

#include "flow/field.h"
#include "flow/path/path.h"
#include "flow/path/prediction.h"
#include "flow/train/weighting.h"

namespace pushforward::inline PF_REAL {

// Conditional flow matching (Lipman et al. 2023, eq. 9; Tong et al. 2024, eq. 7): the mean over all
// `total_rows` rows of the batch and over dimensions of (u(xt, t) - dxt)^2, the part of it that the
// rows of `sample` contribute. The parts of a batch's chunks add up to its loss. One element.
Var cfm_loss(const Field& u, const PathSample& sample, int total_rows);

// The same for a model of any prediction: the mean
// of w(t) (model(xt, t) - target)^2, target = (p x0
// + q x1) / over of `mix`. Velocity without weights is cfm_loss.
Var prediction_loss(const Field& model, const Parameterization& parameterization,
                    const Weighting& weighting, const PathSample& sample, int total_rows);

}  // namespace pushforward::inline PF_REAL
