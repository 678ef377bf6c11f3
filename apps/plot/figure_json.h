// A figure as JSON, for a page or a program that draws it in its own way.
#pragma once

#include "apps/figures/figure.h"
#include "apps/json/json.h"

namespace pushforward::app {

// Returns an object with title, notes, legend, columns, and panels of marks. Each mark has a "type":
// dots, lines, arrows, heat, image, bars or texts. Places are in the units of the panel, colours are
// "#rrggbbaa". Numbers that are not finite are null.
Json figure_json(const Figure& figure);

}  // namespace pushforward::app
