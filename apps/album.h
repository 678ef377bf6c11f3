// A folder of pictures.
#pragma once

#include <string>

#include "apps/animation.h"
#include "apps/draw_canvas.h"

namespace pushforward {

// Writes pictures into a folder, which it makes, and says on stdout where.
class Album {
 public:
  explicit Album(std::string folder);

  // NAME.png and NAME.svg.
  void add(const std::string& name, const Picture& picture);
  // A file of its own name, whatever it holds.
  void write(const std::string& name, const std::string& bytes);

 private:
  std::string folder_;
};

}  // namespace pushforward
