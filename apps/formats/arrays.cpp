#include "apps/formats/arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "apps/failure.h"
#include "apps/formats/csv.h"
#include "apps/formats/gzip.h"

namespace pushforward::app {
bool has_ending(const std::string& path, std::string_view ending) {
  if (path.size() < ending.size()) return false;
  return std::equal(ending.begin(), ending.end(),
                    path.end() - static_cast<std::ptrdiff_t>(ending.size()),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); });
}

void check_array_name(const std::string& path) {
  if (has_ending(path, ".npy") || has_ending(path, ".csv") || has_ending(path, ".tsv")) return;
  throw Failure(
      Exit::usage,
      fmt::format("[file] {} ends in none of .npy, .csv and .tsv; give a name with one of "
                  "these endings",
                  path));
}

void check_distinct(std::initializer_list<std::pair<const char*, std::string>> files) {
  for (auto a = files.begin(); a != files.end(); ++a)
    for (auto b = a + 1; b != files.end(); ++b)
      if (!a->second.empty() && a->second == b->second)
        throw Failure(Exit::usage,
                      fmt::format("[file] {} and {} are both {}; give two different files",
                                  a->first, b->first, a->second));
}

NdArray read_array(const std::string& path) {
  std::string bytes = read_file(posix(), path);
  const FileMark mark = mark_of(bytes);
  if (is_gzip(bytes)) bytes = gunzip(bytes, path);
  const bool npy =
      has_ending(path, ".npy") || has_ending(path, ".npy.gz") || bytes.starts_with("\x93NUMPY");
  NdArray array = npy ? parse_npy(bytes, path) : parse_csv(bytes, path);
  array.file = path;
  array.mark = mark;
  return array;
}

void write_array(const std::string& path, const NdArray& array) {
  if (has_ending(path, ".npy"))
    write_npy(path, array);
  else
    write_csv(path, array, {}, posix(), has_ending(path, ".tsv") ? '\t' : ',');
}

}  // namespace pushforward::app
