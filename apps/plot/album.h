// The folder that a run's pictures go to.
#pragma once

#include <string>

#include "apps/draw/canvas.h"

namespace pushforward::app {

// Writes pictures into a folder, which it makes, and prints the path of each file.
class Album {
 public:
  explicit Album(std::string folder);

  // Writes NAME.png and NAME.svg.
  void add(const std::string& name, const Picture& picture);
  void write(const std::string& file, const std::string& bytes);

 private:
  std::string folder_;
};

}  // namespace pushforward::app
