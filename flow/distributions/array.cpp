#include "flow/distributions/array.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "flow/distributions/permuted.h"

namespace pushforward::inline PF_REAL {

using detail::check;

ArrayData::ArrayData(Tensor values, std::vector<int> labels, RowOrder order)
    : values_(std::move(values)), labels_(std::move(labels)), order_(order) {
  const Shape shape = values_.shape();
  check(shape.rank == 2 && shape.size() > 0, "data", "the array has shape ", shape,
        "; it must be (rows, dimension), and neither may be 0");
  check(labels_.empty() || static_cast<int>(labels_.size()) == shape.rows(), "data", labels_.size(),
        " labels for ", shape.rows(), " rows; give one label per row");
  check(order_.batch >= 0, "data", "the batch has ", order_.batch,
        " rows; give a positive number, or 0 to draw with replacement");
  for (int r = 0; r < shape.rows(); ++r) {
    for (int j = 0; j < shape.cols(); ++j) {
      check(std::isfinite(values_(r, j)), "data", "row ", r, ", column ", j, " is ", values_(r, j),
            "; remove the row or fill in the value");
    }
  }
  for (std::size_t r = 0; r < labels_.size(); ++r) {
    check(labels_[r] >= 0, "data", "label ", r, " is ", labels_[r], "; labels count from 0");
    classes_ = std::max(classes_, labels_[r] + 1);
  }
}

int ArrayData::index(Stream stream, std::uint32_t row) const {
  const int n = values_.rows();
  if (order_.batch == 0) return stream.integer(n, row);
  const std::uint64_t position =
      std::uint64_t{stream.step} * static_cast<std::uint64_t>(order_.batch) + row;
  const std::uint64_t epoch = position / static_cast<std::uint64_t>(n);
  // The key of an epoch. It contains the stream's purpose, so that a source and a data set with the
  // same seed are shuffled differently.
  const Stream shuffle{stream.seed, Purpose::shuffle, static_cast<std::uint32_t>(epoch)};
  const auto key = shuffle.words(static_cast<std::uint32_t>(stream.purpose),
                                 static_cast<std::uint32_t>(epoch >> 32));
  return static_cast<int>(
      permuted(static_cast<std::uint32_t>(position % static_cast<std::uint64_t>(n)),
               static_cast<std::uint32_t>(n), key));
}

void ArrayData::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                     int* labels) const {
  const int d = dim();
  for (int r = 0; r < rows; ++r, out += d) {
    const int i = index(stream, first_row + static_cast<std::uint32_t>(r));
    std::copy_n(values_.data() + static_cast<std::size_t>(i) * d, d, out);
    if (labels) labels[r] = labels_.empty() ? 0 : labels_[i];
  }
}

std::optional<Mixture> ArrayData::mixture() const {
  const std::size_t n = static_cast<std::size_t>(values_.rows());
  return Mixture{dim(), std::vector<double>(n, 1 / static_cast<double>(n)),
                 std::vector<double>(values_.values().begin(), values_.values().end()),
                 std::vector<double>(n, 0)};
}

}  // namespace pushforward::inline PF_REAL
