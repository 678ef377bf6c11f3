// Writes the pictures of a run to a folder.
#pragma once

#include <string>

#include "apps/figures/figure.h"

namespace pushforward::app {

// Creates the folder, writes pictures into it and prints the path of each file.
class Album {
 public:
  // If `marks`, each picture is also written as JSON.
  explicit Album(std::string folder, bool marks = false);

  // Writes NAME.png and NAME.svg.
  void add(const std::string& name, const Figure& figure);
  // Writes NAME.webp.
  void add(const std::string& name, const MovingFigure& film);
  void write(const std::string& file, const std::string& bytes);

 private:
  std::string folder_;
  bool marks_;
};

}  // namespace pushforward::app
