// Fuzzes gzip files. Any bytes either are decompressed, and then read as an NPY file or a table of
// text as the program does, or are refused with exit code 4.
#include "apps/formats/gzip.h"

#include "apps/failure.h"
#include "apps/tables/csv.h"
#include "tests/fuzz/fuzz.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

constexpr std::size_t kMost = std::size_t{1} << 22;

// Returns whether the bytes are decompressed. They are read as an array afterwards.
bool read_compressed(std::string_view bytes) {
  std::string content;
  try {
    content = gunzip(bytes, "fuzz.gz", kMost);
  } catch (const Failure& failure) {
    must(failure.code == Exit::file, "a gzip file is refused with another code than 4");
    return false;
  }
  must(content.size() <= kMost, "more is decompressed than allowed");
  try {
    if (content.starts_with("\x93NUMPY"))
      parse_npy(content, "fuzz.npy.gz");
    else
      parse_csv(content, "fuzz.csv.gz");
  } catch (const Failure& failure) {
    must(failure.code == Exit::file, "compressed content is refused with another code than 4");
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = as_text(data, size);
  // A file that begins like gzip is read as one, and any bytes follow a sound header as well.
  if (is_gzip(bytes)) read_compressed(bytes);
  read_compressed(std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10) + std::string(bytes));
  return 0;
}
