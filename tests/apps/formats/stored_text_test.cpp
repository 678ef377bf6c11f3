// Tests reading text files, compressed or not, with or without a byte-order mark, with any line
// ends, and the errors for files that are not text.
#include "apps/formats/stored_text.h"

#include "apps/failure.h"
#include "apps/formats/text_lines.h"
#include "apps/tables/arrays.h"
#include "apps/tables/csv.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

const std::string kMark = "\xEF\xBB\xBF";
// The text "a,b\n1,2\n", compressed by Python's gzip module.
const std::string kPacked(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\xd4\x49\xe2\x32\xd4\x31\xe2\x02\x00\x7b\x07\x97\x0a"
    "\x08\x00\x00\x00",
    28);

std::string decoding_fault(const std::string& bytes) {
  try {
    decode_text(bytes, "f", "csv");
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::file);
    return failure.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a text is the same with a byte-order mark, compressed, and with any line ends",
          "[stored_text]") {
  CHECK(decode_text(kMark + "a\n", "f", "csv").text == "a\n");
  CHECK(decode_text(kPacked, "f", "csv").text == "a,b\n1,2\n");
  CHECK(decode_text("a\n", "f", "csv").mark == mark_of("a\n"));
  CHECK(decode_text(kPacked, "f", "csv").mark == mark_of(kPacked));
  CHECK_FALSE(mark_of("a") == mark_of("b"));
  CHECK(with_newlines("a\r\nb\rc\n\r\nd\r") == "a\nb\nc\n\nd\n");
  std::string_view rest = "a\r\n\rb\n";
  CHECK(take_line(rest) == "a");
  CHECK(take_line(rest) == "");
  CHECK(take_line(rest) == "b");
  CHECK(rest.empty());
  CHECK(trimmed(" \t\xC2\xA0 a b\xC2\xA0\t") == "a b");
  CHECK(shown_text("a\x1b[31m\x7f") == "a.[31m.");
  CHECK(shown_text("\xC3\xA9\xC3\xA9\xC3\xA9", 3) == "\xC3\xA9...");  // cut between characters
}

TEST_CASE("files that are not UTF-8 text get an error with their format and what to do",
          "[stored_text]") {
  for (const std::string& utf16 :
       {std::string("\xFF\xFE"
                    "a\0",
                    4),
        std::string("\xFE\xFF\0a", 4), std::string("a\0,\0b\0", 6), std::string("\0a\0,\0b", 6)})
    CHECK(decoding_fault(utf16) ==
          "[csv] f: it is UTF-16 text; convert it: iconv -f utf-16 -t utf-8 f > utf8.txt");
  CHECK(
      decoding_fault("a,b\r\n1,gr\xF6\xDF"
                     "e\n") ==
      "[csv] f:2:5: byte 0xF6 is not UTF-8, so the text is probably Latin-1 (Windows-1252); convert "
      "it: iconv -f cp1252 -t utf-8 f > utf8.txt");
  CHECK_THAT(decoding_fault("PK\x03\x04 and so on"), Contains("(.xlsx, .ods) or a ZIP archive"));
  CHECK_THAT(decoding_fault("PAR1...."), Contains("a Parquet file; save the table as CSV"));
  CHECK_THAT(decoding_fault("\x93NUMPY"), Contains("an array of NumPy (NPY)"));
  CHECK_THAT(decoding_fault(std::string("\x89PNG\r\n\x1A\n\0\0", 10)),
             Contains("it is a picture (PNG); give a table, or the folder of a run where a run is "
                      "meant"));
  CHECK_THAT(decoding_fault("\xFF\xD8\xFF\xE0"), Contains("it is a picture (JPEG)"));
  CHECK_THAT(decoding_fault("BZh91AY"), Contains("packed by bzip2; unpack it first"));
  CHECK(decoding_fault("\x01\x9D\xFFz") ==
        "[csv] f: byte 1 is 0x9D, and control characters are among "
        "the others, so it is no text; give a file of text");
  CHECK_THAT(decoding_fault(std::string("1,2\n\0", 5)),
             Contains("byte 4 is zero, so it is no text"));
}

TEST_CASE("the format of an array is recognised by the file's content, whatever its name",
          "[stored_text]") {
  const Sandbox sandbox;
  const auto read = [&](const std::string& name, const std::string& bytes) {
    sandbox.write(name, bytes);
    return read_array(sandbox.path(name));
  };
  const std::vector<double> want{1, 2};
  for (const char* name : {"x.csv", "X.CSV", "x.tsv", "x.txt", "x.dat", "x.data", "x"}) {
    INFO(name);
    const NdArray table = read(name, "a\tb\n1\t2\n");
    CHECK(table.values == want);
    CHECK(table.names == std::vector<std::string>{"a", "b"});
    CHECK(table.file == sandbox.path(name));
    CHECK(table.mark == mark_of("a\tb\n1\t2\n"));
  }
  CHECK(read("x.csv.gz", kPacked).values == want);
  CHECK(read("marked.txt", kMark + "1,2\n").values == want);
  CHECK(read("array", npy_bytes({{1, 2}, {1, 2}})).values == want);
  CHECK(read("X.NPY", npy_bytes({{1, 2}, {1, 2}})).values == want);
  sandbox.write("bad.npy", "1,2\n");
  CHECK_THROWS_WITH(read_array(sandbox.path("bad.npy")), Contains("it is not an NPY file"));
  // The ending of a written file's name, in capitals or not, selects its format.
  for (const char* name : {"y.CSV", "y.tsv", "y.Npy"}) {
    write_array(sandbox.path(name), {{1, 2}, {1, 2}});
    CHECK(read_array(sandbox.path(name)).values == want);
  }
  CHECK(sandbox.read("y.tsv") == "1\t2\n");
  CHECK(sandbox.read("y.CSV") == "1,2\n");
  CHECK_THROWS_WITH(check_array_name("y.txt"), Contains("ends in none of .npy, .csv and .tsv"));
}

TEST_CASE("arrays of other shapes become tables of rows", "[stored_text]") {
  const NdArray list = as_table({{3}, {1, 2, 3}}, "data");
  CHECK(list.shape == std::vector<std::size_t>{3, 1});
  CHECK_THAT(list.reading.layout, Contains("shape (3,): a list, read as one column"));
  const NdArray images = as_table({{2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}}, "data");
  CHECK(images.shape == std::vector<std::size_t>{2, 4});
  CHECK_THAT(images.reading.layout,
             Contains("shape (2, 2, 2): each of its 2 parts flattened to a row of 4"));
  CHECK(as_table({{2, 2}, {1, 2, 3, 4}}, "data").reading.layout.empty());
  CHECK(as_table({{0, 2, 2}, {}}, "data").shape.size() == 3);
  CHECK_THROWS_WITH(as_table({{}, {1}, "<f8", "x.npy"}, "data"),
                    Contains("[data] x.npy: it holds one number, not points"));
}

TEST_CASE("files of token lines may begin with a byte-order mark and have any line ends",
          "[stored_text]") {
  const Sandbox sandbox;
  sandbox.write("lines.txt", kMark + "ab\r\nc\\nd\re\n");
  CHECK(read_lines(sandbox.path("lines.txt")) == std::vector<std::string>{"ab", "c\nd", "e"});
  sandbox.write("lines.txt", "caf\xE9\n");
  CHECK_THROWS_WITH(read_lines(sandbox.path("lines.txt")),
                    Contains(":1:4: byte 0xE9 is not UTF-8"));
}
