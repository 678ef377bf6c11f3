// Builds the options of how a sampler unmasks tokens and masks them again, from a config.
#pragma once

#include <string>

#include "apps/config/config.h"
#include "flow/discrete/remasking.h"
#include "flow/discrete/unmasking.h"

namespace pushforward::app {

// From a section /sampler/remasking.
Remasking make_remasking(const Section& section);
// Returns the order with this name, and `random` for any other name.
UnmaskingOrder unmasking_order_named(const std::string& name);

}  // namespace pushforward::app
