// The texts of the cells of one column, in the order of the rows.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/formats/paged_list.h"

namespace pushforward::app {

// The texts are elsewhere, and may be larger than the memory. Copies share the list.
class Cells {
 public:
  using const_iterator = PagedIterator<std::string_view>;

  Cells() = default;
  // Refers to a list that outlives the object.
  explicit Cells(const PagedList<std::string_view>& list) : cells_(list.span()) {}
  explicit Cells(PagedList<std::string_view>&& list)
      : own_(std::make_shared<PagedList<std::string_view>>(std::move(list))),
        cells_(std::as_const(*own_).span()) {}
  Cells(const std::vector<std::string_view>& cells) : Cells(listed(cells)) {}  // NOLINT: converts
  Cells(std::initializer_list<std::string_view> cells)
      : Cells(listed({cells.begin(), cells.size()})) {}

  std::size_t size() const { return cells_.size(); }
  bool empty() const { return cells_.empty(); }
  std::string_view operator[](std::size_t k) const { return cells_[k]; }
  const std::string_view& front() const { return cells_.front(); }
  const_iterator begin() const { return const_iterator(cells_.data()); }
  const_iterator end() const { return const_iterator(cells_.data() + cells_.size()); }

 private:
  static PagedList<std::string_view> listed(std::span<const std::string_view> cells) {
    PagedList<std::string_view> list;
    list.append(cells);
    return list;
  }
  std::shared_ptr<PagedList<std::string_view>> own_;
  std::span<const std::string_view> cells_;
};

}  // namespace pushforward::app
