#include "apps/album.h"

#include <fmt/format.h>

#include <utility>

#include "nn/file.h"

namespace pushforward {

Album::Album(std::string folder) : folder_(std::move(folder)) { make_folders(posix(), folder_); }

void Album::add(const std::string& name, const Picture& picture) {
  write(name + ".png", png(picture));
  write(name + ".svg", svg(picture));
}

void Album::write(const std::string& name, const std::string& bytes) {
  const std::string path = join(folder_, name);
  write_file_atomically(posix(), path, bytes);
  fmt::print("{}\n", path);
}

}  // namespace pushforward
