// Tests that an array written in blocks has the bytes of the array written at once.
#include "apps/tables/array_file.h"

#include "apps/tables/arrays.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Returns rows first .. first + n - 1 of an array (N, D) or (N).
NdArray rows_of(const NdArray& array, std::size_t first, std::size_t n) {
  NdArray block = array;
  const std::size_t d = array.shape.size() > 1 ? array.shape[1] : 1;
  block.shape[0] = n;
  block.values.assign(array.values.begin() + static_cast<std::ptrdiff_t>(first * d),
                      array.values.begin() + static_cast<std::ptrdiff_t>((first + n) * d));
  return block;
}

}  // namespace

TEST_CASE("an array in blocks has the same bytes as at once") {
  const TestFolder folder;
  NdArray table{{5, 2}, {1, 2, 3.25, 4, 0.1, 6, 7, 8, -9, 1e-7}};
  table.names = {"a", "time (s), UTC"};
  NdArray list{{4}, {1, 0, 2, 1}, "<i8"};
  for (const char* name : {"x.npy", "x.csv", "x.TSV"}) {
    for (const char* dtype : {"<f4", "<f8"}) {
      table.dtype = dtype;
      for (const NdArray* array : {&table, &list}) {
        INFO(name << " " << dtype << " " << array->shape.size());
        write_array(folder / name, *array);
        const std::string whole = read_file(posix(), folder / name);
        ArrayFile file(folder / name, array->shape[0]);
        file.append(rows_of(*array, 0, 3));
        file.append(rows_of(*array, 3, array->shape[0] - 3));
        CHECK(read_file(posix(), folder / name) == whole);
        write_file_atomically(posix(), folder / name, "old");
        file.finish();
        CHECK(read_file(posix(), folder / name) == whole);
      }
    }
  }
}

TEST_CASE("an array with too many or too few rows is not written") {
  const TestFolder folder;
  const NdArray table{{2, 2}, {1, 2, 3, 4}};
  {
    ArrayFile file(folder / "x.npy", 3);
    file.append(table);
    CHECK_THROWS_WITH(file.finish(),
                      "[array file] 2 rows for an array of 3; append as many as were announced");
    CHECK_THROWS_WITH(file.append(table),
                      "[array file] 4 rows for an array of 3; append as many as were announced");
  }
  CHECK(list_folder(posix(), folder.path()).empty());
}
