#include "apps/data/paged_rows.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "apps/formats/paged_list.h"

namespace pushforward::app {
namespace {

class PagedRows : public StoredRows {
 public:
  PagedRows(PagedList<double> values, std::size_t columns)
      : values_(std::move(values)),
        rows_(static_cast<int>(values_.size() / columns)),
        columns_(static_cast<int>(columns)) {}

  int rows() const override { return rows_; }
  int columns() const override { return columns_; }
  void read(int row, int first_column, int count, double* x) const override {
    const std::size_t first = static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
                              static_cast<std::size_t>(first_column);
    std::copy_n(values_.data() + first, count, x);
    // A pass over all rows gives back what it has read.
    constexpr std::size_t kPart = kPagesPart / sizeof(double);
    const auto numbers = static_cast<std::size_t>(count);
    const std::size_t before = read_.fetch_add(numbers, std::memory_order_relaxed);
    if (before / kPart != (before + numbers) / kPart) release_pages();
  }

 private:
  PagedList<double> values_;
  int rows_, columns_;
  mutable std::atomic<std::size_t> read_{0};  // numbers
};

}  // namespace

std::shared_ptr<const StoredRows> paged_rows(const NdArray& table,
                                             const std::vector<std::size_t>& left_out) {
  const std::size_t n = table.shape.at(0), d = table.shape.at(1), columns = d - left_out.size();
  if (n * columns * sizeof(double) < paged_settings().least) return nullptr;
  PagedList<double> values;
  values.reserve(n * columns);
  for (std::size_t i = 0; i < table.values.size(); ++i)
    if (!std::binary_search(left_out.begin(), left_out.end(), i % d))
      values.push_back(table.values[i]);
  release_pages();
  return std::make_shared<PagedRows>(std::move(values), columns);
}

}  // namespace pushforward::app
