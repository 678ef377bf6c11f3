// The error when a run lacks the input of a picture.
#pragma once

#include "apps/failure.h"

namespace pushforward::app {

// For example, the flow has no density, or its exact field is not known. If all pictures are drawn,
// this picture is left out. If it was named, the program ends with this exit code.
struct NoPicture : Failure {
  using Failure::Failure;
};

}  // namespace pushforward::app
