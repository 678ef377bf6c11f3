// Writes the pictures of a run to a folder.
#pragma once

#include <string>

#include "apps/draw/canvas.h"

namespace pushforward::app {

// Creates the folder, writes pictures into it and prints the path of each file.
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
