// Tests reading arrays of NPZ files, written here byte by byte as numpy.savez writes them, and damaged
// files.
#include "apps/formats/npz.h"

#include <zlib.h>

#include <string>
#include <utility>
#include <vector>

#include "apps/failure.h"
#include "apps/formats/npy.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

std::string npz_little(std::size_t value, int bytes) {
  std::string text;
  for (int k = 0; k < bytes; ++k) text += static_cast<char>(value >> (8 * k) & 255);
  return text;
}

std::string npz_deflated(const std::string& bytes) {
  std::string out(bytes.size() + 100, '\0');
  z_stream z{};
  REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string input = bytes;
  z.next_in = reinterpret_cast<unsigned char*>(input.data());
  z.avail_in = static_cast<unsigned>(input.size());
  z.next_out = reinterpret_cast<unsigned char*>(out.data());
  z.avail_out = static_cast<unsigned>(out.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

// Returns an archive of these files. numpy.savez puts an extra field of 20 bytes into local headers.
std::string npz_archive(const std::vector<std::pair<std::string, std::string>>& files, bool packs) {
  std::string bytes, list;
  for (const auto& [name, content] : files) {
    const std::string stored = packs ? npz_deflated(content) : content;
    const std::size_t at = bytes.size(), method = packs ? 8 : 0;
    bytes += "PK\x03\x04" + npz_little(45, 2) + npz_little(0, 2) + npz_little(method, 2) +
             npz_little(0, 8) + npz_little(0xffffffff, 4) + npz_little(0xffffffff, 4) +
             npz_little(name.size(), 2) + npz_little(20, 2) + name + npz_little(1, 2) +
             npz_little(16, 2) + npz_little(content.size(), 8) + npz_little(stored.size(), 8) +
             stored;
    list += "PK\x01\x02" + npz_little(45, 2) + npz_little(45, 2) + npz_little(0, 2) +
            npz_little(method, 2) + npz_little(0, 8) + npz_little(stored.size(), 4) +
            npz_little(content.size(), 4) + npz_little(name.size(), 2) + npz_little(0, 2) +
            npz_little(0, 2) + npz_little(0, 2) + npz_little(0, 2) + npz_little(0, 4) +
            npz_little(at, 4) + name;
  }
  return bytes + list + "PK\x05\x06" + npz_little(0, 4) + npz_little(files.size(), 2) +
         npz_little(files.size(), 2) + npz_little(list.size(), 4) + npz_little(bytes.size(), 4) +
         npz_little(0, 2);
}

std::string npz_fault(const std::string& bytes, const std::string& name = "") {
  try {
    npz_member(bytes, "f.npz", name);
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::file);
    return failure.what();
  }
  return "none";
}

const NdArray kNpzPoints{{2, 2}, {1, 2, 3, 4.5}}, kNpzLabels{{2}, {0, 1}};

}  // namespace

TEST_CASE("an array of an NPZ file is read by its name, stored or compressed", "[npz]") {
  for (const bool packs : {false, true}) {
    CAPTURE(packs);
    const std::string two =
        npz_archive({{"x.npy", npy_bytes(kNpzPoints)}, {"y.npy", npy_bytes(kNpzLabels)}}, packs);
    CHECK(is_zip(two));
    CHECK(npz_member(two, "f.npz", "x") == npy_bytes(kNpzPoints));
    CHECK(npz_member(two, "f.npz", "y") == npy_bytes(kNpzLabels));
    CHECK(npz_member(npz_archive({{"x.npy", npy_bytes(kNpzPoints)}}, packs), "f.npz", "") ==
          npy_bytes(kNpzPoints));
    CHECK(
        npz_fault(two) ==
        "[npz] f.npz: it holds 2 arrays, x, y; name one by the key `array` of the data, or give a "
        "file with one array");
    CHECK(npz_fault(two, "z") == "[npz] f.npz: it holds no array \"z\"; its arrays are x, y");
    // No prefix of a file crashes, and each is refused.
    for (std::size_t length = 4; length < two.size(); length += 7)
      CHECK(npz_fault(two.substr(0, length), "y") != "none");
  }
}

TEST_CASE("a run is trained on an array of an NPZ file, with labels from another", "[npz]") {
  const Sandbox sandbox(folder_in_memory());
  NdArray points{{40, 2}, {}};
  for (int k = 0; k < 80; ++k) points.values.push_back(k % 7);
  sandbox.write("both.npz",
                npz_archive({{"points.npy", npy_bytes(points)}, {"more.npy", ""}}, true));
  std::string names;
  for (int k = 0; k < 40; ++k) names += k % 2 ? "b\n" : "a\n";
  sandbox.write("labels.txt", names);
  sandbox.write("plain.npy", npy_bytes(points));
  sandbox.write("c.json", R"({"data": {"type": "npy", "path": "both.npz", "array": "points",
    "labels": "labels.txt"}, "model": {"hidden": [8], "label": {"type": "embedding"}},
    "schedule": {"warmup": 0}, "train": {"steps": 5, "batch": 16}})");
  expect(sandbox("train c.json --out run"), 0, {"read both.npz: 40 rows, 2 columns"});
  expect(sandbox("sample run -n 4 --label b --out s.npy"), 0, {});
  expect(sandbox("train c.json data.array="), 4, {"it holds 2 arrays, points, more; name one"});
  expect(sandbox("train c.json data.path=plain.npy"), 4,
         {"[npz] plain.npy: it is no NPZ file, so it has no array \"points\"; leave the name out"});
}
