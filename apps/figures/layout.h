// Computes the places of the parts of a figure on its page.
#pragma once

#include <string>
#include <vector>

#include "apps/figures/figure.h"

namespace pushforward::app {

// A panel on the page, with its ticks and its texts as they are drawn.
struct PlacedPanel {
  Axes axes;
  std::vector<Tick> across, up;
  std::string title, x_label, y_label;
  TextStyle title_style;
  double y_label_out = 0;  // distance from the panel to the middle of the label
  bool turned = false;     // whether the names below the panel are turned upwards
  double below = 0;        // the height of the numbers or names below the panel
  Box bar;                 // the place of the colour bar
};

// A line of text, or an entry of the legend, with the place where it starts.
struct PlacedWords {
  std::string words;
  Spot at;
};

struct Layout {
  double width = 0, height = 0;
  std::vector<PlacedPanel> panels;
  std::vector<PlacedWords> title, notes;
  std::vector<PlacedWords> legend;  // one for each entry, with its text cut to the page
  Box clock;
};

// The styles of the texts around panels.
TextStyle title_style();
TextStyle note_style();
TextStyle label_style(Align along = Align::middle);

// Returns the width of the disc or bar before the text of a legend's entry.
double sign_width(const LegendEntry& entry);

Layout lay_out(const Figure& figure);

}  // namespace pushforward::app
