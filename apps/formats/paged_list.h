// A list that may be larger than the memory: its elements are in a PagedMemory, and those that a loop has
// passed are given back.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <type_traits>
#include <utility>

#include "apps/formats/paged_memory.h"

namespace pushforward::app {

// An iterator over elements in their order. It calls release_pages() whenever it has passed kPagesPart
// bytes, so that a loop over a large list, and over the text that its elements point to, needs little
// memory.
template <class T>
class PagedIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using pointer = const T*;
  using reference = const T&;

  PagedIterator() = default;
  explicit PagedIterator(const T* at) : at_(at) {}
  reference operator*() const { return *at_; }
  pointer operator->() const { return at_; }
  PagedIterator& operator++() {
    const T* const before = at_++;
    if (part_of(before) != part_of(at_)) release_pages();
    return *this;
  }
  PagedIterator operator++(int) {
    const PagedIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const PagedIterator& other) const { return at_ == other.at_; }
  difference_type operator-(const PagedIterator& other) const { return at_ - other.at_; }
  const T* get() const { return at_; }

 private:
  static std::uintptr_t part_of(const T* at) {
    return reinterpret_cast<std::uintptr_t>(at) / kPagesPart;
  }
  const T* at_ = nullptr;
};

// Elements of trivially copyable types.
template <class T>
class PagedList {
 public:
  using value_type = T;
  using const_iterator = PagedIterator<T>;
  static_assert(std::is_trivially_copyable_v<T>);

  PagedList() = default;
  PagedList(PagedList&& other) noexcept
      : memory_(std::move(other.memory_)), size_(std::exchange(other.size_, 0)) {}
  PagedList& operator=(PagedList&& other) noexcept {
    memory_ = std::move(other.memory_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T* data() const { return reinterpret_cast<const T*>(memory_.data()); }
  T* data() { return reinterpret_cast<T*>(memory_.data()); }
  const T& operator[](std::size_t k) const { return data()[k]; }
  T& operator[](std::size_t k) { return data()[k]; }
  const T& front() const { return data()[0]; }
  const T& back() const { return data()[size_ - 1]; }
  const_iterator begin() const { return const_iterator(data()); }
  const_iterator end() const { return const_iterator(data() + size_); }
  std::span<const T> span() const { return {data(), size_}; }
  // Returns whether the elements are in a file.
  bool in_file() const { return memory_.in_file(); }

  // Throws as PagedMemory::reserve does, as push_back and append do.
  void reserve(std::size_t size) { memory_.reserve(size * sizeof(T), size_ * sizeof(T)); }
  void push_back(const T& element) {
    const T copy = element;  // it may be one of this list
    if ((size_ + 1) * sizeof(T) > memory_.capacity()) grow(size_ + 1);
    data()[size_++] = copy;
    if (size_ % kPart == 0) release_pages();
  }
  void append(std::span<const T> more) {
    if ((size_ + more.size()) * sizeof(T) > memory_.capacity()) grow(size_ + more.size());
    std::copy(more.begin(), more.end(), data() + size_);
    size_ += more.size();
  }
  // Removes the elements for which `removes` is true. It is called once for each, in order.
  template <class Removes>
  void erase_if(const Removes& removes) {
    std::size_t kept = 0;
    for (std::size_t k = 0; k < size_; ++k) {
      if (!removes(std::as_const(*this)[k])) data()[kept++] = (*this)[k];
      if (k % kPart == kPart - 1) release_pages();
    }
    size_ = kept;
  }

 private:
  static constexpr std::size_t kPart = kPagesPart / sizeof(T);  // elements

  void grow(std::size_t least) {
    const std::size_t bytes = size_ * sizeof(T);
    reserve(std::max(least, (bytes + bytes / 2 + 64 * sizeof(T)) / sizeof(T)));
  }
  PagedMemory memory_;
  std::size_t size_ = 0;
};

}  // namespace pushforward::app
