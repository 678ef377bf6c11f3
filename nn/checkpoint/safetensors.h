// Reading and writing of safetensors files with strict checks. A file is a JSON header
// with names, dtypes, shapes and offsets, then one buffer of little-endian numbers in C
// order without gaps (https://github.com/huggingface/safetensors).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nn/checkpoint/file.h"
#include "nn/checkpoint/tensor_view.h"

namespace pushforward {

// The free text in a file's `__metadata__`.
using Metadata = std::map<std::string, std::string>;

// The content of a file: its metadata and its tensors by name. It owns the tensors'
// bytes. Movable, not copyable.
class Safetensors {
 public:
  // Checks all of `bytes` first. If the metadata has "xxh3", the buffer must have this
  // hash. `source` names the file in error messages. Throws FileError "[safetensors]
  // <source>: <fault>; <what to do>".
  Safetensors(std::string bytes, const std::string& source);
  Safetensors(Safetensors&&) = default;
  Safetensors& operator=(Safetensors&&) = default;

  const std::string& source() const { return source_; }
  const Metadata& metadata() const { return metadata_; }
  const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  const TensorView* find(const std::string& name) const;  // nullptr if it is missing
  const TensorView& at(const std::string& name) const;    // throws FileError if it is missing

 private:
  std::unique_ptr<const std::string> bytes_;  // its address does not change in a move
  std::string source_;
  Metadata metadata_;
  std::map<std::string, TensorView> tensors_;
};

// Reads and checks the file `path`. Throws FileError on failure.
Safetensors read_safetensors(FileSystem& files, const std::string& path);

// Returns the bytes of a file with these tensors, sorted by decreasing dtype size, then by name.
// Spaces after the header align the buffer to 8 bytes. The metadata get "xxh3", the buffer's XXH3
// (64 bits, 16 hex digits). Throws FileError if a name is used twice, is not UTF-8 or is
// "__metadata__", or if bytes and shape disagree.
std::string safetensors_bytes(std::vector<TensorView> tensors, Metadata metadata);

// Writes the tensors and the metadata to `path` as a safetensors file, atomically. Throws FileError
// on failure.
void write_safetensors(FileSystem& files, const std::string& path, std::vector<TensorView> tensors,
                       Metadata metadata);

}  // namespace pushforward
