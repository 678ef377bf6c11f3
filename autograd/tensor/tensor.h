// An array outside the tape, for data, parameters and samples. It owns its memory,
// 64-byte aligned and row-major.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "autograd/tensor/real.h"
#include "autograd/tensor/shape.h"

namespace pushforward {

// An allocator that aligns to a cache line, for vectors that SIMD kernels read.
template <class T>
struct CacheAligned {
  using value_type = T;
  CacheAligned() = default;
  template <class U>
  CacheAligned(const CacheAligned<U>&) {}
  T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64}));
  }
  void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{64}); }
  bool operator==(const CacheAligned&) const { return true; }
};

template <class T>
using AlignedVector = std::vector<T, CacheAligned<T>>;

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// A shape and its values, initially zero. Copies are deep.
class Tensor {
 public:
  Tensor() : values_(1, real(0)) {}
  explicit Tensor(Shape shape)
      : shape_(shape), values_(static_cast<std::size_t>(shape.size()), real(0)) {}
  // Throws unless there is one value for each element.
  Tensor(Shape shape, std::span<const real> values)
      : shape_(shape), values_(values.begin(), values.end()) {
    detail::check(static_cast<std::int64_t>(values.size()) == shape.size(), "tensor", values.size(),
                  " values for shape ", shape, ", which has ", shape.size(), " elements");
  }
  // An example is Tensor({1, 2}, {2., 3.}).
  Tensor(Shape shape, std::initializer_list<real> values)
      : Tensor(shape, std::span<const real>(values.begin(), values.size())) {}

  const Shape& shape() const { return shape_; }
  int rows() const { return shape_.rows(); }
  int cols() const { return shape_.cols(); }
  std::int64_t size() const { return shape_.size(); }
  real* data() { return values_.data(); }
  const real* data() const { return values_.data(); }
  std::span<real> values() { return values_; }
  std::span<const real> values() const { return values_; }
  // Return one element, or one row of cols() elements. Inner loops call these functions, so they do
  // not check that the row and column exist.
  real& operator()(int row, int col) {
    return values_[static_cast<std::size_t>(row) * cols() + col];
  }
  real operator()(int row, int col) const {
    return values_[static_cast<std::size_t>(row) * cols() + col];
  }
  std::span<real> row(int r) {
    return {data() + static_cast<std::size_t>(r) * cols(), static_cast<std::size_t>(cols())};
  }
  std::span<const real> row(int r) const {
    return {data() + static_cast<std::size_t>(r) * cols(), static_cast<std::size_t>(cols())};
  }
  bool operator==(const Tensor&) const = default;

 private:
  Shape shape_;
  AlignedVector<real> values_;
};

}  // namespace pushforward::inline PF_REAL
