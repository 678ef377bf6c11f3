#include "apps/formats/arrays.h"

#include <fmt/format.h>

#include "apps/failure.h"
#include "apps/formats/csv.h"

namespace pushforward::app {
namespace {

bool is_csv(const std::string& path) { return path.ends_with(".csv"); }

}  // namespace

void check_array_name(const std::string& path) {
  if (!is_csv(path) && !path.ends_with(".npy")) {
    throw Failure(
        Exit::usage,
        fmt::format(
            "[file] {} ends neither in .npy nor in .csv; give a name with one of these endings",
            path));
  }
}

NdArray read_array(const std::string& path) {
  check_array_name(path);
  if (!is_csv(path)) return read_npy(path);
  NdArray array = read_csv(path);
  array.file = path;
  return array;
}

void write_array(const std::string& path, const NdArray& array) {
  if (is_csv(path))
    write_csv(path, array);
  else
    write_npy(path, array);
}

}  // namespace pushforward::app
