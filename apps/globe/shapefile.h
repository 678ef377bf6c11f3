// Reads the lines of ESRI shapefiles, the usual format of maps.
#pragma once

#include <string>
#include <vector>

#include "apps/draw/canvas.h"

namespace pushforward::app {

// Returns the parts of all polygons or polylines of a shapefile (.shp; ESRI Shapefile Technical
// Description, 1998), in the units of the file. Throws FileError if the file cannot be read, and
// Failure (exit 4), naming it and the byte, if it is damaged or cut off or has shapes of other types.
std::vector<std::vector<Spot>> read_shapefile(const std::string& path);

}  // namespace pushforward::app
