// Lays out figures and draws them.
#pragma once

#include "apps/draw/animation.h"
#include "apps/figures/figure.h"

namespace pushforward::app {

// Returns the figure as a picture. The page is as large as its panels and the texts around them
// need. Titles and notes are broken into lines. A name that is too long for its axis is cut, and a
// note has the whole name. No text leaves the page.
Picture picture_of(const Figure& figure);

// Returns the moving figure as an animation. All frames must have the layout of the first frame.
Animation animation_of(const MovingFigure& film);

}  // namespace pushforward::app
