// The error of a thing that a picture is drawn from and that a run does not have.
#pragma once

#include "apps/failure.h"

namespace pushforward::app {

// A run's flow has no density, say, or its exact field is not known. Where all pictures are drawn,
// this one is left out; where it was asked for by name, the program ends with this code.
struct NoPicture : Failure {
  using Failure::Failure;
};

}  // namespace pushforward::app
