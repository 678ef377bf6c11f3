// Programs of autograd/README.md that use its two example ops, which worked_ops_test.cpp defines.
#pragma once

#include <ostream>

#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

void use_cube(std::ostream& out);
void use_row_norms(std::ostream& out);

}  // namespace pushforward::app::inline PF_REAL
