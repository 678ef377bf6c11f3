// What a run keeps of its data beside the weights: units, and the shares of its classes.
#pragma once

#include "apps/run/labels.h"
#include "apps/run/units.h"
#include "flow/distributions/distribution.h"

namespace pushforward::app::inline PF_REAL {

// What `restore` does, as the model file keeps it.
Units make_units(const Distribution& data);

// How often each class occurs in 65,536 rows from a fixed stream; empty for data without classes.
ClassShares count_class_shares(const Distribution& data);

}  // namespace pushforward::app::inline PF_REAL
