#include "apps/tables/arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <set>
#include <utility>

#include "apps/failure.h"
#include "apps/formats/gzip.h"
#include "apps/tables/csv.h"
#include "apps/terminal/message.h"

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

bool is_npy_file(const std::string& path) {
  return has_ending(path, ".npy") || has_ending(path, ".npy.gz") ||
         read_file(posix(), path).starts_with("\x93NUMPY");
}

ArrayBytes read_array_bytes(const std::string& path) {
  std::string bytes = read_file(posix(), path);
  const FileMark mark = mark_of(bytes);
  if (is_gzip(bytes)) bytes = gunzip(bytes, path);
  const bool npy =
      has_ending(path, ".npy") || has_ending(path, ".npy.gz") || bytes.starts_with("\x93NUMPY");
  return {std::move(bytes), npy, mark};
}

NdArray parse_array(const ArrayBytes& content, const std::string& path) {
  NdArray array = content.npy ? parse_npy(content.bytes, path) : parse_csv(content.bytes, path);
  array.file = path;
  array.mark = content.mark;
  return array;
}

NdArray read_array(const std::string& path) { return parse_array(read_array_bytes(path), path); }

NdArray match_columns(NdArray table, const std::vector<std::string>& names, const char* what,
                      const std::string& whose) {
  if (names.empty() || table.names.empty() || table.names == names) return table;
  const auto distinct = [](const std::vector<std::string>& of) {
    return std::set<std::string>(of.begin(), of.end()).size() == of.size();
  };
  const std::string theirs = fmt::format("{}", fmt::join(table.names, ", ")),
                    wanted = fmt::format("{}", fmt::join(names, ", "));
  std::vector<std::size_t> from;
  for (const std::string& name : names) {
    const auto found = std::find(table.names.begin(), table.names.end(), name);
    if (found == table.names.end())
      throw Failure(Exit::file,
                    fmt::format("[{}] {}its columns are {}, but {} has {}; name the columns alike, "
                                "or remove the first line to take them in the order they have",
                                what, file_prefix(table), theirs, whose, wanted));
    from.push_back(static_cast<std::size_t>(found - table.names.begin()));
  }
  if (!distinct(names) || !distinct(table.names))
    throw Failure(Exit::file, fmt::format("[{}] {}its columns are {}, and {} has {}: a name stands "
                                          "twice, so the order is open; give each column its own",
                                          what, file_prefix(table), theirs, whose, wanted));
  const std::size_t columns = table.names.size(), rows = table.values.size() / columns;
  std::vector<double> values;
  values.reserve(rows * from.size());
  for (std::size_t row = 0; row < rows; ++row)
    for (const std::size_t k : from) values.push_back(table.values[row * columns + k]);
  std::vector<std::string> left_out;
  for (const std::string& name : table.names)
    if (std::find(names.begin(), names.end(), name) == names.end()) left_out.push_back(name);
  tell("{}its columns {} are taken by name, as {} has them: {}{}", file_prefix(table), theirs,
       whose, wanted,
       left_out.empty() ? "" : fmt::format("; without {}", fmt::join(left_out, ", ")));
  std::vector<TableColumn> kinds;
  for (const std::size_t k : from)
    if (!table.columns.empty()) kinds.push_back(table.columns[k]);
  table.columns = std::move(kinds);
  table.values = std::move(values);
  table.names = names;
  table.shape = {rows, names.size()};
  return table;
}

void write_array(const std::string& path, const NdArray& array) {
  if (has_ending(path, ".npy"))
    write_npy(path, array);
  else
    write_csv(path, array, array.names, posix(), has_ending(path, ".tsv") ? '\t' : ',');
}

}  // namespace pushforward::app
