#include "apps/tables/array_file.h"

#include "apps/tables/arrays.h"
#include "apps/tables/csv.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

ArrayFile::ArrayFile(const std::string& path, std::size_t rows, FileSystem& files)
    : file_(files, path),
      npy_(has_ending(path, ".npy")),
      separator_(has_ending(path, ".tsv") ? '\t' : ','),
      rows_(rows) {}

void ArrayFile::append(const NdArray& block) {
  const bool first = written_ == 0;
  written_ += block.shape.at(0);
  check(written_ <= rows_, "array file", written_, " rows for an array of ", rows_,
        "; append as many as were announced");
  if (!npy_) {
    file_.append(csv_text(block, first ? block.names : std::vector<std::string>{}, separator_));
    return;
  }
  if (first) {
    std::vector<std::size_t> shape = block.shape;
    shape[0] = rows_;
    file_.append(npy_header(shape, block.dtype));
  }
  file_.append(npy_elements(block));
}

void ArrayFile::finish() {
  check(written_ == rows_, "array file", written_, " rows for an array of ", rows_,
        "; append as many as were announced");
  file_.finish();
}

}  // namespace pushforward::app
