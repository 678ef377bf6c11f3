// The table of pictures: what `pushforward plot` draws, of which runs, and from what.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/plot/album.h"
#include "apps/plot/material.h"

namespace pushforward::app {

// One row. A picture that is drawn in another way for another subject has a row for each.
struct PictureRow {
  const char* name;                    // of its files
  std::optional<PlotSubject> subject;  // of the runs that may have it; none: every run may
  const char* about;                   // one line
  std::vector<PlotNeed> needs;         // what the two functions may ask the material for
  // Says why a run of this subject does not have it; "": it has. Null: every such run has it.
  std::string (*why_not)(PlotMaterial&);
  void (*draw)(PlotMaterial&, Album&);
};

// In the order in which they are drawn.
const std::vector<PictureRow>& pictures();

// The rows for runs of this subject, in the same order.
std::vector<const PictureRow*> pictures_of(PlotSubject subject);

}  // namespace pushforward::app
