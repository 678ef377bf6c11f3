// One named tensor as files know it: element type, shape and bytes; and its elements as numbers.
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

// Bytes of one element, and the name that files use ("F32").
std::size_t size_of(Dtype dtype);
std::string_view name_of(Dtype dtype);

// The dtype that files call `name`, if there is one.
std::optional<Dtype> dtype_named(std::string_view name);

// One tensor: its name, element type, shape ([] is a scalar, a 0 is legal) and bytes, which it does
// not own and which need not be aligned.
struct TensorView {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<std::uint64_t> shape;
  std::string_view bytes;

  std::uint64_t size() const;  // number of elements
};

// A view of `values`, named `name`; `shape` must multiply
// to their number, else FileError when it is written.
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const float> values);
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const double> values);
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const std::int64_t> values);
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const std::uint64_t> values);

// Bytes of a tensor with this shape and dtype, or nothing if they are 2^64 or more.
std::optional<std::uint64_t> count_bytes(const std::vector<std::uint64_t>& shape, Dtype dtype);

// "[3, 2]".
std::string bracketed_shape(const std::vector<std::uint64_t>& shape);

// Copies the tensor's elements to `out`, converted (integers and BOOL too); std::invalid_argument
// if `out` does not have exactly size() elements.
void copy_elements(const TensorView& tensor, std::span<float> out);
void copy_elements(const TensorView& tensor, std::span<double> out);

// Copies an I64 or U64 tensor's elements bit by bit;
// std::invalid_argument for another dtype or size.
void copy_elements(const TensorView& tensor, std::span<std::int64_t> out);
void copy_elements(const TensorView& tensor, std::span<std::uint64_t> out);

}  // namespace pushforward
