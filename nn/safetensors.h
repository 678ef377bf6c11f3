// safetensors files, read strictly and written strictly: a JSON header of names, dtypes, shapes and
// offsets, then one buffer of little-endian C-ordered numbers without holes
// (https://github.com/huggingface/safetensors).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nn/file.h"

namespace pushforward {

// The element types of a safetensors file.
enum class Dtype { boolean, u8, i8, i16, u16, f16, bf16, i32, u32, f32, f64, i64, u64 };

// Bytes of one element, and the name that files use ("F32").
std::size_t size_of(Dtype dtype);
std::string_view name_of(Dtype dtype);

// One tensor: its name, element type, shape ([] is a scalar, a 0 is legal) and bytes, which it does
// not own and which need not be aligned.
struct TensorView {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<std::uint64_t> shape;
  std::string_view bytes;

  std::uint64_t size() const;  // number of elements
};

// A view of `values`, named `name`; `shape` must multiply to their number, else FileError when it
// is written.
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const float> values);
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const double> values);
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const std::int64_t> values);
TensorView tensor_view(std::string name, std::vector<std::uint64_t> shape,
                       std::span<const std::uint64_t> values);

// Copies the tensor's elements to `out`, converted (integers and BOOL too); std::invalid_argument
// if `out` does not have exactly size() elements.
void copy_elements(const TensorView& tensor, std::span<float> out);
void copy_elements(const TensorView& tensor, std::span<double> out);

// Copies an I64 or U64 tensor's elements bit by bit; std::invalid_argument for another dtype or
// size.
void copy_elements(const TensorView& tensor, std::span<std::int64_t> out);
void copy_elements(const TensorView& tensor, std::span<std::uint64_t> out);

// Free text about a file: `__metadata__`.
using Metadata = std::map<std::string, std::string>;

// A file that was read: metadata, and tensors by name whose bytes it owns. Moves, does not copy.
class Safetensors {
 public:
  // Checks all of `bytes` before anything is built; `source` names the file in errors. FileError
  // for each fault:
  // "[safetensors] <source>: <fault>; <what to do>". If the metadata has "xxh3" the buffer must
  // hash to it.
  Safetensors(std::string bytes, const std::string& source);
  Safetensors(Safetensors&&) = default;
  Safetensors& operator=(Safetensors&&) = default;

  const std::string& source() const { return source_; }
  const Metadata& metadata() const { return metadata_; }
  const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  const TensorView* find(const std::string& name) const;  // nullptr if there is none
  const TensorView& at(
      const std::string& name) const;  // FileError naming the file and the missing tensor

 private:
  std::unique_ptr<const std::string> bytes_;  // its address survives a move
  std::string source_;
  Metadata metadata_;
  std::map<std::string, TensorView> tensors_;
};

// Reads and checks the file `path`; FileError.
Safetensors read_safetensors(FileSystem& files, const std::string& path);

// The bytes of a file with these tensors, sorted by dtype size descending, then name; the header is
// padded with spaces so that the buffer is 8-aligned, and the metadata gain "xxh3", the buffer's
// XXH3 (64 bits, 16 hex digits). FileError if a name is used twice, is not UTF-8 or "__metadata__",
// or if bytes and shape disagree.
std::string safetensors_bytes(std::vector<TensorView> tensors, Metadata metadata);

// Writes that file atomically; FileError.
void write_safetensors(FileSystem& files, const std::string& path, std::vector<TensorView> tensors,
                       Metadata metadata);

}  // namespace pushforward
