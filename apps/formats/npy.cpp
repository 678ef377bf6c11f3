#include "apps/formats/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

#include "apps/failure.h"
#include "apps/formats/gzip.h"
#include "apps/formats/npy_layout.h"
#include "apps/formats/npz.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

static_assert(std::endian::native == std::endian::little, "'<' elements are copied as they are");

namespace {

// Converts an array from Fortran order (first axis fastest) to C order.
std::vector<double> in_c_order(const std::vector<double>& values,
                               const std::vector<std::size_t>& shape) {
  std::vector<double> result(values.size());
  std::vector<std::size_t> index(shape.size(), 0);
  for (double& value : result) {
    std::size_t from = 0;
    for (std::size_t axis = shape.size(); axis-- > 0;) from = from * shape[axis] + index[axis];
    value = values[from];
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return result;
}

}  // namespace

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text = "(";
  for (std::size_t k = 0; k < shape.size(); ++k) text += (k ? ", " : "") + std::to_string(shape[k]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

NdArray read_npy(const std::string& path, FileSystem& files) {
  return read_array_named(path, "", files);
}

NdArray read_array_named(const std::string& path, const std::string& name, FileSystem& files) {
  const std::string bytes = read_file(files, path);
  if (!name.empty() && !is_zip(bytes))
    throw Failure(Exit::file, fmt::format("[npz] {}: it is no NPZ file, so it has no array \"{}\"; "
                                          "leave the name out",
                                          path, name));
  NdArray array = is_zip(bytes)    ? parse_npy(npz_member(bytes, path, name), path)
                  : is_gzip(bytes) ? parse_npy(gunzip(bytes, path), path)
                                   : parse_npy(bytes, path);
  array.file = path;
  array.mark = mark_of(bytes);
  return array;
}

NdArray as_table(NdArray array, const std::string& what) {
  if (array.shape.empty())
    throw Failure(
        Exit::file,
        fmt::format("[{}] {}it holds one number, not points; give an array of shape (N, D)", what,
                    file_prefix(array)));
  if (array.values.empty()) return array;
  const std::size_t columns = array.values.size() / array.shape[0];
  return flattened(std::move(array), columns);
}

NdArray flattened(NdArray array, std::size_t columns) {
  if (array.shape.size() == 2) return array;
  const std::string given = shape_text(array.shape);
  const std::size_t rows = array.shape[0];
  if (array.shape.size() == 1)
    array.reading.layout += fmt::format(", shape {}: a list, read as one column", given);
  if (array.shape.size() > 2)
    array.reading.layout += fmt::format(", shape {}: each of its {} parts flattened to a row of {}",
                                        given, rows, columns);
  array.shape = {rows, columns};
  array.reading.file_columns = columns;
  return array;
}

std::string file_prefix(const NdArray& array) {
  return array.file.empty() ? "" : array.file + ": ";
}

void check_finite(const NdArray& table, const std::string& what, std::size_t first) {
  const std::size_t columns = table.shape.size() > 1 ? table.shape[1] : 1;
  for (std::size_t k = 0; k < table.values.size(); ++k)
    if (!std::isfinite(table.values[k]))
      throw Failure(
          Exit::file,
          fmt::format("[{}] {}row {}, column {} is {}; correct or remove that row", what,
                      file_prefix(table), first + k / columns, k % columns, table.values[k]));
}

bool is_npy(std::string_view bytes) { return bytes.starts_with(kNpyMagic); }

NdArray parse_npy(std::string_view bytes, const std::string& source) {
  const NpyLayout layout = npy_layout(bytes, bytes.size(), source);
  NdArray array{layout.shape, std::vector<double>(layout.count), layout.dtype};
  array.reading.layout = layout.words();
  const char* at = bytes.data() + layout.begin;
  for (double& value : array.values) {
    value = layout.number(at);
    at += layout.element;
  }
  if (layout.fortran_order && layout.shape.size() > 1)
    array.values = in_c_order(array.values, array.shape);
  return array;
}

std::string npy_header(const std::vector<std::size_t>& shape, const std::string& dtype) {
  const bool small = dtype == "<f4" || dtype == "<i4";
  std::string header = std::string("{'descr': '") + (small ? dtype : "<f8") +
                       "', 'fortran_order': False, 'shape': " + shape_text(shape) + ", }";
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10, ' ');
  header.back() = '\n';
  std::string bytes(kNpyMagic);
  bytes += {'\x01', '\x00', static_cast<char>(header.size() & 0xFF),
            static_cast<char>(header.size() >> 8)};
  return bytes + header;
}

std::string npy_elements(const NdArray& array) {
  const bool single = array.dtype == "<f4", whole = array.dtype == "<i4";
  const std::size_t size = single || whole ? 4 : 8;
  const std::optional<std::size_t> needed = npy_bytes_needed(array.shape, size);
  check(needed && *needed == array.values.size() * size, "npy", "shape ", shape_text(array.shape),
        " does not hold ", array.values.size(), " values; correct the shape");
  std::string bytes(*needed, '\0');
  for (std::size_t k = 0; k < array.values.size(); ++k) {
    if (single) {
      const float value = static_cast<float>(array.values[k]);
      std::memcpy(bytes.data() + 4 * k, &value, 4);
    } else if (whole) {
      const auto value = static_cast<std::int32_t>(array.values[k]);
      std::memcpy(bytes.data() + 4 * k, &value, 4);
    } else {
      std::memcpy(bytes.data() + 8 * k, &array.values[k], 8);
    }
  }
  return bytes;
}

std::string npy_bytes(const NdArray& array) {
  return npy_header(array.shape, array.dtype) + npy_elements(array);
}

void write_npy(const std::string& path, const NdArray& array, FileSystem& files) {
  write_file_atomically(files, path, npy_bytes(array));
}

}  // namespace pushforward::app
