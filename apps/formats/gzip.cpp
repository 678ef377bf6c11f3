// Decompresses a gzip file with zlib's inflate, one member after the other, into a string of
// limited size.
#include "apps/formats/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "apps/failure.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check, detail::fail;

namespace {

struct Inflater {
  z_stream stream{};
  Inflater() {
    constexpr int gzip_only = 16 + MAX_WBITS;
    check(inflateInit2(&stream, gzip_only) == Z_OK, "gzip", "zlib could not start");
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.substr(0, 2) == "\x1f\x8b"; }

std::string gunzip(std::string_view bytes, const std::string& file, std::size_t max_bytes) {
  std::string text;
  gunzip_to(
      bytes, file, [&](std::string_view part) { text.append(part); }, max_bytes);
  return text;
}

void gunzip_to(std::string_view bytes, const std::string& file,
               const std::function<void(std::string_view)>& take, std::size_t max_bytes) {
  const auto fail = [&](const std::string& what, const std::string& cure) {
    throw Failure(Exit::file, "[gzip] " + file + ": " + what + "\n  " + cure);
  };
  Inflater inflater;
  z_stream& z = inflater.stream;
  std::size_t taken = 0;
  std::array<unsigned char, 1 << 16> part;
  std::string_view rest = bytes;
  while (true) {
    // zlib's pointer to its input is not const, but zlib does not change the input.
    z.next_in = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(rest.data()));
    z.avail_in = static_cast<unsigned>(
        std::min<std::size_t>(rest.size(), std::numeric_limits<unsigned>::max()));
    z.next_out = part.data();
    z.avail_out = static_cast<unsigned>(part.size());
    const std::size_t given = z.avail_in;
    const int state = inflate(&z, Z_NO_FLUSH);
    rest.remove_prefix(given - z.avail_in);
    const std::size_t got = part.size() - z.avail_out;
    if (taken + got > max_bytes)
      fail("it holds more than " + std::to_string(max_bytes >> 20) + " MiB",
           "unpack it yourself and use a part of it");
    taken += got;
    take({reinterpret_cast<const char*>(part.data()), got});
    if (state == Z_STREAM_END) {
      if (!is_gzip(rest)) return;  // the bytes after the last member are padding
      inflateReset(&z);
    } else if (state == Z_BUF_ERROR || (state == Z_OK && rest.empty() && got == 0)) {
      fail("its compressed data is truncated", "download the file again");
    } else if (state != Z_OK) {
      fail("its compressed data is damaged", "download the file again");
    }
  }
}

std::string gzip_library_version() { return zlibVersion(); }

}  // namespace pushforward::app
