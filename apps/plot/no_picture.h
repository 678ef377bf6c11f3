// The error that a run lacks the input of a picture.
#pragma once

#include "apps/failure.h"

namespace pushforward::app {

// The reason is, for example, that the flow has no density or that its exact field is not known. If
// all pictures are drawn, the picture is left out. If the user named the picture, the program ends
// with the error's exit code.
struct NoPicture : Failure {
  using Failure::Failure;
};

}  // namespace pushforward::app
