// The table of pictures that `pushforward plot` draws.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/plot/album.h"
#include "apps/plot/material.h"

namespace pushforward::app {

// A row of the table of pictures. A picture that is drawn differently for several subjects (such as
// points and images) has a row for each.
struct PictureRow {
  const char* name;                    // the name of its files, without their endings
  std::optional<PlotSubject> subject;  // of the runs that may have this picture; none: all
  const char* about;                   // its description in one line
  std::vector<PlotNeed> needs;         // the inputs that why_not and draw use
  // Returns the reason why a run of this subject lacks the picture, or "" if the run has it. If the
  // function is null, every such run has the picture.
  std::string (*why_not)(PlotMaterial&);
  void (*draw)(PlotMaterial&, Album&);
};

// Returns the rows in drawing order.
const std::vector<PictureRow>& pictures();

// Returns the rows for runs of this subject, in the same order.
std::vector<const PictureRow*> pictures_of(PlotSubject subject);

}  // namespace pushforward::app
