// Fields made from other fields on the tape: a prediction converted to another, and a model moved
// to another schedule.
#pragma once

#include "flow/field.h"
#include "flow/path/prediction.h"

namespace pushforward::inline PF_REAL {

// Returns the field that predicts `to`, given a model of this parameterization. The field computes
// a(t) x + b(t) model(x, t), with a and b from `conversion` at each row's time. It is the model
// itself if the model predicts `to` already. All functions of this file throw if no field is given,
// and the fields that they return throw on times outside [0, 1].
Field converted(Field model, const Parameterization& parameterization, Prediction to);

// Returns the field (x, t) that scales its inputs as EDM does (see edm_scaling) and calls the
// network with them. An `edm` prediction is trained and evaluated through this field. Throws unless
// sigma_data is positive.
Field edm_inputs(Field network, const Scheduler& scheduler, double sigma_data);

// Returns the velocity on the path `to`, given a velocity u that was trained on the path `from`. At
// time r it is scale' / scale x + scale dt/dr u(x / scale, t), where t and scale are those of
// change_schedule at r, and scale' is the derivative of scale with respect to r. Both flows end at
// the same points, up to the factor alpha_to(1) / alpha_from(1).
Field rescheduled(Field velocity, const Scheduler& from, const Scheduler& to);

}  // namespace pushforward::inline PF_REAL
