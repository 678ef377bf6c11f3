#include "apps/plot/album.h"

#include <utility>

#include "apps/terminal/message.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

Album::Album(std::string folder) : folder_(std::move(folder)) { make_folders(posix(), folder_); }

void Album::add(const std::string& name, const Picture& picture) {
  write(name + ".png", png(picture));
  write(name + ".svg", svg(picture));
}

void Album::write(const std::string& file, const std::string& bytes) {
  const std::string path = join_path(folder_, file);
  write_file_atomically(posix(), path, bytes);
  print("{}\n", path);
}

}  // namespace pushforward::app
