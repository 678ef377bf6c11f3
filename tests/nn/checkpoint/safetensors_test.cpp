// Tests safetensors files: written tensors are read back, each kind of error has its own text, and
// random bytes do not crash the reader.
#include "nn/checkpoint/safetensors.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;

namespace {

// Returns the bytes of a safetensors file that consists of the given header (without padding) and
// the given buffer.
std::string make_file(const std::string& header, const std::string& buffer) {
  std::string bytes(8, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + buffer;
}

std::string zero_init(std::size_t count) { return std::string(count, '\0'); }

std::string safetensors_fault(const std::string& bytes) {
  return catch_message([&] { Safetensors(bytes, "f.safetensors"); });
}

const std::string f32_pair = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";

}  // namespace

TEST_CASE("written tensors are read back", "[safetensors]") {
  const std::vector<float> weight{1.5f, -2.0f, 0.0f, 1e-40f, -0.0f, 7.0f};
  const std::vector<double> moments{1.0 / 3, -1e300};
  const std::vector<std::int64_t> steps{-9};
  const std::vector<std::uint64_t> keys{std::numeric_limits<std::uint64_t>::max(), 1};
  const TestFolder folder;
  const std::string path = folder / "f.safetensors";
  write_safetensors(
      posix(), path,
      {tensor_view("weight", {2, 3}, weight), tensor_view("moments", {2, 1, 1}, moments),
       tensor_view("step", {}, steps), tensor_view("keys", {2}, keys),
       tensor_view("none", {3, 0}, std::span<const float>{}),
       tensor_view("a \"quoted\"\n\u00e9", {6}, weight)},
      {{"format", "pt"}, {"note", "a \"b\""}});
  const Safetensors file = read_safetensors(posix(), path);
  CHECK(file.source() == path);
  CHECK(file.metadata().at("format") == "pt");
  CHECK(file.metadata().at("note") == "a \"b\"");
  CHECK(file.metadata().at("xxh3").size() == 16);
  CHECK(file.tensors().size() == 6);
  CHECK(file.at("weight").shape == std::vector<std::uint64_t>{2, 3});
  CHECK(file.at("none").size() == 0);
  CHECK(file.at("step").shape.empty());
  std::vector<float> weight_back(6);
  copy_elements(file.at("weight"), std::span(weight_back));
  CHECK(std::memcmp(weight.data(), weight_back.data(), 24) == 0);
  std::vector<double> moments_back(2), weight_in_double(6);
  copy_elements(file.at("moments"), std::span(moments_back));
  copy_elements(file.at("weight"), std::span(weight_in_double));
  CHECK(moments_back == moments);
  CHECK(weight_in_double[3] == static_cast<double>(1e-40f));
  std::vector<std::int64_t> step_back(1);
  std::vector<std::uint64_t> keys_back(2);
  copy_elements(file.at("step"), std::span(step_back));
  copy_elements(file.at("keys"), std::span(keys_back));
  CHECK(step_back == steps);
  CHECK(keys_back == keys);
  CHECK(file.find("wait") == nullptr);
  CHECK(catch_message([&] { file.at("wait"); }) ==
        "[safetensors] " + path +
            ": there is no tensor \"wait\" among its 6; check that the file belongs to this model");
  CHECK(catch_message([&] { copy_elements(file.at("weight"), std::span(moments_back)); }) ==
        "[safetensors] tensor \"weight\" [2, 3] has 6 elements, "
        "2 are wanted; give it a place of its own size");
  CHECK(catch_message([&] { copy_elements(file.at("weight"), std::span(keys_back)); }) ==
        "[safetensors] tensor \"weight\" is F32, I64 or U64 is wanted; read it as float or double");
}

TEST_CASE("the layout is canonical: wide dtypes first, then by name, with an aligned buffer",
          "[safetensors]") {
  const std::vector<float> f{1, 2};
  const std::vector<double> d{3};
  const auto write = [&] {
    return safetensors_bytes(
        {tensor_view("b", {2}, f), tensor_view("a", {2}, f), tensor_view("z", {1}, d)}, {});
  };
  const std::string bytes = write();
  CHECK(bytes == write());
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  CHECK(length % 8 == 0);
  const std::string header = bytes.substr(8, length);
  CHECK(header.find("\"z\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                    "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},"
                    "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[16,24]}}") !=
        std::string::npos);
  CHECK(bytes.size() == 8 + length + 24);
  const std::string empty = safetensors_bytes({}, {});
  CHECK(Safetensors(empty, "empty").tensors().empty());
}

TEST_CASE("an open file stays valid when its object is moved", "[safetensors]") {
  const std::vector<float> f{4};
  Safetensors first(safetensors_bytes({tensor_view("a", {1}, f)}, {}), "f");
  const Safetensors second = std::move(first);
  std::vector<float> back(1);
  copy_elements(second.at("a"), std::span(back));
  CHECK(back == f);
}

TEST_CASE("every dtype is read as numbers", "[safetensors]") {
  const auto one = [](const std::string& dtype, const std::string& bytes) {
    const Safetensors file(
        make_file(R"({"a":{"dtype":")" + dtype + R"(","shape":[],"data_offsets":[0,)" +
                      std::to_string(bytes.size()) + "]}}",
                  bytes),
        dtype);
    double value = 0;
    copy_elements(file.at("a"), std::span(&value, 1));
    return value;
  };
  CHECK(one("BOOL", "\x01") == 1);
  CHECK(one("U8", "\xFF") == 255);
  CHECK(one("I8", "\xFF") == -1);
  CHECK(one("I16", "\xFE\xFF") == -2);
  CHECK(one("U16", "\xFE\xFF") == 65534);
  CHECK(one("I32", "\xFD\xFF\xFF\xFF") == -3);
  CHECK(one("U32", "\xFF\xFF\xFF\xFF") == 4294967295.0);
  CHECK(one("I64", "\xFC\xFF\xFF\xFF\xFF\xFF\xFF\xFF") == -4);
  CHECK(one("U64", std::string("\x05\0\0\0\0\0\0\0", 8)) == 5);
  CHECK(one("F32", std::string("\0\0\xC0\x3F", 4)) == 1.5);
  CHECK(one("F64", std::string("\0\0\0\0\0\0\xF8\x3F", 8)) == 1.5);
  CHECK(one("BF16", std::string("\xC0\x3F", 2)) == 1.5);
  CHECK(one("F16", std::string("\x00\x3E", 2)) == 1.5);
  CHECK(one("F16", std::string("\xFF\x7B", 2)) == 65504);
  CHECK(one("F16", std::string("\x01\x80", 2)) == -std::ldexp(1.0, -24));
  CHECK(one("F16", std::string("\x00\x04", 2)) == std::ldexp(1.0, -14));
  CHECK(one("F16", std::string("\x00\xFC", 2)) == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(one("F16", std::string("\x01\x7C", 2))));
}

TEST_CASE("unusual files that the format allows are read", "[safetensors]") {
  CHECK(safetensors_fault(make_file("{}", "")) == "");
  CHECK(safetensors_fault(make_file(f32_pair + "   ", zero_init(8))) == "");
  CHECK(safetensors_fault(make_file(
            R"({"__metadata__":{},"a":{"shape":[],"data_offsets":[0,1],"dtype":"U8"}})", "x")) ==
        "");
  CHECK(safetensors_fault(make_file(R"({"e":{"dtype":"F32","shape":[0,5],"data_offsets":[8,8]},)"
                                    R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
                                    zero_init(8))) == "");
}

TEST_CASE("every kind of fault has its own text", "[safetensors]") {
  const std::string cure = "; the file is damaged or not safetensors: fetch or write it anew";
  const auto expect = [&](const std::string& bytes, const std::string& text) {
    CHECK(safetensors_fault(bytes) == "[safetensors] f.safetensors: " + text + cure);
  };
  const auto header = [&](const std::string& text, std::size_t buffer = 8) {
    return make_file(text, zero_init(buffer));
  };

  expect("", "header too small: the file has 0 bytes, the header's length alone takes 8");
  expect("1234567", "header too small: the file has 7 bytes, the header's length alone takes 8");
  expect(make_file("", ""), "header too small: it claims 0 bytes, {} takes 2");
  expect(std::string("\x01\xE1\xF5\x05\0\0\0\0{}", 10),
         "header too large: it claims 100000001 bytes, at most 100000000 are allowed");
  expect(std::string(8, '\xFF') + "{}",
         "header too large: it claims 18446744073709551615 bytes, at most 100000000 are allowed");
  expect(std::string("\x03\0\0\0\0\0\0\0{}", 10),
         "header too large: it claims 3 bytes, but only 2 follow");
  expect(header(" {}"), "the header does not begin with {");
  expect(header("{\"\xC3\x28\":1}"), "the header is not UTF-8: byte 2");
  expect(header("{\"\xED\xA0\x80\":1}"), "the header is not UTF-8: byte 2");
  expect(header("{\"\xF0\x9F\x98"), "the header is not UTF-8: byte 2");
  expect(make_file(f32_pair + std::string("\0 rest", 6), zero_init(8)),
         "the header is not JSON: a zero byte at 54");
  CHECK(lacks(safetensors_fault(header("{\"a\":")), "the header is not JSON (byte ") == "");
  CHECK(lacks(safetensors_fault(header("{} {}")), "the header is not JSON (byte ") == "");
  CHECK(lacks(safetensors_fault(header("{\"\\ud800\":1}")), "the header is not JSON (byte ") == "");
  CHECK(lacks(safetensors_fault(header("{,}")), "the header is not JSON (byte ") == "");

  const auto tensor = [&](const std::string& dtype, const std::string& shape,
                          const std::string& offsets, std::size_t buffer = 8) {
    return make_file("{\"a\":{\"dtype\":" + dtype + ",\"shape\":" + shape +
                         ",\"data_offsets\":" + offsets + "}}",
                     zero_init(buffer));
  };
  const std::string f = "\"F32\"";
  expect(tensor(f, "[2]", "[8,0]"), "bad offset: tensor \"a\" ends before it begins, [8, 0]");
  expect(tensor(f, "[2]", "[4,12]", 12),
         "bad offset: tensor \"a\" begins at 4, but the bytes before it end at 0 (hole)");
  expect(tensor(f, "[2]", "[0]"),
         "bad offset: data_offsets of tensor \"a\" has 1 numbers, not [begin, end]");
  expect(tensor(f, "[2]", "[0,4,8]"),
         "bad offset: data_offsets of tensor \"a\" has 3 numbers, not [begin, end]");
  expect(tensor(f, "[3]", "[0,8]"),
         "wrong size: tensor \"a\", F32 [3], takes 12 bytes, but its offsets [0, 8] span 8");
  expect(tensor(f, "[]", "[0,8]"),
         "wrong size: tensor \"a\", F32 [], takes 4 bytes, but its offsets [0, 8] span 8");
  expect(tensor(f, "[4294967296,4294967296]", "[0,8]"),
         "overflow: tensor \"a\", F32 [4294967296, 4294967296], has 2^64 bytes or more");
  expect(tensor(f, "[4611686018427387904]", "[0,0]", 0),
         "overflow: tensor \"a\", F32 [4611686018427387904], has 2^64 bytes or more");
  expect(tensor(f, "[4294967296,4294967296,0]", "[0,0]", 0),
         "overflow: tensor \"a\", F32 [4294967296, 4294967296, 0], has 2^64 bytes or more");
  expect(tensor(f, "[2]", "[0,8]", 7),
         "truncated: the tensors take 8 bytes, but only 7 follow the header");
  expect(tensor(f, "[2]", "[0,8]", 11), "trailing bytes: 3 follow the last tensor's end");
  expect(header(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
                R"("b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})"),
         "bad offset: tensor \"b\" begins at 4, but the bytes before it end at 8 (overlap)");
  expect(header("{\"a\":{}}"), "tensor \"a\" has no dtype");
  expect(header("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}"), "tensor \"a\" has no data_offsets");
  expect(header("{\"a\":{\"dtype\":\"F32\",\"size\":[2]}}"),
         "unknown key \"size\" in tensor \"a\": a tensor has dtype, shape and data_offsets only");
  expect(header("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}"),
         "duplicate key \"dtype\" in tensor \"a\"");
  expect(header("{" + f32_pair.substr(1, f32_pair.size() - 2) + "," + f32_pair.substr(1)),
         "duplicate key \"a\" in the header");
  expect(header("{\"__metadata__\":{\"k\":\"v\",\"k\":\"w\"}}"),
         "duplicate key \"k\" in __metadata__");
  expect(header("{\"__metadata__\":{\"k\":1}}"),
         "wrong type in __metadata__ at \"k\": a number stands where a string must");
  expect(header("{\"__metadata__\":null}"),
         "wrong type in the header at \"__metadata__\": null stands where an object must");
  expect(header("{\"a\":[1]}"),
         "wrong type in the header at \"a\": an array stands where an object must");
  expect(tensor("3", "[2]", "[0,8]"),
         "wrong type in tensor \"a\" at \"dtype\": a number stands where a string must");
  expect(tensor(f, "2", "[0,8]"),
         "wrong type in tensor \"a\" at \"shape\": a number stands where an array must");
  expect(tensor(f, "[-2]", "[0,8]"),
         "wrong type in tensor \"a\": a negative number stands where sizes must");
  expect(
      tensor(f, "[2.0]", "[0,8]"),
      "wrong type in tensor \"a\": the number 2.0, no integer below 2^64, stands where sizes must");
  expect(tensor(f, "[18446744073709551616]", "[0,8]"),
         "wrong type in tensor \"a\": the number 18446744073709551616, "
         "no integer below 2^64, stands where sizes must");
  expect(tensor(f, "[true]", "[0,8]"),
         "wrong type in tensor \"a\": a boolean stands where sizes must");
  expect(tensor(f, "[[2]]", "[0,8]"),
         "wrong type in tensor \"a\": an array stands where sizes must");
  expect(tensor(f, "[2]", "[0,{}]"),
         "wrong type in tensor \"a\": an object stands where offsets must");
  CHECK(safetensors_fault(tensor("\"F8_E4M3\"", "[8]", "[0,8]")) ==
        "[safetensors] f.safetensors: tensor \"a\" has dtype F8_E4M3, "
        "which is not read here; convert it to F32 or BF16");
  CHECK(lacks(safetensors_fault(tensor("\"f32\"", "[2]", "[0,8]")),
              "tensor \"a\" has dtype f32, which no safetensors file has: known are BOOL U8") ==
        "");
  CHECK(lacks(safetensors_fault(header("{\"a\":" + std::string(1000000, '['))),
              "an array stands where an object must") == "");
}

TEST_CASE("a flipped bit in the buffer fails the checksum", "[safetensors]") {
  const std::vector<float> f{1, 2, 3};
  std::string bytes = safetensors_bytes({tensor_view("a", {3}, f)}, {});
  bytes.back() ^= 1;
  const std::string text = safetensors_fault(bytes);
  CHECK(lacks(text, "[safetensors] f.safetensors: checksum: the buffer's xxh3 is ") == "");
  CHECK(lacks(text, "; the file is damaged: use another copy or an earlier checkpoint") == "");
}

TEST_CASE("the error about data that cannot be written gives the reason", "[safetensors]") {
  const std::vector<float> f{1, 2, 3};
  const auto message = [](std::vector<TensorView> tensors, Metadata metadata = {}) {
    return catch_message([&] { safetensors_bytes(tensors, metadata); });
  };
  CHECK(message({tensor_view("a", {2}, f)}) ==
        "[safetensors] new file: tensor \"a\", F32 [2], "
        "takes 8 bytes, but 12 are given; correct its shape");
  CHECK(message({tensor_view("a", {3}, f), tensor_view("a", {3}, f)}) ==
        "[safetensors] new file: tensor \"a\" is given twice; rename one of them");
  CHECK(lacks(message({tensor_view("__metadata__", {3}, f)}), "the name __metadata__ is taken") ==
        "");
  CHECK(lacks(message({tensor_view("\xFF", {3}, f)}), "is not UTF-8; rename it") == "");
  CHECK(lacks(message({}, {{"k", "\xFF"}}), "the metadata entry \"k\" is not UTF-8") == "");
}

TEST_CASE("5,000 mutated and truncated files are read or refused", "[safetensors]") {
  const std::vector<float> f{1, 2, 3, 4, 5, 6};
  const std::vector<double> d{1, 2};
  const std::string whole =
      safetensors_bytes({tensor_view("net.0.weight", {2, 3}, f), tensor_view("m", {2}, d),
                         tensor_view("empty", {0, 2}, std::span<const float>{})},
                        {{"format", "pt"}, {"step", "12"}});
  std::uint64_t header = 0;
  std::memcpy(&header, whole.data(), 8);
  std::mt19937 random(3);
  const std::string spice = "0123456789{}[]\",:-. eF\\\0\xFF";
  int refused = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string bytes = whole;
    const int edits = 1 + static_cast<int>(random() % 3);
    for (int edit = 0; edit < edits; ++edit) {
      if (bytes.empty()) break;
      const std::size_t at = random() % std::min<std::size_t>(bytes.size(), 8 + header);
      switch (random() % 5) {
        case 0: bytes.resize(random() % bytes.size()); break;
        case 1: bytes[at] = static_cast<char>(random()); break;
        case 2: bytes[at] = spice[random() % spice.size()]; break;
        case 3: bytes.erase(at, 1 + random() % 4); break;
        case 4: bytes.insert(at, 1 + random() % 4, spice[random() % spice.size()]); break;
      }
    }
    // Half of the files get a matching header length, so that the reader reaches other checks.
    if (random() % 2 && bytes.size() >= 8 + header) {
      const std::uint64_t length = bytes.size() - (whole.size() - 8 - header) - 8;
      std::memcpy(bytes.data(), &length, 8);
    }
    try {
      const Safetensors file(bytes, "mutated");
      std::uint64_t total = 0;
      for (const auto& [name, tensor] : file.tensors()) total += tensor.bytes.size();
      CHECK(total <= bytes.size());
    } catch (const FileError& error) {
      ++refused;
      CHECK(std::string(error.what()).rfind("[safetensors] mutated: ", 0) == 0);
    }
  }
  CHECK(refused > 4000);
}
