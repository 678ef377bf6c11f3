// The exact velocity of a flow between two mixtures, as a field on the tape. It can be used
// wherever a network can, and it is differentiable.
#pragma once

#include <memory>

#include "flow/distributions/distribution.h"
#include "flow/field.h"
#include "flow/oracle/oracle.h"

namespace pushforward::inline PF_REAL {

// Returns the oracle of a flow between two distributions. Fails if one of them is not a mixture
// (Distribution::mixture), and says which.
std::shared_ptr<const Oracle> make_oracle(const Distribution& source, const Distribution& data);

// Returns the field u_t(x) of Oracle::velocity on this path. Each row has its own time. The field
// is differentiable in x to any order, but not in t: times are read as constants. Fails without an
// oracle. The field fails on points of another dimension, on times outside [0, 1], and where the
// velocity is infinite.
//
// The log density of a pair p of components (a data component and a source component, see Oracle)
// contains the square |x - m_p|^2, with m_p the mean of xt given the pair. These squares are
// usually computed coordinate by coordinate. For B rows, D columns and P pairs that takes B D P
// numbers, and it is accurate however close the points are. With many columns and many components
// of equal width (images), they are computed by matrix products of x with the means, both relative
// to the centre of the means. The rounding error is then |x|^2 / v units in the last place, with v
// = alpha^2 s1^2 + sigma^2 s0^2 for components of standard deviation s1 (data) and s0 (source). It
// matters where several points lie within sigma of each other.
Field oracle_field(std::shared_ptr<const Oracle> oracle, Scheduler scheduler);

}  // namespace pushforward::inline PF_REAL
