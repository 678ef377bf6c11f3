// The exact velocity as a field on the tape: it goes wherever
// a network goes, and every derivative goes through it.
#pragma once

#include <memory>

#include "flow/distributions/distribution.h"
#include "flow/field.h"
#include "flow/oracle/oracle.h"

namespace pushforward::inline PF_REAL {

// The oracle of a flow between two distributions. Fails, saying which,
// where one of them is no mixture (Distribution::mixture).
std::shared_ptr<const Oracle> make_oracle(const Distribution& source, const Distribution& data);

// u_t(x) of Oracle::velocity on this path, for rows each at its own time.
// Differentiable in x to any order; the times are read off the tape, so to
// a sweep it does not depend on t. Fails without an oracle; called, on points of another dimension,
// on times outside of [0, 1], and where the velocity is infinite.
//
// Log densities are differences of squares. As a rule, the squares of x - m_p, coordinate by
// coordinate: B D P numbers, exact however close the points. With many columns and many components
// of one width (images): matrix products of x and the means about their centre, whose rounding is
// |x|^2 / v units of the last place, v = alpha^2 s1^2 + sigma^2 s0^2; it is felt where several
// points lie within sigma of each other.
Field oracle_field(std::shared_ptr<const Oracle> oracle, Scheduler scheduler);

}  // namespace pushforward::inline PF_REAL
