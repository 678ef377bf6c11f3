// Fuzzes NPY files. Any bytes either are an array that is written and read back with the same bits,
// or are refused with exit code 4.
#include "apps/formats/npy.h"

#include "apps/failure.h"
#include "tests/fuzz/fuzz.h"

using namespace pushforward;
using namespace pushforward::app;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    NdArray array = parse_npy(as_text(data, size), "fuzz.npy");
    std::size_t count = 1;
    for (const std::size_t n : array.shape) count *= n;
    must(count == array.values.size(), "numbers and shape disagree");
    array.dtype = "<f8";
    const NdArray again = parse_npy(npy_bytes(array), "again.npy");
    must(again.shape == array.shape, "another shape is read back");
    must(array.values.empty() || std::memcmp(again.values.data(), array.values.data(),
                                             array.values.size() * sizeof(double)) == 0,
         "other bits are read back");
  } catch (const Failure& failure) {
    must(failure.code == Exit::file, "an NPY file is refused with another code than 4");
  }
  return 0;
}
