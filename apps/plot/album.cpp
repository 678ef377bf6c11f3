#include "apps/plot/album.h"

#include <utility>

#include "apps/draw/animation.h"
#include "apps/figures/draw_figure.h"
#include "apps/plot/figure_json.h"
#include "apps/terminal/message.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

Album::Album(std::string folder, bool marks) : folder_(std::move(folder)), marks_(marks) {
  make_folders(posix(), folder_);
}

void Album::add(const std::string& name, const Figure& figure) {
  const Picture picture = picture_of(figure);
  write(name + ".png", png(picture));
  write(name + ".svg", svg(picture));
  if (marks_) write(name + ".json", figure_json(figure).dump() + "\n");
}

void Album::add(const std::string& name, const MovingFigure& film) {
  write(name + ".webp", webp(animation_of(film)));
}

void Album::write(const std::string& file, const std::string& bytes) {
  const std::string path = join_path(folder_, file);
  write_file_atomically(posix(), path, bytes);
  print("{}\n", path);
}

}  // namespace pushforward::app
