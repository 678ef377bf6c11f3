// Any exception as a Failure, with the message and the exit code that the program gives it.
#pragma once

#include "apps/failure.h"

namespace pushforward::app {

// Returns the exception that is being handled. Call it only in a catch block.
Failure caught_failure();

}  // namespace pushforward::app
