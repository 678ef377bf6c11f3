// safetensors files, read strictly and written strictly: a JSON header of names, dtypes, shapes and
// offsets, then one buffer of little-endian C-ordered numbers without holes
// (https://github.com/huggingface/safetensors).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nn/checkpoint/file.h"
#include "nn/checkpoint/tensor_view.h"

namespace pushforward {

// Free text about a file: `__metadata__`.
using Metadata = std::map<std::string, std::string>;

// A file that was read: metadata, and tensors by name whose bytes it owns. Moves, does not copy.
class Safetensors {
 public:
  // Checks all of `bytes` before anything is built; `source`
  // names the file in errors. FileError for each fault:
  // "[safetensors] <source>: <fault>; <what to do>". If
  // the metadata has "xxh3" the buffer must hash to it.
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

// The bytes of a file with these tensors, sorted by dtype size descending, then name;
// the header is padded with spaces so that the buffer is 8-aligned, and the metadata
// gain "xxh3", the buffer's XXH3 (64 bits, 16 hex digits). FileError if a name is
// used twice, is not UTF-8 or "__metadata__", or if bytes and shape disagree.
std::string safetensors_bytes(std::vector<TensorView> tensors, Metadata metadata);

// Writes that file atomically; FileError.
void write_safetensors(FileSystem& files, const std::string& path, std::vector<TensorView> tensors,
                       Metadata metadata);

}  // namespace pushforward
