// The coastlines of the earth for pictures of places. They are read when a picture is drawn, from a
// Debian package.
#pragma once

#include <string>
#include <vector>

#include "apps/draw/canvas.h"

namespace pushforward::app {

// Coastlines in degrees, with the longitude as x. `note` is a line below the picture: where they are
// from, or why there are none.
struct Coastlines {
  std::vector<std::vector<Spot>> lines;
  std::string note;
};

// The Debian package of the coastlines, GSHHG at its crude resolution (Wessel, Smith 1996, LGPL), and
// its file.
inline constexpr const char* kCoastPackage = "python-cartopy-data";
inline constexpr const char* kCoastFile =
    "/usr/share/cartopy/data/shapefiles/gshhs/c/GSHHS_c_L1.shp";

// Returns the coastlines of the shapefile that the environment variable PUSHFORWARD_COASTLINES names,
// in degrees, or else of the package's file. If the package is not installed there are no lines, and
// the note says so. Throws Failure (exit 4) on a file that is no shapefile of lines, and on a named
// file that does not exist.
Coastlines read_coastlines();

// Returns the lines of a shapefile with what a picture cannot show left out: points closer than `least`
// degrees to the one before, lines shorter than that, and the edges along the date line and at the south
// pole, at which the polygons of a file are cut.
Coastlines coastlines_from(const std::string& path, double least = 0.3);

}  // namespace pushforward::app
