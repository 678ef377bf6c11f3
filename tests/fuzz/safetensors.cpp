// Fuzzes safetensors files. Any bytes either are tensors that are written and read back unchanged,
// or are refused by a FileError.
#include "nn/checkpoint/safetensors.h"

#include "tests/fuzz/fuzz.h"

using namespace pushforward;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const Safetensors file(std::string(as_text(data, size)), "fuzz");
    std::vector<TensorView> tensors;
    for (const auto& [name, tensor] : file.tensors()) tensors.push_back(tensor);
    const Safetensors again(safetensors_bytes(tensors, file.metadata()), "again");
    must(again.tensors().size() == file.tensors().size(), "tensors are lost");
    for (const auto& [name, tensor] : file.tensors())
      must(again.at(name).shape == tensor.shape, "another shape is read back");
  } catch (const FileError& error) {
    must(*error.what() != '\0', "a file is refused without a word");
  }
  return 0;
}
