// Computes the traits of continuous data that a model file stores: its units and the shares of its
// classes.
#pragma once

#include "apps/run/labels.h"
#include "apps/run/units.h"
#include "flow/distributions/distribution.h"
#include "flow/manifold/manifold.h"

namespace pushforward::app::inline PF_REAL {

// Returns the units of the data (the inverse of its standardisation), the names of its columns, and
// the values of columns that are constant in a finite set.
Units make_units(const Distribution& data);

// Adds to these units of the data the ranges of its columns.
void add_range(const Distribution& data, Units& units);

// Returns the standard deviation of the data in the flow's units, as the square root of the mean
// variance over columns, from 16,384 rows of a fixed random stream. Returns 1 if all columns are
// constant. Of data on a manifold, unless it is null, it is that of the embedding.
double measure_spread(const Distribution& data, const Manifold* manifold = nullptr);

// Returns the share of each class in 65,536 rows from a fixed random stream, or nothing
// for data without classes.
ClassShares count_class_shares(const Distribution& data);

}  // namespace pushforward::app::inline PF_REAL
