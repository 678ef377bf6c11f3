// Training losses: functions of a field and a path sample, with their formulas.
#pragma once

#include "flow/field.h"
#include "flow/path/path.h"
#include "flow/path/prediction.h"
#include "flow/train/weighting.h"

namespace pushforward::inline PF_REAL {

// Conditional flow matching (Lipman et al. 2023, eq. 9; Tong et al. 2024, eq. 7): the mean of
// (u(xt, t) - dxt)^2 over dimensions and over all `total_rows` rows of the batch. Returns one
// element, the contribution of the rows of `sample`. The contributions of a batch's chunks add up
// to its loss.
Var cfm_loss(const Field& u, const PathSample& sample, int total_rows);

// The same for a model of any prediction: the mean of w(t) (model(xt, t) - target)^2 with target =
// (p x0 + q x1) / over from `mix`. For a velocity without weights this is cfm_loss.
Var prediction_loss(const Field& model, const Parameterization& parameterization,
                    const Weighting& weighting, const PathSample& sample, int total_rows);

}  // namespace pushforward::inline PF_REAL
