// The programs of autograd/README.md that use its two worked ops, defined in worked_ops_test.cpp.
#pragma once

#include <ostream>

#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

void use_cube(std::ostream& out);
void use_row_norms(std::ostream& out);

}  // namespace pushforward::app::inline PF_REAL
