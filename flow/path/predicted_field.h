// Fields made from other fields on the tape: a prediction converted to another, and a model moved
// to another schedule.
#pragma once

#include "flow/field.h"
#include "flow/path/prediction.h"

namespace pushforward::inline PF_REAL {

// The field of what `to` names, from a model whose output is what `parameterization` says: a(t) x +
// b(t) model(x, t), by `conversion`, row by row. The model itself where nothing is to be done. All
// of these fail without a field, and when called with times outside of [0, 1].
Field converted(Field model, const Parameterization& parameterization, Prediction to);

// The field (x, t) of a network that takes EDM's scaled inputs (edm_scaling): what an `edm`
// prediction is trained and used through. Fails unless sigma_data is positive.
Field edm_inputs(Field network, const Scheduler& scheduler, double sigma_data);

// Returns the velocity on the path `to`, given a velocity that was trained on the path `from`. At
// time r it is scale' / scale x + scale dt/dr u(x / scale, t) (see ScheduleChange). Both flows end
// at the same points, up to the factor alpha_to(1) / alpha_from(1).
Field rescheduled(Field velocity, const Scheduler& from, const Scheduler& to);

}  // namespace pushforward::inline PF_REAL
