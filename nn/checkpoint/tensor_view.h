// One named tensor of a file: element type, shape and bytes, and conversions to numbers.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pushforward {

// The element types of a safetensors file.
enum class Dtype { boolean, u8, i8, i16, u16, f16, bf16, i32, u32, f32, f64, i64, u64 };

// The number of bytes of one element of this type, and the type's name in files ("F32").
std::size_t size_of(Dtype dtype);
std::string_view name_of(Dtype dtype);

// Returns the dtype that files call `name`, if there is one.
std::optional<Dtype> dtype_named(std::string_view name);

// One tensor: its name, element type, shape ([] is a scalar; extents may be 0) and bytes. It does
// not own the bytes, which need not be aligned.
struct TensorView {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<std::uint64_t> shape;
  std::string_view bytes;

  std::uint64_t size() const;  // number of elements
};

// Returns a view of `values`. The extents of `shape` must multiply to the number of values; if not,
// writing the view throws FileError.
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const float> values);
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const double> values);
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const std::int64_t> values);
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const std::uint64_t> values);

// Returns the number of bytes of a tensor with this shape and dtype, or
// nothing if it is 2^64 or more.
std::optional<std::uint64_t> count_bytes(const std::vector<std::uint64_t>& shape, Dtype dtype);

// Returns a shape as text: "[3, 2]".
std::string bracketed_shape(const std::vector<std::uint64_t>& shape);

// Copies the tensor's elements to `out` and converts them (integers and BOOL too). Throws
// std::invalid_argument if `out` does not have size() elements.
void copy_elements(const TensorView& tensor, std::span<float> out);
void copy_elements(const TensorView& tensor, std::span<double> out);

// Copies the elements of an I64 or U64 tensor bit by bit. Throws std::invalid_argument if
// the dtype or size differs.
void copy_elements(const TensorView& tensor, std::span<std::int64_t> out);
void copy_elements(const TensorView& tensor, std::span<std::uint64_t> out);

}  // namespace pushforward
