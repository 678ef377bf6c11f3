#include "nn/checkpoint/tensor_view.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

static_assert(std::endian::native == std::endian::little,
              "elements are copied as they lie in the file");

namespace {

struct DtypeRow {
  Dtype dtype;
  std::string_view name;
  std::size_t size;
};
constexpr std::array<DtypeRow, 13> dtypes{{{Dtype::boolean, "BOOL", 1},
                                           {Dtype::u8, "U8", 1},
                                           {Dtype::i8, "I8", 1},
                                           {Dtype::i16, "I16", 2},
                                           {Dtype::u16, "U16", 2},
                                           {Dtype::f16, "F16", 2},
                                           {Dtype::bf16, "BF16", 2},
                                           {Dtype::i32, "I32", 4},
                                           {Dtype::u32, "U32", 4},
                                           {Dtype::f32, "F32", 4},
                                           {Dtype::f64, "F64", 8},
                                           {Dtype::i64, "I64", 8},
                                           {Dtype::u64, "U64", 8}}};

constexpr bool rows_stand_in_order() {
  for (std::size_t k = 0; k < dtypes.size(); ++k) {
    if (static_cast<std::size_t>(dtypes[k].dtype) != k) return false;
  }
  return true;
}
static_assert(rows_stand_in_order(), "dtypes[k] describes Dtype k");

const DtypeRow& row_of(Dtype dtype) { return dtypes[static_cast<std::size_t>(dtype)]; }

// Returns a * b, or nothing if the product is 2^64 or more.
std::optional<std::uint64_t> product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1Fu, fraction = half & 0x3FFu;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000u | (fraction << 13));
  if (exponent != 0)
    return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
  const float magnitude = static_cast<float>(fraction) * 0x1p-24f;  // a denormal number
  return sign ? -magnitude : magnitude;
}

// Reads elements of type `Stored` and converts each to Number with `convert`.
template <class Stored, class Number, class Convert>
void convert_elements(std::string_view bytes, std::span<Number> out, Convert convert) {
  for (std::size_t k = 0; k < out.size(); ++k) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + k * sizeof(Stored), sizeof(Stored));
    out[k] = static_cast<Number>(convert(stored));
  }
}

void check_size(const TensorView& tensor, std::size_t wanted) {
  const std::uint64_t size = tensor.size();
  check(size == wanted && tensor.bytes.size() == size * size_of(tensor.dtype), "safetensors",
        "tensor \"", tensor.name, "\" ", bracketed_shape(tensor.shape), " has ", size,
        " elements, ", wanted, " are wanted; give it a place of its own size");
}

template <class Number>
void copy_numbers(const TensorView& tensor, std::span<Number> out) {
  check_size(tensor, out.size());
  const auto same = [](auto value) { return value; };
  const std::string_view bytes = tensor.bytes;
  switch (tensor.dtype) {
    case Dtype::boolean:
      return convert_elements<std::uint8_t>(bytes, out, [](std::uint8_t v) { return v != 0; });
    case Dtype::u8: return convert_elements<std::uint8_t>(bytes, out, same);
    case Dtype::i8: return convert_elements<std::int8_t>(bytes, out, same);
    case Dtype::i16: return convert_elements<std::int16_t>(bytes, out, same);
    case Dtype::u16: return convert_elements<std::uint16_t>(bytes, out, same);
    case Dtype::f16: return convert_elements<std::uint16_t>(bytes, out, half_to_float);
    case Dtype::bf16:
      return convert_elements<std::uint16_t>(
          bytes, out, [](std::uint16_t v) { return std::bit_cast<float>(std::uint32_t{v} << 16); });
    case Dtype::i32: return convert_elements<std::int32_t>(bytes, out, same);
    case Dtype::u32: return convert_elements<std::uint32_t>(bytes, out, same);
    case Dtype::f32: return convert_elements<float>(bytes, out, same);
    case Dtype::f64: return convert_elements<double>(bytes, out, same);
    case Dtype::i64: return convert_elements<std::int64_t>(bytes, out, same);
    case Dtype::u64: return convert_elements<std::uint64_t>(bytes, out, same);
  }
}

template <class Number>
void copy_bits(const TensorView& tensor, std::span<Number> out) {
  check(tensor.dtype == Dtype::i64 || tensor.dtype == Dtype::u64, "safetensors", "tensor \"",
        tensor.name, "\" is ", name_of(tensor.dtype),
        ", I64 or U64 is wanted; read it as float or double");
  check_size(tensor, out.size());
  convert_elements<Number>(tensor.bytes, out, [](Number value) { return value; });
}

template <class Number>
TensorView make_view(std::string name, Dtype dtype, std::vector<std::uint64_t> shape,
                     std::span<const Number> values) {
  return {std::move(name),
          dtype,
          std::move(shape),
          {reinterpret_cast<const char*>(values.data()), values.size_bytes()}};
}

}  // namespace

std::size_t size_of(Dtype dtype) { return row_of(dtype).size; }
std::string_view name_of(Dtype dtype) { return row_of(dtype).name; }

std::optional<Dtype> dtype_named(std::string_view name) {
  for (const DtypeRow& row : dtypes) {
    if (row.name == name) return row.dtype;
  }
  return std::nullopt;
}

std::uint64_t TensorView::size() const {
  std::uint64_t total = 1;
  for (const std::uint64_t length : shape) total *= length;
  return total;
}

std::optional<std::uint64_t> count_bytes(const std::vector<std::uint64_t>& shape, Dtype dtype) {
  std::optional<std::uint64_t> total = 1;
  for (const std::uint64_t size : shape) {
    if (total) total = product(*total, size);
  }
  return total ? product(*total, size_of(dtype)) : std::nullopt;
}

std::string bracketed_shape(const std::vector<std::uint64_t>& shape) {
  std::string text = "[";
  for (std::size_t k = 0; k < shape.size(); ++k) text += (k ? ", " : "") + std::to_string(shape[k]);
  return text + "]";
}

TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const float> values) {
  return make_view(std::move(name), Dtype::f32, std::move(shape), values);
}
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const double> values) {
  return make_view(std::move(name), Dtype::f64, std::move(shape), values);
}
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const std::int64_t> values) {
  return make_view(std::move(name), Dtype::i64, std::move(shape), values);
}
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const std::uint64_t> values) {
  return make_view(std::move(name), Dtype::u64, std::move(shape), values);
}

void copy_elements(const TensorView& tensor, std::span<float> out) { copy_numbers(tensor, out); }
void copy_elements(const TensorView& tensor, std::span<double> out) { copy_numbers(tensor, out); }
void copy_elements(const TensorView& tensor, std::span<std::int64_t> out) {
  copy_bits(tensor, out);
}
void copy_elements(const TensorView& tensor, std::span<std::uint64_t> out) {
  copy_bits(tensor, out);
}

}  // namespace pushforward
