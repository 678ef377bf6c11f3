// Finds what a model file stores about continuous data: its units and the shares of its classes.
#pragma once

#include "apps/run/labels.h"
#include "apps/run/units.h"
#include "flow/distributions/distribution.h"

namespace pushforward::app::inline PF_REAL {

// Returns the units of the data, which undo its standardisation as `restore` does, the names of its
// columns, and what is constant in a finite set.
Units make_units(const Distribution& data);

// Returns the root of the mean variance of the columns, in the flow's units, from 16,384 rows of a fixed
// random stream; 1 if all columns are constant.
double measure_spread(const Distribution& data);

// Returns the share of each class in 65,536 rows from a fixed random stream, or nothing
// for data without classes.
ClassShares count_class_shares(const Distribution& data);

}  // namespace pushforward::app::inline PF_REAL
