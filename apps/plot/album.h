// The folder that a run's pictures go to.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "apps/draw/animation.h"
#include "apps/draw/canvas.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

// Writes pictures into a folder and says where.
class Album {
 public:
  explicit Album(std::string folder) : folder_(std::move(folder)) {
    make_folders(posix(), folder_);
  }

  void add(const std::string& name, const Picture& picture) {
    write(name + ".png", png(picture));
    write(name + ".svg", svg(picture));
  }
  void write(const std::string& name, const std::string& bytes) {
    const std::string path = join_path(folder_, name);
    write_file_atomically(posix(), path, bytes);
    fmt::print("{}\n", path);
  }

 private:
  std::string folder_;
};

}  // namespace pushforward::app
