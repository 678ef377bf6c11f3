#include "apps/data/files.h"

#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "apps/failure_text.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

// Returns the folder of the running program, or "" if it is unknown.
std::string program_folder() {
  char path[4096];
  const ssize_t n = readlink("/proc/self/exe", path, sizeof path);
  return n > 0 && n < static_cast<ssize_t>(sizeof path)
             ? folder_of(std::string(path, static_cast<std::size_t>(n)))
             : "";
}

}  // namespace

std::string data_file(const std::string& name) {
  std::vector<std::string> folders;
  if (const char* chosen = std::getenv("PUSHFORWARD_DATA"); chosen != nullptr && *chosen != '\0') {
    folders.push_back(chosen);
  } else {
    if (const std::string folder = program_folder(); !folder.empty())
      folders.push_back(join_path(folder, "../share/pushforward/data"));
    folders.push_back(PUSHFORWARD_DATA_DIR);
  }
  std::string looked;
  for (const std::string& folder : folders) {
    std::string path = join_path(folder, name);
    if (read_status(posix(), path).kind == FileKind::regular) return path;
    looked += (looked.empty() ? "" : ", ") + folder;
  }
  throw file_error("[data] {} is not in {}; set PUSHFORWARD_DATA to the project's data folder",
                   name, looked);
}

}  // namespace pushforward::app
