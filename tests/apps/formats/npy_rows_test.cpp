// Tests that an NPY file in blocks has the numbers of the file at once, which files are read so, and
// what is said if reading fails.
#include "apps/formats/npy_rows.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/formats/file_mark.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Returns the bytes of an NPY file of version 1.0 with this header and these numbers.
std::string npy_file(const std::string& descr, const std::string& order, const std::string& shape,
                     const std::string& data) {
  const std::string header =
      "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header +
         data;
}

void write_file(const TestFolder& folder, const std::string& bytes) {
  write_file_atomically(posix(), folder / "x.npy", bytes);
}

}  // namespace

TEST_CASE("an NPY file in blocks has the numbers of the file at once") {
  const TestFolder folder;
  std::string data;
  for (int k = 0; k < 240; ++k) data += static_cast<char>(k % 97);
  for (const char* dtype : {"|u1", "|i1", "|b1", "<i2", ">i2", "<f4", ">f4", "<f8", ">i8"}) {
    INFO(dtype);
    const int size = dtype[2] - '0', rows = 240 / size / 3;
    write_file(folder, npy_file(dtype, "False", "(" + std::to_string(rows) + ", 3)", data));
    const NdArray whole = read_npy(folder / "x.npy");
    std::optional<NpyRows> file = NpyRows::open(folder / "x.npy");
    REQUIRE(file);
    CHECK(file->rows() == static_cast<std::size_t>(rows));
    CHECK(file->table().shape == whole.shape);
    CHECK(file->table().dtype == whole.dtype);
    CHECK(file->table().file == whole.file);
    CHECK(file->table().reading.layout == whole.reading.layout);
    std::vector<double> values;
    for (std::size_t n : {3, 1, 1000}) {
      const std::size_t first = file->rows_read();
      const NdArray block = file->next(n);
      CHECK(block.shape == std::vector<std::size_t>{std::min(n, whole.shape[0] - first), 3});
      CHECK(file->rows_read() == first + block.shape[0]);
      values.insert(values.end(), block.values.begin(), block.values.end());
    }
    CHECK(values == whole.values);
    CHECK(file->next(5).values.empty());
  }
}

TEST_CASE("files that have no rows one after another are not read in blocks") {
  const TestFolder folder;
  const std::string numbers(48, '\1');
  const std::string others[] = {npy_file("<f8", "True", "(3, 2)", numbers),
                                npy_file("<f8", "False", "(6,)", numbers),
                                npy_file("<f8", "False", "(1, 2, 3)", numbers),
                                npy_file("<f8", "False", "(0, 2)", ""),
                                "1,2\n3,4\n",
                                "PK\x03\x04",
                                "\x1f\x8b\x08",
                                "\x93NUMPY",
                                ""};
  for (const std::string& bytes : others) {
    INFO(bytes);
    write_file(folder, bytes);
    CHECK_FALSE(NpyRows::open(folder / "x.npy"));
  }
  std::string second = npy_file("<f8", "False", "(3, 2)", numbers);
  second[6] = 2;
  write_file(folder, second);
  CHECK_FALSE(NpyRows::open(folder / "x.npy"));
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK_FALSE(NpyRows::open(folder / "pipe"));
}

TEST_CASE("a damaged NPY file, or one that changes or cannot be read, is an error of its name") {
  const TestFolder folder;
  const std::string path = folder / "x.npy",
                    whole = npy_file("<f8", "False", "(3, 2)", std::string(48, '\1'));
  write_file(folder, whole.substr(0, whole.size() - 1));
  CHECK_THROWS_WITH(NpyRows::open(path), Contains("[npy] " + path + ": truncated: shape (3, 2)"));
  write_file(folder, whole);
  std::optional<NpyRows> file = NpyRows::open(path);
  REQUIRE(file);
  file->next(1);
  std::filesystem::resize_file(path, whole.size() - 8);
  CHECK_THROWS_WITH(file->next(2), "[npy] " + path +
                                       ": the file became shorter while it was read; give it again "
                                       "when it is complete");
  write_file(folder, whole);
  for (int at = 1;; ++at) {
    FaultyFiles files;
    files.at = at;
    bool done = false;
    try {
      std::optional<NpyRows> rows = NpyRows::open(path, files);
      REQUIRE(rows);
      done = rows->next(3).values == read_npy(path).values;
    } catch (const FileError& error) {
      CHECK(error.path == path);
      CHECK(error.error_number == EIO);
    }
    if (files.failed.empty()) {
      CHECK(done);
      break;
    }
    // A read that is interrupted is tried again.
    if (files.failed != "read") continue;
    FaultyFiles interrupted;
    interrupted.at = at;
    interrupted.error = EINTR;
    std::optional<NpyRows> rows = NpyRows::open(path, interrupted);
    REQUIRE(rows);
    CHECK(rows->next(3).values == read_npy(path).values);
  }
}

TEST_CASE("a file that is read in parts has the mark of its content") {
  const TestFolder folder;
  for (const std::size_t size : {0U, 1U, 1000U, 1U << 20, (1U << 20) + 1, 3000000U}) {
    std::string bytes(size, '\0');
    for (std::size_t k = 0; k < size; ++k) bytes[k] = static_cast<char>(k * k % 251);
    write_file(folder, bytes);
    CHECK(mark_of_file(folder / "x.npy") == mark_of(bytes));
  }
  FaultyFiles files;
  files.only = "read";
  files.at = 2;
  CHECK_THROWS_AS(mark_of_file(folder / "x.npy", files), FileError);
  files = FaultyFiles();
  files.only = "read";
  files.at = 2;
  files.error = EINTR;
  CHECK(mark_of_file(folder / "x.npy", files) == mark_of_file(folder / "x.npy"));
}
