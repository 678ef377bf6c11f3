// Tests that a mapped NPY file has the numbers and the faults of one that is read.
#include "apps/formats/mapped_npy.h"

#include <string>
#include <vector>

#include "apps/failure.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// The bytes of an NPY file with this header and these elements.
std::string npy_of(const std::string& dtype, const std::string& order, const std::string& shape,
                   const std::string& elements) {
  std::string header =
      "{'descr': '" + dtype + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
  header.resize(118, ' ');
  header.back() = '\n';
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + elements;
}

std::string elements_of(std::size_t bytes) {
  std::string text;
  for (std::size_t k = 0; k < bytes; ++k) text += static_cast<char>(k % 61 + 1);
  return text;
}

}  // namespace

TEST_CASE("a mapped array has the numbers, the shape and the report of one that is read") {
  const TestFolder folder;
  for (const auto& [dtype, size] :
       {std::pair{"<f4", 4}, {">f4", 4}, {"<f8", 8}, {"|u1", 1}, {"<i2", 2}, {"<f2", 2}}) {
    for (const std::string shape : {"(6, 4)", "(24,)", "(2, 3, 4)"}) {
      CAPTURE(dtype, shape);
      const std::string path = folder / "a.npy";
      write_file_atomically(posix(), path,
                            npy_of(dtype, "False", shape, elements_of(24 * std::size_t(size))));
      const NdArray read = as_table(read_npy(path), "data");
      const MappedTable table = map_npy(path, 1);
      REQUIRE(table.rows);
      CHECK(table.about.shape == read.shape);
      CHECK(table.about.reading.layout == read.reading.layout);
      CHECK(table.about.reading.file_columns == read.reading.file_columns);
      CHECK(table.about.mark == read.mark);
      CHECK(table.about.file == read.file);
      std::vector<double> all(read.values.size());
      table.file->release();
      const int columns = table.rows->columns();
      for (int row = 0; row < table.rows->rows(); ++row)
        table.rows->read(row, 0, columns, all.data() + row * columns);
      CHECK(all == read.values);
      if (columns < 3) continue;
      table.rows->read(1, 1, 2, all.data());
      CHECK(all[1] == read.values[std::size_t(columns) + 2]);
    }
  }
}

TEST_CASE("an array is not mapped if it is small, in Fortran order, compressed or no array") {
  const TestFolder folder;
  const auto is_mapped = [&](const std::string& bytes, std::uint64_t least) {
    write_file_atomically(posix(), folder / "b.npy", bytes);
    return map_npy(folder / "b.npy", least).rows != nullptr;
  };
  const std::string bytes = npy_of("<f4", "False", "(6, 4)", elements_of(96));
  CHECK(is_mapped(bytes, bytes.size()));
  CHECK_FALSE(is_mapped(bytes, bytes.size() + 1));
  CHECK_FALSE(is_mapped(npy_of("<f4", "True", "(6, 4)", elements_of(96)), 1));
  CHECK_FALSE(is_mapped(npy_of("<f4", "False", "(0, 4)", ""), 1));
  CHECK_FALSE(is_mapped("PK\x03\x04 an archive", 1));
  CHECK_FALSE(is_mapped("", 0));
}

TEST_CASE("a damaged file has the same error, mapped or read") {
  const TestFolder folder;
  const std::string path = folder / "c.npy";
  write_file_atomically(posix(), path, npy_of("<f4", "False", "(6, 5)", elements_of(96)));
  std::string text;
  try {
    read_npy(path);
  } catch (const Failure& failure) {
    text = failure.what();
  }
  CHECK(text.find("truncated") != std::string::npos);
  CHECK_THROWS_WITH(map_npy(path, 1), text);
}

TEST_CASE("the mark of a file is that of its content") {
  const TestFolder folder;
  for (const std::string& bytes : {std::string("some bytes"), std::string()}) {
    write_file_atomically(posix(), folder / "d", bytes);
    CHECK(mark_of_file(folder / "d") == mark_of(bytes));
  }
}
