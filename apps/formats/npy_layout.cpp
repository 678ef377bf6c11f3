#include "apps/formats/npy_layout.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "apps/failure.h"
#include "apps/formats/npy.h"

namespace pushforward::app {

static_assert(std::endian::native == std::endian::little, "'<' elements are copied as they are");

namespace {

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

}  // namespace

std::optional<std::size_t> npy_bytes_needed(const std::vector<std::size_t>& shape,
                                            std::size_t element) {
  // One axis of size 0 makes the array empty, however long the other axes are.
  if (std::find(shape.begin(), shape.end(), std::size_t{0}) != shape.end()) return 0;
  std::size_t total = element;
  for (const std::size_t size : shape) {
    if (__builtin_mul_overflow(total, size, &total)) return std::nullopt;
  }
  return total;
}

double NpyLayout::number(const char* bytes) const {
  if (dtype[0] != '>') return value(bytes);
  char one[8];
  std::reverse_copy(bytes, bytes + element, one);
  return value(one);
}

NpyLayout npy_layout(std::string_view bytes, std::uint64_t size, const std::string& source) {
  if (bytes.substr(0, kNpyMagic.size()) != kNpyMagic) {
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
  Header header = NpyHeaderReader(bytes.substr(before, length), source).read();
  const Element& element = find_element(header.descr, source);
  const std::uint64_t data = size - before - length;
  const std::optional<std::size_t> needed = npy_bytes_needed(header.shape, element.size);
  const std::string what = "shape " + shape_text(header.shape) + " of '" + header.descr + "'";
  if (!needed) npy_fault(source, what + " has 2^64 bytes or more" + damaged);
  if (*needed != data) {
    npy_fault(source, std::string(data < *needed ? "truncated: " : "trailing bytes: ") + what +
                          " takes " + std::to_string(*needed) + " bytes, but " +
                          std::to_string(data) + " follow the header" + damaged);
  }
  return {std::move(header.descr),
          header.fortran_order,
          std::move(header.shape),
          before + length,
          element.size,
          *needed / element.size,
          element.value};
}

}  // namespace pushforward::app
