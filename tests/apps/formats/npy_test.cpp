// Tests NPY files: all dtypes, orders and versions, the text of all errors, and random bytes, which
// must not crash the reader.
#include "apps/formats/npy.h"

#include <cmath>
#include <limits>
#include <random>

#include "apps/failure.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

std::string npy(const std::string& header, const std::string& data, char major = 1) {
  std::string bytes = "\x93NUMPY";
  bytes +=
      {major, '\0', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  if (major > 1) bytes += std::string(2, '\0');
  return bytes + header + data;
}

std::string npy(const std::string& descr, const std::string& order, const std::string& shape,
                const std::string& data, char major = 1) {
  return npy(
      "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n",
      data, major);
}

std::string npy_fault(const std::string& bytes) {
  try {
    parse_npy(bytes, "f.npy");
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::file);
    return failure.what();
  }
  return "";
}

double one(const std::string& descr, const std::string& data) {
  return parse_npy(npy(descr, "False", "()", data), descr).values.at(0);
}

}  // namespace

TEST_CASE("an axis of size 0 makes an empty array, however long the other axes are", "[npy]") {
  const NdArray empty{{0, std::size_t{1} << 40, std::size_t{1} << 40}, {}};
  const NdArray again = parse_npy(npy_bytes(empty), "empty.npy");
  CHECK(again.shape == empty.shape);
  CHECK(again.values.empty());
}

TEST_CASE("arrays are written and read back with the same bits", "[npy]") {
  const TestFolder folder;
  const NdArray array{{2, 3}, {1, -0.0, 1.0 / 3, 1e300, -1e-320, 6}, "<f8"};
  write_npy(folder / "a.npy", array);
  const NdArray back = read_npy(folder / "a.npy");
  CHECK(back.shape == array.shape);
  CHECK(back.dtype == "<f8");
  CHECK(back.values == array.values);
  CHECK(std::signbit(back.values[1]));
  const NdArray narrow = parse_npy(npy_bytes({{3}, {1.0 / 3, 2, 3}, "<f4"}), "narrow");
  CHECK(narrow.dtype == "<f4");
  CHECK(narrow.values[0] == static_cast<double>(1.0f / 3));
  CHECK(narrow.shape == std::vector<std::size_t>{3});
  CHECK(parse_npy(npy_bytes({{}, {5}}), "scalar").shape.empty());
  CHECK(parse_npy(npy_bytes({{0, 4}, {}}), "empty").values.empty());
  CHECK(catch_message([] {
          npy_bytes({{2, 2}, {1, 2, 3}});
        }) == "[npy] shape (2, 2) does not hold 3 values; correct the shape");
}

TEST_CASE("the header is the same as NumPy's, padded to 64 bytes", "[npy]") {
  const std::string bytes = npy_bytes({{3, 2}, std::vector<double>(6), "<f4"});
  CHECK(bytes.substr(0, 10) == std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  CHECK(bytes.substr(10, 61) == "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }  ");
  CHECK(bytes[127] == '\n');
  CHECK(bytes.size() == 128 + 24);
}

TEST_CASE("every numeric dtype is read, in both byte orders", "[npy]") {
  CHECK(one("<f2", std::string("\x00\x3E", 2)) == 1.5);
  CHECK(one(">f2", std::string("\x3E\x00", 2)) == 1.5);
  CHECK(one("<f2", std::string("\x01\x80", 2)) == -std::ldexp(1.0, -24));
  CHECK(one("<f2", std::string("\xFF\x7B", 2)) == 65504);
  CHECK(one("<f2", std::string("\x00\xFC", 2)) == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(one("<f2", std::string("\x01\x7C", 2))));
  CHECK(one("<f4", std::string("\0\0\xC0\x3F", 4)) == 1.5);
  CHECK(one(">f4", std::string("\x3F\xC0\0\0", 4)) == 1.5);
  CHECK(one("<f8", std::string("\0\0\0\0\0\0\xF8\x3F", 8)) == 1.5);
  CHECK(one(">f8", std::string("\x3F\xF8\0\0\0\0\0\0", 8)) == 1.5);
  CHECK(one("|i1", "\xFF") == -1);
  CHECK(one("<i1", "\xFF") == -1);
  CHECK(one("<i2", "\xFE\xFF") == -2);
  CHECK(one(">i2", "\xFF\xFE") == -2);
  CHECK(one("<i4", "\xFD\xFF\xFF\xFF") == -3);
  CHECK(one(">i8", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFC") == -4);
  CHECK(one("|u1", "\xFF") == 255);
  CHECK(one("<u2", "\xFF\xFF") == 65535);
  CHECK(one(">u4", "\xFF\xFF\xFF\xFE") == 4294967294.0);
  CHECK(one("<u8", std::string("\x05\0\0\0\0\0\0\0", 8)) == 5);
  CHECK(one("|b1", "\x01") == 1);
}

TEST_CASE("Fortran order is turned into C order", "[npy]") {
  // The array is a[i, j, k] = 100 i + 10 j + k of shape (2, 3, 2), in Fortran order.
  std::string data;
  for (int k = 0; k < 2; ++k) {
    for (int j = 0; j < 3; ++j) {
      for (int i = 0; i < 2; ++i) data += static_cast<char>(100 * i + 10 * j + k);
    }
  }
  const NdArray array = parse_npy(npy("|u1", "True", "(2, 3, 2)", data), "f");
  std::size_t at = 0;
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 3; ++j) {
      for (int k = 0; k < 2; ++k) CHECK(array.values[at++] == 100 * i + 10 * j + k);
    }
  }
  CHECK(parse_npy(npy("|u1", "True", "(0, 3)", ""), "f").values.empty());
  // A size of 0 makes the array empty, even if the product of the other sizes needs more than 64
  // bits.
  const NdArray huge = parse_npy(npy("<f8", "False", "(4294967296, 4294967296, 0, 2)", ""), "f");
  CHECK(huge.values.empty());
  CHECK(parse_npy(npy_bytes(huge), "f").shape == huge.shape);
}

TEST_CASE("all three versions, keys in any order and both kinds of quotes are read", "[npy]") {
  for (const char major : {1, 2, 3})
    CHECK(parse_npy(npy("|u1", "False", "(1,)", "A", major), "f").values[0] == 65);
  CHECK(parse_npy(npy("{\"shape\":(2,),\"descr\":\"|u1\",\"fortran_order\":False}", "AB"), "f")
            .values[1] == 66);
}

TEST_CASE("errors describe the fault and its cure", "[npy]") {
  const std::string cure = "; the file is damaged or not NPY: save it again with numpy.save";
  const auto expect = [&](const std::string& bytes, const std::string& text) {
    CHECK(npy_fault(bytes) == "[npy] f.npy: " + text + cure);
  };
  CHECK(lacks(npy_fault(""),
              "[npy] f.npy: it does not begin with \\x93NUMPY, "
              "so it is not an NPY file; give a .npy") == "");
  CHECK(lacks(npy_fault("PK\x03\x04 an npz"), "an .npz holds several") == "");
  expect("\x93NUMPY\x01", "truncated: it ends after 7 bytes");
  expect(std::string("\x93NUMPY\x04\x00\x01\x00 ", 11),
         "version 4.0 is not supported, only 1.0, 2.0 and 3.0 are");
  expect(std::string("\x93NUMPY\x02\x00\x01\x00", 10),
         "truncated: it ends within the header's length");
  expect(std::string("\x93NUMPY\x01\x00\x76\x00 {", 12),
         "truncated: the header claims 118 bytes, but 2 follow");
  expect(npy("<f4", "False", "(3,)", "12345678"),
         "truncated: shape (3,) of '<f4' takes 12 bytes, but 8 follow the header");
  expect(npy("<f4", "False", "(1, 1)", "12345"),
         "trailing bytes: shape (1, 1) of '<f4' takes 4 bytes, but 5 follow the header");
  expect(npy("<f8", "False", "(4294967296, 4294967296)", ""),
         "shape (4294967296, 4294967296) of '<f8' has 2^64 bytes or more");
  expect(npy("<f8", "False", "(1152921504606846976,)", ""),
         "truncated: shape (1152921504606846976,) "
         "of '<f8' takes 9223372036854775808 bytes, but 0 follow the header");
  expect(npy("|u1", "False", "(99999999999999999999,)", ""),
         "the header is not one that NumPy writes: expected a size below 2^64 at its byte 51");
  expect(npy("|u1", "False", "(-1,)", ""),
         "the header is not one that NumPy writes: expected a size below 2^64 at its byte 51");
  expect(npy("|u1", "0", "(1,)", "A"),
         "the header is not one that NumPy writes: expected True or False at its byte 34");
  expect(npy("{'descr': '|u1', 'shape': (1,)}", "A"), "the header has no 'fortran_order'");
  expect(npy("{'descr': '|u1', 'descr': '|u1'}", "A"), "duplicate key 'descr' in the header");
  expect(npy("{'descr': '|u1', 'size': 3}", "A"), "unknown key 'size' in the header");
  expect(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} + 1", "A"),
         "the header is not one that NumPy writes: expected the end of the header at its byte 56");
  std::string axes = "(";
  for (int k = 0; k < 33; ++k) axes += "1, ";
  expect(npy("|u1", "False", axes + ")", "A"), "the shape has more than 32 axes");

  CHECK(npy_fault(npy("|O", "False", "(1,)", "A")) ==
        "[npy] f.npy: dtype '|O', an object array (pickled Python objects): "
        "only numbers are read; save it with numpy.save(file, a.astype(float))");
  CHECK(lacks(npy_fault(npy("<c8", "False", "(1,)", "12345678")), "dtype '<c8', complex numbers") ==
        "");
  CHECK(lacks(npy_fault(npy("<U3", "False", "(1,)", "")),
              "dtype '<U3', text: only numbers are read") == "");
  CHECK(lacks(npy_fault(npy("<M8[ns]", "False", "(1,)", "")), "dtype '<M8[ns]', times") == "");
  CHECK(lacks(npy_fault(npy("<f16", "False", "(1,)", "")),
              "dtype '<f16' is not supported (supported: f2 f4 f8") == "");
  CHECK(lacks(npy_fault(npy("|f4", "False", "(1,)", "")), "dtype '|f4' is not supported") == "");
  CHECK(lacks(npy_fault(npy("", "False", "(1,)", "")), "dtype '' is not supported") == "");
  CHECK(lacks(npy_fault(
                  npy("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,)}", "1234")),
              "a structured array (fields with names)") == "");
}

TEST_CASE("5,000 mutated and truncated files are read or refused", "[npy]") {
  const std::string whole = npy_bytes({{3, 2}, {1, 2, 3, 4, 5, 6}, "<f4"});
  const std::string spice = "0123456789{}()[]',:<>|fiuOTF \n";
  std::mt19937 random(11);
  int refused = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string bytes = whole;
    const int edits = 1 + static_cast<int>(random() % 3);
    for (int edit = 0; edit < edits && !bytes.empty(); ++edit) {
      const std::size_t at = random() % std::min<std::size_t>(bytes.size(), 72);
      switch (random() % 4) {
        case 0: bytes.resize(random() % bytes.size()); break;
        case 1: bytes[at] = static_cast<char>(random()); break;
        case 2: bytes[at] = spice[random() % spice.size()]; break;
        case 3: bytes.erase(at, 1 + random() % 4); break;
      }
    }
    try {
      const NdArray array = parse_npy(bytes, "mutated");
      std::size_t count = 1;
      for (const std::size_t size : array.shape) count *= size;
      CHECK(count == array.values.size());
    } catch (const Failure& failure) {
      ++refused;
      CHECK(failure.code == Exit::file);
      CHECK(std::string(failure.what()).rfind("[npy] mutated: ", 0) == 0);
    }
  }
  CHECK(refused > 3000);
}
