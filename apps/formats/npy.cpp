#include "apps/formats/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

#include "apps/failure.h"
#include "apps/formats/gzip.h"
#include "apps/formats/npz.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

static_assert(std::endian::native == std::endian::little, "'<' elements are copied as they are");

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t max_axes = 32;  // NumPy's limit
constexpr const char* damaged = "; the file is damaged or not NPY: save it again with numpy.save";

[[noreturn]] void npy_fault(const std::string& source, const std::string& text) {
  throw Failure(Exit::file, "[npy] " + source + ": " + text);
}

// The header of an NPY file.
struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

// Parses the header, a Python dictionary. Other Python expressions are refused.
class NpyHeaderReader {
 public:
  NpyHeaderReader(std::string_view text, const std::string& source)
      : text_(text), source_(source) {}

  Header read() {
    Header header;
    bool seen[3] = {false, false, false};
    expect('{');
    while (!take('}')) {
      const std::string key = string();
      const std::size_t which = key == "descr"           ? 0
                                : key == "fortran_order" ? 1
                                : key == "shape"         ? 2
                                                         : 3;
      if (which == 3) npy_fault(source_, "unknown key '" + key + "' in the header" + damaged);
      if (seen[which]) npy_fault(source_, "duplicate key '" + key + "' in the header" + damaged);
      seen[which] = true;
      expect(':');
      if (which == 0) header.descr = descr();
      if (which == 1) header.fortran_order = boolean();
      if (which == 2) header.shape = shape();
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    for (std::size_t k = 0; k < 3; ++k) {
      const char* names[] = {"descr", "fortran_order", "shape"};
      if (!seen[k])
        npy_fault(source_, std::string("the header has no '") + names[k] + "'" + damaged);
    }
    skip_blanks();
    if (at_ != text_.size()) bad("the end of the header");
    return header;
  }

 private:
  std::string_view text_;
  const std::string& source_;
  std::size_t at_ = 0;

  [[noreturn]] void bad(const std::string& wanted) {
    npy_fault(source_, "the header is not one that NumPy writes: expected " + wanted +
                           " at its byte " + std::to_string(at_) + damaged);
  }
  void skip_blanks() {
    while (at_ < text_.size() &&
           std::string_view(" \n\t\r").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  char peek() {
    skip_blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) bad(std::string(1, c));
  }
  bool word(std::string_view w) {
    skip_blanks();
    if (text_.substr(at_, w.size()) != w) return false;
    at_ += w.size();
    return true;
  }
  std::string string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') bad("a quoted name");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) bad("a closed string");
    const std::string result(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return result;
  }
  std::string descr() {
    if (peek() == '[') {
      npy_fault(source_,
                "a structured array (fields with names): only plain numbers are read; "
                "save one field, or numpy.lib.recfunctions.structured_to_unstructured(a)");
    }
    return string();
  }
  bool boolean() {
    if (word("True")) return true;
    if (word("False")) return false;
    bad("True or False");
  }
  std::vector<std::size_t> shape() {
    std::vector<std::size_t> result;
    expect('(');
    while (!take(')')) {
      skip_blanks();
      std::size_t size = 0;
      const auto [end, error] =
          std::from_chars(text_.data() + at_, text_.data() + text_.size(), size);
      if (error != std::errc()) bad("a size below 2^64");
      at_ = static_cast<std::size_t>(end - text_.data());
      result.push_back(size);
      if (result.size() > max_axes)
        npy_fault(source_, std::string("the shape has more than 32 axes") + damaged);
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    return result;
  }
};

// A kind of array element: its letter, its size in bytes, and a function that reads it as a double.
struct Element {
  char kind;
  std::size_t size;
  double (*value)(const char*);
};

template <class Stored>
double plain(const char* bytes) {
  Stored stored;
  std::memcpy(&stored, bytes, sizeof(Stored));
  return static_cast<double>(stored);
}

double half(const char* bytes) {
  std::uint16_t bits;
  std::memcpy(&bits, bytes, 2);
  const int exponent = (bits >> 10) & 0x1F, fraction = bits & 0x3FF;
  const double magnitude = exponent == 0x1F ? (fraction ? std::nan("") : HUGE_VAL)
                           : exponent == 0  ? std::ldexp(fraction, -24)
                                            : std::ldexp(fraction + 1024, exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

double boolean(const char* bytes) { return *bytes != 0; }

constexpr Element elements[] = {{'f', 2, half},
                                {'f', 4, plain<float>},
                                {'f', 8, plain<double>},
                                {'i', 1, plain<std::int8_t>},
                                {'i', 2, plain<std::int16_t>},
                                {'i', 4, plain<std::int32_t>},
                                {'i', 8, plain<std::int64_t>},
                                {'u', 1, plain<std::uint8_t>},
                                {'u', 2, plain<std::uint16_t>},
                                {'u', 4, plain<std::uint32_t>},
                                {'u', 8, plain<std::uint64_t>},
                                {'b', 1, boolean}};

// Returns the element of a dtype such as "<f4". Throws a Failure that names the dtype if it is not
// supported.
const Element& find_element(const std::string& descr, const std::string& source) {
  const char order = descr.empty() ? '\0' : descr[0], kind = descr.size() < 2 ? '\0' : descr[1];
  for (const Element& element : elements) {
    const std::string name = element.kind + std::to_string(element.size);
    const bool ordered = order == '<' || order == '>' || (order == '|' && element.size == 1);
    if (ordered && descr.substr(1) == name) return element;
  }
  const std::string what = "dtype '" + descr + "'";
  if (kind == 'O') {
    npy_fault(source, what +
                          ", an object array (pickled Python objects): only numbers are read; "
                          "save it with numpy.save(file, a.astype(float))");
  }
  if (kind == 'c')
    npy_fault(source, what + ", complex numbers: only real ones are read; save a.real or a.imag");
  if (kind == 'U' || kind == 'S') {
    npy_fault(
        source,
        what + ", text: only numbers are read; save it with numpy.save(file, a.astype(float))");
  }
  if (kind == 'M' || kind == 'm') {
    npy_fault(
        source,
        what + ", times: only numbers are read; save it with numpy.save(file, a.astype(float))");
  }
  npy_fault(
      source,
      what +
          " is not supported (supported: f2 f4 f8, i1 i2 i4 i8, u1 u2 u4 u8 and b1, '<' or '>'); "
          "save it with numpy.save(file, a.astype(float))");
}

// Returns the size of all elements in bytes, or no value if it is 2^64 or more.
std::optional<std::size_t> bytes_needed(const std::vector<std::size_t>& shape,
                                        std::size_t element) {
  // One axis of size 0 makes the array empty, however long the other axes are.
  if (std::find(shape.begin(), shape.end(), std::size_t{0}) != shape.end()) return 0;
  std::size_t total = element;
  for (const std::size_t size : shape) {
    if (__builtin_mul_overflow(total, size, &total)) return std::nullopt;
  }
  return total;
}

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

void check_finite(const NdArray& table, const std::string& what) {
  const std::size_t columns = table.shape.size() > 1 ? table.shape[1] : 1;
  for (std::size_t k = 0; k < table.values.size(); ++k)
    if (!std::isfinite(table.values[k]))
      throw Failure(Exit::file,
                    fmt::format("[{}] {}row {}, column {} is {}; correct or remove that row", what,
                                file_prefix(table), k / columns, k % columns, table.values[k]));
}

double NpyLayout::value(std::size_t k) const {
  char one[8];
  std::memcpy(one, data.data() + k * element, element);
  if (dtype[0] == '>') std::reverse(one, one + element);
  return convert(one);
}

bool is_npy(std::string_view bytes) { return bytes.starts_with(magic); }

std::string npy_layout_words(const NpyLayout& layout) {
  return "numbers of type " + layout.dtype.substr(1);
}

NpyLayout npy_layout(std::string_view bytes, const std::string& source) {
  if (bytes.substr(0, magic.size()) != magic) {
    npy_fault(source,
              "it does not begin with \\x93NUMPY, so it is not an NPY file; "
              "give a .npy file that numpy.save wrote (an .npz holds several: save one of them; "
              "a table of text is read as .csv, or by the type csv)");
  }
  const auto byte = [&](std::size_t k) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[k]));
  };
  if (bytes.size() < 10)
    npy_fault(source,
              "truncated: it ends after " + std::to_string(bytes.size()) + " bytes" + damaged);
  const std::size_t major = byte(6), minor = byte(7);
  if (major < 1 || major > 3 || minor != 0) {
    npy_fault(source, "version " + std::to_string(major) + "." + std::to_string(minor) +
                          " is not supported, only 1.0, 2.0 and 3.0 are" + damaged);
  }
  const std::size_t before = major == 1 ? 10 : 12;
  if (bytes.size() < before)
    npy_fault(source, std::string("truncated: it ends within the header's length") + damaged);
  std::size_t length = byte(8) | byte(9) << 8;
  if (major > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (length > bytes.size() - before) {
    npy_fault(source, "truncated: the header claims " + std::to_string(length) + " bytes, but " +
                          std::to_string(bytes.size() - before) + " follow" + damaged);
  }
  const Header header = NpyHeaderReader(bytes.substr(before, length), source).read();
  const Element& element = find_element(header.descr, source);
  const std::string_view data = bytes.substr(before + length);
  const std::optional<std::size_t> needed = bytes_needed(header.shape, element.size);
  const std::string what = "shape " + shape_text(header.shape) + " of '" + header.descr + "'";
  if (!needed) npy_fault(source, what + " has 2^64 bytes or more" + damaged);
  if (*needed != data.size()) {
    npy_fault(source, std::string(data.size() < *needed ? "truncated: " : "trailing bytes: ") +
                          what + " takes " + std::to_string(*needed) + " bytes, but " +
                          std::to_string(data.size()) + " follow the header" + damaged);
  }
  return {header.shape, header.descr, header.fortran_order, data, element.size, element.value};
}

NdArray parse_npy(std::string_view bytes, const std::string& source) {
  const NpyLayout layout = npy_layout(bytes, source);
  NdArray array{layout.shape, std::vector<double>(layout.count()), layout.dtype};
  array.reading.layout = npy_layout_words(layout);
  for (std::size_t k = 0; k < array.values.size(); ++k) array.values[k] = layout.value(k);
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
  std::string bytes(magic);
  bytes += {'\x01', '\x00', static_cast<char>(header.size() & 0xFF),
            static_cast<char>(header.size() >> 8)};
  return bytes + header;
}

std::string npy_elements(const NdArray& array) {
  const bool single = array.dtype == "<f4", whole = array.dtype == "<i4";
  const std::size_t size = single || whole ? 4 : 8;
  const std::optional<std::size_t> needed = bytes_needed(array.shape, size);
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
